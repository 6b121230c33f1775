import Events
import Market

/// What the reducer has written in a step, as it stands in the journal, until the step's orders are on their way: then it becomes the records that logs and views are shown.
struct UnreadRows: Sendable {
  private struct Piece: Sendable {
    /// How many records go before what these rows become.
    var place: Int
    /// Whether they follow from the bars of the slot that stands right before them.
    var isOfSlot: Bool
    var bytes: Range<Int>
    var firstSequence: UInt64
  }

  private var bytes: [UInt8] = []
  private var pieces: [Piece] = []

  /// Keeps what an input caused; to be shown behind the first `place` records.
  ///
  /// - Parameter isOfSlot: whether a bar of the slot whose record is the last of them caused it.
  mutating func keep(_ derived: borrowing EventBuffer, at place: Int, isOfSlot: Bool) {
    if derived.count == 0 { return }
    let start = bytes.count
    bytes.append(contentsOf: derived.rows.bytes)
    pieces.append(
      Piece(
        place: place, isOfSlot: isOfSlot, bytes: start..<bytes.count,
        firstSequence: derived.nextSequence - UInt64(derived.count)))
  }

  /// Forgets what stands behind the first `place` records.
  mutating func drop(behind place: Int) { pieces.removeAll { $0.place > place } }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
  }

  /// Puts all rows into their places: of each place first what was decided, then what else people follow.
  ///
  /// - Parameter step: what decisions of no slot are shown with.
  mutating func read(into records: inout [LiveRecord], _ step: StepReadings) {
    if pieces.isEmpty { return }
    var all: [LiveRecord] = []
    all.reserveCapacity(records.count + 4 * pieces.count)
    var place = 0
    var scan = RecordScan(slot: nil)
    var last: Piece?
    for piece in pieces {
      if piece.place != last?.place || piece.isOfSlot != last?.isOfSlot {
        scan.finish(into: &all, step)
        // A step that failed in the middle of a slot has rows and no record of it.
        let next = min(piece.place, records.count)
        all += records[place..<next]
        place = next
        var slot: SlotRecord?
        if piece.isOfSlot, place > 0, case .slot(let record) = records[place - 1] { slot = record }
        scan = RecordScan(slot: slot)
      }
      last = piece
      bytes.withUnsafeBytes { bytes in
        eachRow(UnsafeRawBufferPointer(rebasing: bytes[piece.bytes]), from: piece.firstSequence) { scan.note($0, $1) }
      }
    }
    scan.finish(into: &all, step)
    all += records[place...]
    records = all
    removeAll()
  }
}

/// What a step knows when its records are read.
struct StepReadings: Sendable {
  /// The run's clock.
  var now = Timestamp(nanos: 0)
  /// The stopwatch when what the step takes had come.
  var arrived: Int64 = 0
  /// The stopwatch when all of it was durable; nil where that has failed.
  var durable: Int64?
  /// Of each instrument; nil before it had one.
  var lastBars: [Bar?] = []
}

/// The decisions and other events of one place.
private struct RecordScan {
  /// The slot that the rows follow from; nil where it is another input.
  private let slot: SlotRecord?
  private var decisions: [DecisionRecord] = []
  private var events: [(sequence: UInt64, body: any EventBody)] = []
  private var signal: (sequence: UInt64, body: Signal)?

  init(slot: SlotRecord?) { self.slot = slot }

  mutating func note(_ row: EventRow, _ sequence: UInt64) {
    do throws(DecodeError) {
      switch row.kind {
      case Signal.kind: signal = (sequence, try row.decode(Signal.self, sequence: sequence))
      case RiskDecision.kind: note(try row.decode(RiskDecision.self, sequence: sequence), row, sequence)
      case PositionChanged.kind, CashChanged.kind, PurseChanged.kind, EquityMarked.kind: break
      default: events.append((sequence, try row.decodeAny(sequence: sequence)))
      }
    } catch {
      preconditionFailure("the reducer writes rows that can be read")
    }
  }

  private mutating func note(_ decision: RiskDecision, _ row: EventRow, _ sequence: UInt64) {
    var record = DecisionRecord(
      sequence: sequence, instrument: decision.instrument, strategy: nil, barEnd: Timestamp(nanos: 0),
      isHistorical: false, ageNanos: 0, price: .zero, confidenceMicros: 0, direction: .flat, strengthMicros: 0,
      requested: decision.requested, allowed: decision.allowed, outcome: decision.outcome, reason: decision.reason)
    // Follow-ups, flattening and protection are decided on without a signal.
    if let signal, row.origin == .derived(cause: signal.sequence) {
      record.strategy = signal.body.strategy
      record.confidenceMicros = signal.body.confidence
      record.direction = signal.body.direction
      record.strengthMicros = signal.body.strength
    }
    decisions.append(record)
  }

  /// What an answer, a fill or the clock made the run decide is shown with the last bar that it knew.
  func finish(into records: inout [LiveRecord], _ step: StepReadings) {
    for var decision in decisions {
      let place = decision.instrument.position
      let last = place < step.lastBars.count ? step.lastBars[place] : nil
      let bar = slot?.bars.first { $0.instrument == decision.instrument } ?? last
      decision.barEnd = slot?.barEnd ?? bar?.knownAt ?? decision.barEnd
      decision.isHistorical = slot?.isHistorical ?? bar?.isHistorical ?? false
      decision.ageNanos = slot?.ageNanos ?? bar.map { step.now.nanos - $0.knownAt.nanos } ?? 0
      decision.price = bar?.close ?? .zero
      decision.arrivedNanos = slot?.arrivedNanos ?? step.arrived
      decision.latencyNanos = step.durable.map { $0 - decision.arrivedNanos } ?? 0
      records.append(.decision(decision))
    }
    for (sequence, body) in events { records.append(.event(sequence: sequence, body)) }
  }
}
