import Events
package import Market

/// How many events of one form follow each other in a block.
package struct BlockRun: Hashable, Sendable {
  package let isBars: Bool
  package let count: Int
}

/// A decoded block: its events in order, as runs of bars and runs of rows.
///
/// Meant to be reused: memory grows to the largest block and stays. At most about 40 MiB by the format's bounds, one or
/// two for real journals.
package struct DecodedBlock: ~Copyable {
  package internal(set) var index: UInt64 = 0
  package internal(set) var firstSequence: UInt64 = 0
  package internal(set) var eventCount = 0
  /// Time in force at the first event.
  package internal(set) var firstTime = Timestamp(nanos: 0)
  /// Alternating, in order; no run is empty.
  package internal(set) var runs: [BlockRun] = []
  /// All bars of the block in order.
  package internal(set) var bars: [Bar] = []
  /// All rows of the block in order, one behind the other, in `EventRow`'s encoding; valid until the block is reused.
  package var rows: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: canonical.base + (canonicalCount - rowBytes), count: rowBytes)
  }

  var limits = BlockLimits.standard
  /// The block's canonical bytes, with `DecodedBlock.slack` readable ones behind them.
  var canonical = Scratch<UInt8>(capacity: 64 << 10)
  var canonicalCount = 0
  var rowBytes = 0
  /// As stored: alternating counts, bars first.
  var storedRuns: [Int] = []
  var lanes = LaneScratch()

  /// What a column cursor may peek at beyond the last byte.
  static let slack = 16

  package init() {}

  /// The canonical bytes: what the chain hash covers and `zstd -dc` prints.
  package var canonicalBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: canonical.base, count: canonicalCount)
  }
}

/// Memory for putting lanes back in order.
struct LaneScratch: ~Copyable {
  var shapes: [LaneShape] = []
  var positions = Scratch<UInt16>(capacity: 1024)
  var starts: [Int] = []
  var ends: [Int] = []
}
