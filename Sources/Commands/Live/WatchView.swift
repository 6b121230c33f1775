import Core
import Events
import Foundation
import Market
import Projections
import Runtime

/// A live run on the terminal, redrawn in place: clock, bars and their age, the last decision of each instrument, positions, profit, limits, breakers, the
/// last events. Where there is no terminal, a line for each fresh slot.
struct WatchView {
  private let symbols: [String]
  private let strategies: [String]
  private let currency: Currency
  private let metrics: RunMetrics
  private let redraws: Bool
  private var frame = WatchFrame()
  private var status: RunStatus?
  private var tripped: [BreakerTripped] = []
  private var drawnLines = 0
  private var drawnAt: Int64 = 0
  private var isChanged = false
  private static let eventLinesMax = 64
  /// More often nobody sees anything.
  private static let pauseNanos: Int64 = 50_000_000

  init(_ plan: LivePlan, mode: RunMode, _ metrics: RunMetrics, redraws: Bool) {
    symbols = plan.instruments.map(\.symbol)
    strategies = plan.profile.configuration.strategies.map(\.name)
    currency = plan.profile.configuration.currency
    self.metrics = metrics
    self.redraws = redraws
    frame.title = "engine \(mode.word)  \(plan.settings.instance)"
    frame.phase = LivePhase.waiting.rawValue
    frame.rows = symbols.map {
      WatchFrame.Row(
        symbol: $0, price: nil, ageNanos: nil, position: .zero, value: 0, confidenceMicros: nil, wants: nil,
        decision: nil)
    }
  }

  mutating func show(_ out: LiveOutbox, _ status: RunStatus?) {
    if let status { self.status = status }
    for record in out.records {
      isChanged = true
      note(record)
    }
    guard redraws, isChanged, RunClock.monotonicNanos() - drawnAt >= WatchView.pauseNanos else { return }
    draw()
  }

  /// Leaves what was drawn last where it is.
  mutating func close() {
    if redraws { draw() }
  }

  private mutating func note(_ record: LiveRecord) {
    switch record {
    case .started(let runID, let path, let behind):
      frame.run =
        "\(Hex.text(Array(runID.prefix(6))))  \(path)" + (behind.map { "  resumed behind event \($0 - 1)" } ?? "")
    case .phase(let next): frame.phase = next.rawValue.replacing("_", with: " ")
    case .slot(let slot):
      frame.clock = slot.isHistorical ? slot.barEnd : Timestamp(nanos: slot.barEnd.nanos + slot.ageNanos)
      for bar in slot.bars {
        frame.rows[bar.instrument.position].price = bar.close
        frame.rows[bar.instrument.position].ageNanos = slot.isHistorical ? nil : slot.ageNanos
      }
      if !redraws, !slot.isHistorical { StandardOutput.show(line(slot)) }
    case .decision(let decision):
      let place = decision.instrument.position
      frame.rows[place].decision = "\(decision.outcome.word) \(decision.reason.word)"
      // What no signal asked for has neither.
      guard decision.strategy != nil else { break }
      frame.rows[place].confidenceMicros = decision.confidenceMicros
      frame.rows[place].wants = decision.direction.word
    case .event(let sequence, let body): note(sequence, body)
    case .snapshotFailed: break
    }
  }

  private mutating func note(_ sequence: UInt64, _ body: any EventBody) {
    switch body {
    // What follows from a report is shown, and that all is well needs no line.
    case is OrderAccepted, is CancelRequested, is ExecutionReport: return
    case let notice as Notice where notice.code == .reconciled && notice.severity == .information: return
    case let trip as BreakerTripped: tripped.append(trip)
    case let rearmed as BreakerRearmed:
      tripped.removeAll { $0.breaker == rearmed.breaker && $0.subject == rearmed.subject }
    default: break
    }
    frame.events.append(WatchView.words(sequence, body, symbols: symbols))
    if frame.events.count > WatchView.eventLinesMax { frame.events.removeFirst() }
  }

  /// An event on one line: what it is of, then its fields, those that are empty left out.
  private static func words(_ sequence: UInt64, _ body: any EventBody, symbols: [String]) -> String {
    var fields = FieldList()
    body.list(into: &fields)
    let words = fields.fields.compactMap { field -> String? in
      switch field.value {
      case .word(let word):
        let isPlain =
          ["reason", "time_in_force", "rule"].contains(field.name) || word == AlertSeverity.information.word
        return isPlain ? nil : word
      case .text(let text): return text.isEmpty ? nil : text
      case .instrument(let instrument): return symbols[instrument.position]
      case .price(let price): return "at \(price)"
      case .quantity(let quantity): return "\(field.name == "leaves" ? "leaves " : "")\(quantity)"
      default: return nil
      }
    }
    return "\(sequence)  \(type(of: body).name)  " + words.joined(separator: " ")
  }

  private func line(_ slot: SlotRecord) -> String {
    let equity = status.map { FixedPoint.text(nanos: $0.state.equity) } ?? "-"
    let fills = status?.state.counts.fills ?? 0
    return
      "\(slot.barEnd)  \(slot.bars.count) bars  age \(slot.ageNanos / 1_000_000) ms  decided \(slot.decidedNanos / 1_000) us  "
      + "durable \(slot.durableNanos / 1_000) us  equity \(equity) \(currency)  fills \(fills)\n"
  }

  private mutating func draw() {
    fill()
    let size = TerminalSize.now
    let lines = frame.lines(columns: size.columns, rows: size.rows)
    // Up to where the last frame began, then each line anew with its rest cleared.
    var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    for line in lines { text += "\r\u{1B}[2K" + line + "\n" }
    text += "\u{1B}[0J"
    drawnLines = lines.count
    drawnAt = RunClock.monotonicNanos()
    isChanged = false
    StandardOutput.show(text)
  }

  /// Puts what the run last said of itself into the frame.
  private mutating func fill() {
    guard let status else { return }
    let state = status.state
    frame.account = WatchFrame.Account(
      equity: state.equity, cash: state.cash, realised: state.realised, unrealised: state.unrealised,
      currency: "\(currency)")
    frame.account?.unsettled = state.account?.unsettled
    frame.account?.margin = state.account?.margin
    var words = state.states.map { "\(status.name($0.subject)) \($0.state.word)" }
    if state.killPhase != .none { words.insert("kill \(state.killPhase.word)", at: 0) }
    frame.state = words.isEmpty ? "active" : words.joined(separator: ", ").replacing("_", with: " ")
    frame.limits = status.limits.map { limit in
      let used = limit.bound > 0 ? "\(limit.used * 100 / limit.bound) %" : limit.used > 0 ? "over" : "0 %"
      let subject = limit.limit.subject
      let name =
        limit.limit.scope == .strategy ? Int(subject).map { strategies[$0] } ?? subject : subject
      return (name.isEmpty ? "" : name + " ") + "\(limit.limit.kind.word) \(used)"
    }
    frame.breakers = tripped.map { "\($0.watches.word) of \(status.name($0.subject)) tripped" }
    let times = metrics.times("engine_durable_latency")
    let counts = state.counts
    frame.counts = [
      "\(counts.bars) bars", "\(counts.signals) signals", "\(counts.orders) orders", "\(counts.fills) fills",
    ]
    if times.count > 0 {
      frame.counts.append("durable in \(times.average / 1_000) us (most \(times.most / 1_000))")
    }
    for book in state.books {
      frame.rows[book.instrument.position].position = book.quantity
      frame.rows[book.instrument.position].value = book.value
    }
  }
}

/// How large the terminal is that standard output goes to.
struct TerminalSize {
  var columns: Int
  var rows: Int

  /// 80×24 where it doesn't say.
  static var now: TerminalSize {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize(columns: 80, rows: 24)
    }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }
}
