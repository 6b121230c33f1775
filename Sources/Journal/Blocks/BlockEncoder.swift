import Events
import Market

/// Turns drafts into canonical blocks. Keeps nothing from one block to the next but memory and the time in force.
struct BlockEncoder: ~Copyable {
  /// The last block's canonical bytes.
  private(set) var canonical = ByteBuffer(capacity: 256 << 10)
  /// Where in them columns and rows end and others begin.
  private(set) var borders: [Int] = []
  /// Whether bars, not rows, make up most of them.
  private(set) var isMostlyBars = false
  private var lanes: BarLanes
  /// Time of the last input encoded so far; what a block that begins with derived events inherits.
  var timeInForce: Timestamp?

  init(limits: BlockLimits, timeInForce: Timestamp? = nil) {
    lanes = BarLanes(capacity: limits.events)
    self.timeInForce = timeInForce
  }

  /// Encodes `draft` into `canonical` and returns the header and the time in force behind the block.
  mutating func encode(_ draft: BlockDraft) throws(EventTimes.Stop) -> (header: BlockHeader, lastTime: Timestamp) {
    let rows = draft.rows.bytes
    let view = BlockEvents(
      index: draft.index, firstSequence: draft.firstSequence, limits: draft.limits, runs: draft.runs,
      bars: UnsafePointer(draft.bars), barCount: draft.barCount, rows: rows)
    return try encode(view)
  }

  mutating func encode(_ events: BlockEvents) throws(EventTimes.Stop) -> (header: BlockHeader, lastTime: Timestamp) {
    var times = EventTimes(before: timeInForce)
    try times.walk(
      runs: events.runs, bars: events.bars, rows: events.rows, firstSequence: events.firstSequence)
    // Event 0 of a journal is an input, so there is a time unless a derived row was written first of all.
    guard let firstTime = times.first, let lastTime = times.last else { throw .decode(.inconsistent("first event")) }
    timeInForce = lastTime
    return (write(events, firstTime: firstTime), lastTime)
  }

  /// Writes the block of `events`, whatever their times, and returns its header.
  mutating func write(_ events: BlockEvents, firstTime: Timestamp) -> BlockHeader {
    let header = BlockHeader(
      index: events.index, firstSequence: events.firstSequence, limits: events.limits,
      eventCount: events.runs.reduce(0, +), barCount: events.barCount, rowBytes: events.rows.count,
      firstTime: firstTime)
    canonical.removeAll()
    header.encode(into: &canonical)
    for run in events.runs { canonical.appendVarint(UInt64(run)) }
    borders.removeAll(keepingCapacity: true)
    lanes.encode(bars: events.bars, count: events.barCount, into: &canonical, borders: &borders)
    isMostlyBars = canonical.count > 3 * events.rows.count
    canonical.append(bytes: events.rows)
    return header
  }
}

/// A view of the events of one block, wherever they lie.
struct BlockEvents {
  let index: UInt64
  let firstSequence: UInt64
  let limits: BlockLimits
  /// Alternating counts, bars first; only the first may be 0.
  let runs: [Int]
  let bars: UnsafePointer<Bar>
  let barCount: Int
  let rows: UnsafeRawBufferPointer
}
