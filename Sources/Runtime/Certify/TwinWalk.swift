import Core
import Events
import Journal
import Market
import Strategies

/// Walks a run's journal once, and reduces its inputs less the venue's answers again under the simulated venue beside it.
///
/// Whenever one of the two decides on an input, both must, and alike, as long as what they hold, have working and have in cash is the same: what a decision
/// may see differs from there on only by the venue's answers, and so a later difference follows from them.
struct TwinWalk: ~Copyable {
  private var engine: Engine
  private let path: String
  private var derived = EventBuffer()
  private var twinSequence: UInt64 = 0
  /// Inputs that both sides have taken.
  private var ordinal: UInt64 = 0
  /// The shared input whose decisions are being collected; nil behind its last event.
  private var input: UInt64?
  private var report: ExecutionReport?
  /// Orders of the run that were under way when the input came.
  private var underWay = 0
  /// Of the run, whether shared or not.
  private var lastInput: UInt64 = 0
  /// What the venue counts as filled, by order.
  private var counted: [UInt64: Quantity] = [:]

  private(set) var run: CertifiedSide
  private(set) var twin: CertifiedSide
  private(set) var fills: FillPlaces
  private(set) var runFills: [(fill: UInt64, order: UInt64, price: Price)] = []
  private(set) var findings = CertifiedTwin()
  private(set) var told: [CertifiedRevisions.Told] = []
  private(set) var adopted: [TwinMatch.Adoption] = []
  private(set) var decisions: [UInt64] = []
  private(set) var derivedCount: UInt64 = 0
  private(set) var historicalBars: UInt64 = 0
  /// Fills whose fees are in an asset that has no price here.
  private(set) var feesElsewhere: UInt64 = 0
  /// Fees in other assets that were booked, in the order in which the assets first came.
  private(set) var assetFees: [AssetFeeTotal] = []
  private(set) var isEnded = false
  private(set) var unexplained: [Unexplained] = []
  /// Whether the venue's answers are the simulator's on both sides, so that all must be alike.
  let isSimulated: Bool

  /// - Parameter toleranceMicros: how far beyond its bar's range a fill's price may lie, in millionths.
  init(_ start: RunStarted, path: String, catalog: StrategyCatalog, toleranceMicros: Int64) throws(RunError) {
    var simulated = start
    simulated.mode = .backtest
    engine = try makeReplayEngine(simulated, path: path, catalog: catalog)
    self.path = path
    isSimulated = start.mode != .live
    let count = start.instruments.count
    run = CertifiedSide(instrumentCount: count, comparesProtection: isSimulated)
    twin = CertifiedSide(instrumentCount: count, comparesProtection: isSimulated)
    fills = FillPlaces(instrumentCount: count, toleranceMicros: toleranceMicros)
  }

  /// Walks to the end.
  mutating func walk(_ chain: JournalChain, progress: (UInt64, UInt64) -> Void) throws(RunError) {
    var reader = try ChainReader.opened(chain)
    let total = chain.summary.events
    while let event = try reader.nextOfRun() {
      do throws(DecodeError) { try read(event) } catch {
        throw .decode(error, path: path, sequence: event.sequence)
      }
      try reduce(event)
      if event.sequence % 65_536 == 0 { progress(event.sequence, total) }
    }
    compare()
    fills.finish()
  }

  // MARK: The run

  /// Notes what an event of the run says.
  private mutating func read(_ event: JournalEvent) throws(DecodeError) {
    guard case .row(let kind, _, .derived, let bytes) = event.content else {
      compare()
      return try readInput(event)
    }
    derivedCount += 1
    if kind == RiskDecision.kind { decisions.append(event.sequence) }
    let origin = CertifiedSide.Origin(
      ordinal: ordinal, input: lastInput, followsAnswer: input == nil && report != nil)
    let words = report?.reason ?? ""
    let outcome: Result<Void, DecodeError> = bytes.withUnsafeBytes { view in
      do throws(DecodeError) {
        var rows = ByteReader(view)
        let row = try EventRow(&rows, sequence: event.sequence)
        try run.note(
          row, sequence: event.sequence, time: event.time, origin: origin, words: words)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
    switch kind {
    case Fill.kind: try readFill(event)
    case Alert.kind: if try event.decode(Alert.self).code == .feeInOtherAsset { feesElsewhere += 1 }
    case FeeConverted.kind: assetFees.add(try event.decode(FeeConverted.self))
    case RunEnded.kind: isEnded = true
    default: break
    }
  }

  private mutating func readFill(_ event: JournalEvent) throws(DecodeError) {
    let fill = try event.decode(Fill.self)
    runFills.append((event.sequence, fill.order.sequence, fill.price))
    guard let report, !isSimulated else { return }
    fills.note(fill: event.sequence, fill.instrument, at: fill.price, time: report.venueTime)
  }

  private mutating func readInput(_ event: JournalEvent) throws(DecodeError) {
    report = nil
    lastInput = event.sequence
    switch event.kind {
    case BarObserved.kind:
      guard case .bar(let bar) = event.content else { return }
      if bar.isHistorical { historicalBars += 1 }
      if !isSimulated { fills.note(bar, by: event.sequence) }
    case ExecutionReport.kind:
      let answer = try event.decode(ExecutionReport.self)
      report = answer
      if let order = answer.order, answer.type != .neverArrived {
        counted[order.sequence] = max(counted[order.sequence] ?? .zero, answer.cumulative)
      }
    case Notice.kind:
      let notice = try event.decode(Notice.self)
      if notice.code == .revisedBar {
        told.append(
          CertifiedRevisions.Told(
            sequence: event.sequence, instrument: notice.instrument, openTime: Timestamp(nanos: notice.first)))
      }
    case AccountAdopted.kind:
      if let instrument = try event.decode(AccountAdopted.self).instrument {
        adopted.append(TwinMatch.Adoption(sequence: event.sequence, instrument: instrument))
      }
    case ReconciliationBreak.kind:
      let difference = try event.decode(ReconciliationBreak.self)
      unexplained.append(
        .position(
          sequence: event.sequence, instrument: difference.instrument, ours: difference.ours, theirs: difference.theirs)
      )
    default: break
    }
  }

  // MARK: The twin

  /// Gives the twin an input that it shares with the run.
  private mutating func reduce(_ event: JournalEvent) throws(RunError) {
    switch event.content {
    case .bar(let bar):
      begin(event.sequence)
      run.noteBar(bar.instrument)
      twin.noteBar(bar.instrument)
      do throws(ReduceError) { try engine.reduce(bar, sequence: twinSequence, into: &derived) } catch {
        throw .reduce(error, path: path)
      }
    case .row(let kind, _, .input(let time), _):
      switch kind {
      // The run's own beginning, and what only its process and its venue said.
      case RunStarted.kind, JournalContinued.kind, ExecutionReport.kind, Notice.kind, Measurement.kind: return
      default: break
      }
      let body: any EventBody
      do throws(DecodeError) { body = try event.body() } catch {
        throw .decode(error, path: path, sequence: event.sequence)
      }
      guard let shared = body as? any ReducibleInput else {
        throw .decode(.unknownKind(kind.rawValue), path: path, sequence: event.sequence)
      }
      begin(event.sequence)
      do throws(ReduceError) {
        try shared.reduce(in: &engine, time: time, sequence: twinSequence, into: &derived)
      } catch {
        throw .reduce(error, path: path)
      }
    case .row: return
    }
    try readTwin(event.time)
  }

  private mutating func begin(_ sequence: UInt64) {
    ordinal += 1
    input = sequence
    underWay = run.underWayCount
    twinSequence += 1
    derived.clear(nextSequence: twinSequence + 1)
  }

  private mutating func readTwin(_ time: Timestamp) throws(RunError) {
    var rows = ByteReader(derived.rows.bytes)
    var sequence = twinSequence + 1
    let origin = CertifiedSide.Origin(ordinal: ordinal, input: lastInput, followsAnswer: false)
    do throws(DecodeError) {
      while !rows.isAtEnd {
        let row = try EventRow(&rows, sequence: sequence)
        try twin.note(row, sequence: sequence, time: time, origin: origin)
        sequence += 1
      }
    } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
    twinSequence = sequence - 1
  }

  // MARK: Both

  /// Compares what was decided on the last shared input.
  private mutating func compare() {
    guard let sequence = input else { return }
    input = nil
    compareSignals(sequence)
    if run.decisions.isEmpty, twin.decisions.isEmpty { return }
    findings.decided += 1
    let isAlike = run.decisions == twin.decisions
    if isAlike { findings.decidedAlike += 1 }
    run.decisions.removeAll(keepingCapacity: true)
    twin.decisions.removeAll(keepingCapacity: true)
    if isSimulated {
      if !isAlike { unexplained.append(.decision(sequence: sequence)) }
      return
    }
    if findings.parting == nil { findings.parting = parting(at: sequence) }
    if !isAlike, findings.parting == nil, underWay > 0 {
      findings.parting = CertifiedTwin.Parting(
        sequence: sequence, field: .underWay, run: Int128(underWay), twin: 0)
    }
    if !isAlike, findings.parting == nil {
      unexplained.append(.decision(sequence: sequence))
      // What follows from it is not unexplained once more.
      findings.parting = CertifiedTwin.Parting(sequence: sequence, field: .none)
    }
  }

  /// Strategies see bars alone: neither the venue nor the account is an excuse.
  private mutating func compareSignals(_ sequence: UInt64) {
    if run.signals.isEmpty, twin.signals.isEmpty { return }
    findings.signals += UInt64(max(run.signals.count, twin.signals.count))
    findings.signalsAlike += UInt64(zip(run.signals, twin.signals).count { $0 == $1 })
    if run.signals != twin.signals { unexplained.append(.signal(sequence: sequence)) }
    run.signals.removeAll(keepingCapacity: true)
    twin.signals.removeAll(keepingCapacity: true)
  }

  /// How the two accounts differ; nil where they don't.
  private func parting(at sequence: UInt64) -> CertifiedTwin.Parting? {
    let (ours, theirs) = (run.account, twin.account)
    if ours == theirs { return nil }
    func differing(_ field: CertifiedTwin.Parting.Field, _ run: [Int64], _ twin: [Int64]) -> CertifiedTwin.Parting? {
      guard let place = run.indices.first(where: { run[$0] != twin[$0] }) else { return nil }
      return CertifiedTwin.Parting(
        sequence: sequence, field: field, instrument: InstrumentIndex(place), run: Int128(run[place]),
        twin: Int128(twin[place]))
    }
    func counted(_ field: CertifiedTwin.Parting.Field, _ run: Int128?, _ twin: Int128?) -> CertifiedTwin.Parting? {
      run == twin ? nil : CertifiedTwin.Parting(sequence: sequence, field: field, run: run, twin: twin)
    }
    return differing(.held, ours.held, theirs.held) ?? differing(.working, ours.working, theirs.working)
      ?? counted(.cash, ours.cash, theirs.cash)
      ?? counted(.rejects, Int128(ours.rejects), Int128(theirs.rejects))
      ?? counted(.cancels, Int128(ours.cancels), Int128(theirs.cancels))
  }

  /// Orders of which the venue counts another quantity as filled than was booked, or has filled more than was ordered.
  func miscounted() -> [Unexplained] {
    run.orders.compactMap { order in
      let filled = order.filled
      if let counted = counted[order.sequence], counted > filled {
        return .fillsMissing(order: order.sequence, instrument: order.instrument, quantity: counted - filled)
      }
      guard filled > order.quantity else { return nil }
      return .overfilled(order: order.sequence, instrument: order.instrument, quantity: filled - order.quantity)
    }
  }
}
