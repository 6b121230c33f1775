import Core
import Events
import Logging
import Market
import Metrics
import Projections
import Runtime

/// Tells people what a live run does: each record of a step becomes lines of the log and counts of the metrics.
struct LiveLog {
  private let logger: Logger
  private let symbols: [String]
  private let strategies: [String]
  private let slots = Counter(label: "engine_slots")
  private let bars = Counter(label: "engine_bars")
  private let decisions = Counter(label: "engine_decisions")
  private let intents = Counter(label: "engine_orders")
  private let fills = Counter(label: "engine_fills")
  private let alerts = Counter(label: "engine_alerts")
  private let notices = Counter(label: "engine_notices")
  private let decided = Metrics.Timer(label: "engine_decision_latency")
  private let durable = Metrics.Timer(label: "engine_durable_latency")

  init(_ logger: Logger, symbols: [String], strategies: [String]) {
    self.logger = logger
    self.symbols = symbols
    self.strategies = strategies
  }

  func note(_ record: LiveRecord) {
    switch record {
    case .started(let runID, let path, let behind):
      var fields: Logger.Metadata = ["run": "\(Hex.text(runID))", "journal": "\(path)"]
      if let behind { fields["resumed_behind"] = "\(behind)" }
      logger.info(behind == nil ? "run begun" : "run resumed", metadata: fields)
    case .phase(let phase): logger.info("\(phase.rawValue)")
    case .slot(let slot): note(slot)
    case .decision(let decision): note(decision)
    case .event(let sequence, let body): note(sequence, body)
    case .snapshotFailed(let error):
      logger.warning("no snapshot was kept: a restart will take longer", metadata: ["reason": "\(error)"])
    }
  }

  /// Tells how a restart came by the run's state.
  static func tell(_ begin: ReplayBegin, of path: String, to logger: Logger) {
    for (path, reason) in begin.refused {
      logger.warning("a snapshot was left aside", metadata: ["snapshot": "\(path)", "reason": "\(reason)"])
    }
    if let snapshot = begin.snapshot {
      logger.info("replayed from a snapshot", metadata: ["snapshot": "\(snapshot)", "event": "\(begin.sequence)"])
    } else {
      logger.info("replayed from the first event: there is no snapshot to begin at", metadata: ["journal": "\(path)"])
    }
  }

  private func note(_ slot: SlotRecord) {
    slots.increment()
    bars.increment(by: slot.bars.count)
    if slot.isHistorical { return }
    decided.recordNanoseconds(slot.decidedNanos)
    durable.recordNanoseconds(slot.durableNanos)
    logger.debug(
      "slot",
      metadata: [
        "bar_end": "\(slot.barEnd)", "bars": "\(slot.bars.count)", "age_ms": "\(slot.ageNanos / 1_000_000)",
        "sequence": "\(slot.sequence)",
      ])
  }

  /// No calibration stands between a strategy's confidence and the gate in this version: `confidence_raw` and `confidence` are the same figure.
  private func note(_ decision: DecisionRecord) {
    decisions.increment()
    let confidence = FixedPoint.text(nanos: Int128(decision.confidenceMicros) * 1_000)
    logger.info(
      "decision",
      metadata: [
        "bar_end": "\(decision.barEnd)", "symbol": "\(symbol(decision.instrument))",
        "strategy": "\(decision.strategy.map { strategies[Int($0)] } ?? "-")",
        "historical": "\(decision.isHistorical)", "age_ms": "\(decision.ageNanos / 1_000_000)",
        "price": "\(decision.price)", "confidence_raw": "\(confidence)", "confidence": "\(confidence)",
        "target": "\(decision.direction.word) \(FixedPoint.text(nanos: Int128(decision.strengthMicros) * 1_000))",
        "requested": "\(decision.requested)", "allowed": "\(decision.allowed)", "outcome": "\(decision.outcome.word)",
        "reason": "\(decision.reason.word)", "latency_us": "\(decision.latencyNanos / 1_000)",
        "sequence": "\(decision.sequence)",
      ])
  }

  private func note(_ sequence: UInt64, _ body: any EventBody) {
    var level = Logger.Level.info
    switch body {
    case is OrderIntent: intents.increment()
    case is Fill: fills.increment()
    case let alert as Alert:
      alerts.increment()
      level = LiveLog.level(alert.severity)
    case let notice as Notice:
      notices.increment()
      level = LiveLog.level(notice.severity)
    case is BreakerTripped, is KillSwitch, is KillAdvanced: level = .warning
    case is OrderAccepted, is CancelRequested: level = .debug
    default: break
    }
    if level < logger.logLevel { return }
    var fields = FieldList()
    body.list(into: &fields)
    var metadata: Logger.Metadata = ["sequence": "\(sequence)"]
    for field in fields.fields { metadata["\(field.name)"] = "\(text(field.value))" }
    logger.log(level: level, "\(type(of: body).name)", metadata: metadata)
  }

  private func text(_ value: FieldValue) -> String {
    switch value {
    case .integer(let value): "\(value)"
    case .price(let price): "\(price)"
    case .quantity(let quantity): "\(quantity)"
    case .money(let nanos): FixedPoint.text(nanos: nanos)
    case .micros(let micros): FixedPoint.text(nanos: Int128(micros) * 1_000)
    case .decimal(let nanos): FixedPoint.text(nanos: Int128(nanos))
    case .time(let time): "\(time)"
    case .sequence(let sequence): "\(sequence)"
    case .instrument(let instrument): symbol(instrument)
    case .strategy(let place): Int(place) < strategies.count ? strategies[Int(place)] : "\(place)"
    case .word(let word), .text(let word): word
    case .flag(let flag): "\(flag)"
    case .digest(let bytes): Hex.text(bytes)
    case .absent: "-"
    }
  }

  private static func level(_ severity: AlertSeverity) -> Logger.Level {
    switch severity {
    case .information: .info
    case .warning: .warning
    case .error: .error
    }
  }

  private func symbol(_ instrument: InstrumentIndex) -> String { symbols[instrument.position] }
}
