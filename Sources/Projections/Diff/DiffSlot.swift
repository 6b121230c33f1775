import Events
import Journal
import Market

/// Where a slot stands in a run: the first event alone, then by time, then what begins with the feed's end.
///
/// Start and end stand apart from time because theirs is the envelope's: a paper session ends when it was stopped, a backtest at its last bar.
struct SlotKey: Hashable, Comparable {
  enum Phase: UInt8, Comparable {
    case start = 0
    case inputs = 1
    case end = 2
    static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
  }

  let phase: Phase
  /// Zero outside `.inputs`.
  let time: Timestamp

  static func < (left: SlotKey, right: SlotKey) -> Bool {
    (left.phase, left.time) < (right.phase, right.time)
  }
}

/// One event of a slot, copied out of its block.
struct SlotEvent {
  let sequence: UInt64
  let time: Timestamp
  let kind: EventKind
  let cause: UInt64?
  let bar: Bar?
  /// Where a row's bytes stand in the slot's; empty for a bar.
  let bytes: Range<Int>
}

/// All inputs of one instant and everything derived from them.
struct Slot {
  var key = SlotKey(phase: .start, time: Timestamp(nanos: 0))
  var events: [SlotEvent] = []
  var bytes: [UInt8] = []

  func body(_ event: SlotEvent) throws(ProjectionError) -> any EventBody {
    if let bar = event.bar { return BarObserved(bar) }
    return try decoded(event) { (row, sequence) throws(DecodeError) in try row.decodeAny(sequence: sequence) }
  }

  func decode<Body: EventBody>(_ type: Body.Type, _ event: SlotEvent) throws(ProjectionError) -> Body {
    try decoded(event) { (row, sequence) throws(DecodeError) in try row.decode(type, sequence: sequence) }
  }

  private func decoded<Value>(
    _ event: SlotEvent, _ decode: (EventRow, UInt64) throws(DecodeError) -> Value
  ) throws(ProjectionError) -> Value {
    do throws(DecodeError) {
      return try bytes.withUnsafeBufferPointer { all throws(DecodeError) in
        var reader = ByteReader(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: all[event.bytes])))
        return try decode(try EventRow(&reader, sequence: event.sequence), event.sequence)
      }
    } catch {
      throw .decode(error, sequence: event.sequence)
    }
  }
}

/// Reads a run slot by slot. Memory is bounded by the largest slot: the events of one instant.
struct SlotReader: ~Copyable {
  private var cursor: EventCursor
  private var pending: CursorEvent?
  let context: RunContext
  let path: String
  private(set) var endsWithRunEnded = false

  /// Whether the events that begin a further file of the run are shown too.
  private let isStrict: Bool

  init(_ chain: JournalChain, isStrict: Bool, featureNames: [StrategyFeatureNames?]) throws(ProjectionError) {
    var cursor = try EventCursor(chain)
    pending = try cursor.next()
    path = chain.path
    context = RunContext(chain, featureNames: featureNames)
    self.cursor = cursor
    self.isStrict = isStrict
  }

  var eventCount: UInt64 { cursor.eventCount }
  var lastTime: Timestamp { cursor.lastTime }

  /// - Returns: false at the journal's end.
  mutating func next(_ slot: inout Slot) throws(ProjectionError) -> Bool {
    slot.events.removeAll(keepingCapacity: true)
    slot.bytes.removeAll(keepingCapacity: true)
    guard let first = pending else { return false }
    let previous = slot.key
    slot.key = SlotReader.key(of: first, behind: previous)
    var event = first
    while true {
      append(event, to: &slot)
      pending = try nextShown()
      guard let following = pending else { return true }
      if SlotReader.key(of: following, behind: slot.key) != slot.key { return true }
      event = following
    }
  }

  private mutating func nextShown() throws(ProjectionError) -> CursorEvent? {
    while let event = try cursor.next() {
      if isStrict || !SlotReader.isLeftOut(event.kind) { return event }
    }
    return nil
  }

  /// How files begin; and what a venue answered, a process said and measured of itself: it belongs to the run that it was said to, and a run over
  /// another's inputs takes none of it.
  private static func isLeftOut(_ kind: EventKind) -> Bool {
    switch kind {
    case RunStarted.kind, JournalContinued.kind, ExecutionReport.kind, Notice.kind, Measurement.kind: true
    default: false
    }
  }

  private static func key(of event: CursorEvent, behind key: SlotKey) -> SlotKey {
    let start = Timestamp(nanos: 0)
    if event.sequence == 0 { return SlotKey(phase: .start, time: start) }
    if event.cause != nil || key.phase == .end { return key }
    if event.kind == FeedEnded.kind { return SlotKey(phase: .end, time: start) }
    return SlotKey(phase: .inputs, time: event.time)
  }

  private mutating func append(_ event: CursorEvent, to slot: inout Slot) {
    endsWithRunEnded = event.kind == RunEnded.kind
    let start = slot.bytes.count
    var bar: Bar?
    switch event.content {
    case .bar(let value): bar = value
    case .row(let row): slot.bytes.append(contentsOf: row.bytes)
    }
    slot.events.append(
      SlotEvent(
        sequence: event.sequence, time: event.time, kind: event.kind, cause: event.cause, bar: bar,
        bytes: start..<slot.bytes.count))
  }
}
