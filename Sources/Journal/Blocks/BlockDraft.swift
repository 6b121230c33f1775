import Events
import Market

/// The events of a block that is still open, as they were appended: bars in one list, row bytes in another, and how they
/// alternate.
///
/// The writer fills one draft while the pipeline encodes another.
/// `@unchecked Sendable`: a draft is handed over whole; whoever holds it is the only one to touch it.
final class BlockDraft: @unchecked Sendable {
  let limits: BlockLimits
  let bars: UnsafeMutablePointer<Bar>
  var rows: ByteBuffer
  /// Alternating counts, bars first; the first may be 0.
  private(set) var runs: [Int] = []
  private(set) var eventCount = 0
  private(set) var barCount = 0
  var index: UInt64 = 0
  var firstSequence: UInt64 = 0

  init(limits: BlockLimits) {
    self.limits = limits
    bars = .allocate(capacity: limits.events)
    rows = ByteBuffer(capacity: limits.rowBytes + 4096)
    runs.reserveCapacity(limits.events + 1)
  }

  deinit { bars.deallocate() }

  /// A place between two events of the draft.
  struct Mark: Hashable {
    var run = 0
    var inRun = 0
    var events = 0
    var bars = 0
    var rowBytes = 0
  }

  /// Behind the last event so far.
  var end: Mark {
    Mark(
      run: max(runs.count - 1, 0), inRun: runs.last ?? 0, events: eventCount, bars: barCount, rowBytes: rows.count)
  }

  /// The events behind `mark` as a block of their own, with the same index and limits.
  func events(from mark: Mark) -> BlockEvents {
    var part: [Int] = []
    for place in mark.run..<max(runs.count, mark.run) {
      let count = runs[place] - (place == mark.run ? mark.inRun : 0)
      if count == 0 { continue }
      if part.isEmpty, place % 2 == 1 { part.append(0) }
      part.append(count)
    }
    return BlockEvents(
      index: index, firstSequence: firstSequence + UInt64(mark.events), limits: limits, runs: part,
      bars: UnsafePointer(bars + mark.bars), barCount: barCount - mark.bars,
      rows: UnsafeRawBufferPointer(rebasing: rows.bytes[mark.rowBytes...]))
  }

  var isFull: Bool { limits.isFull(events: eventCount, rowBytes: rows.count) }

  /// Counts bars that the writer has put into `bars` behind the ones counted before.
  func countBars(upTo newCount: Int) {
    add(newCount - barCount, isBars: true)
    barCount = newCount
  }

  func append(rows bytes: UnsafeRawBufferPointer, count: Int) {
    rows.append(bytes: bytes)
    add(count, isBars: false)
  }

  /// Even places of `runs` are bars, odd ones rows.
  private func add(_ count: Int, isBars: Bool) {
    if count == 0 { return }
    eventCount += count
    let lastIsBars = runs.count % 2 == 1
    if !runs.isEmpty, lastIsBars == isBars {
      runs[runs.count - 1] += count
      return
    }
    if runs.isEmpty, !isBars { runs.append(0) }
    runs.append(count)
  }

  /// Makes the draft the empty block behind the one it held.
  func begin(index: UInt64, firstSequence: UInt64) {
    self.index = index
    self.firstSequence = firstSequence
    rows.removeAll()
    runs.removeAll(keepingCapacity: true)
    eventCount = 0
    barCount = 0
  }
}
