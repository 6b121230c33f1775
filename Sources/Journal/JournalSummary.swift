package import Market

/// What a journal holds, without its events.
package struct JournalSummary: Hashable, Sendable {
  package let events: UInt64
  /// Of the events, those that are bars.
  package let bars: UInt64
  package let blocks: UInt64
  /// The chain hash over all blocks: names the whole journal. 32 zero bytes where there is none.
  package let head: [UInt8]
  package let canonicalBytes: UInt64
  package let fileBytes: UInt64
  package let firstTime: Timestamp?
  package let lastTime: Timestamp?
  /// Whether the journal is closed by a seek table.
  package let isSealed: Bool

  init(first: BlockTrailer?, last: BlockTrailer?, fileBytes: UInt64, isSealed: Bool) {
    events = last?.nextSequence ?? 0
    bars = last?.barsThrough ?? 0
    blocks = last.map { $0.blockIndex + 1 } ?? 0
    head = last?.chainHash ?? JournalHash.chainStart
    canonicalBytes = last?.canonicalBytesThrough ?? 0
    self.fileBytes = fileBytes
    firstTime = first?.firstTime
    lastTime = last?.lastTime
    self.isSealed = isSealed
  }
}
