import Core
import Events
import Foundation
import Market
import Projections
import Runtime

/// A live run on the terminal, redrawn in place: clock, bars and their age, the last decision of each instrument, positions, profit, limits, breakers, the
/// last events. Where there is no terminal, a line for each fresh slot.
struct WatchView {
  private struct Row {
    var price = Price.zero
    var barEnd = Timestamp(nanos: 0)
    var ageNanos: Int64 = 0
    var isHistorical = true
    var decision: DecisionRecord?
  }

  private let symbols: [String]
  private let currency: Currency
  private let metrics: RunMetrics
  private let redraws: Bool
  private var rows: [Row]
  private var events: [String] = []
  private var phase = LivePhase.waiting
  private var status: RunStatus?
  private var run = ""
  private var drawnLines = 0
  private static let eventLinesMax = 8

  init(_ plan: LivePlan, _ metrics: RunMetrics, redraws: Bool) {
    symbols = plan.instruments.map(\.symbol)
    currency = plan.profile.configuration.currency
    rows = Array(repeating: Row(), count: plan.instruments.count)
    self.metrics = metrics
    self.redraws = redraws
  }

  mutating func show(_ out: LiveOutbox, _ status: RunStatus?) {
    if let status { self.status = status }
    var isChanged = false
    for record in out.records {
      isChanged = true
      note(record)
    }
    if isChanged, redraws { draw() }
  }

  /// Leaves what was drawn last where it is.
  mutating func close() {
    if redraws { draw() }
  }

  private mutating func note(_ record: LiveRecord) {
    switch record {
    case .started(let runID, let path, let behind):
      run = "\(Hex.text(Array(runID.prefix(6))))  \(path)" + (behind.map { "  resumed behind event \($0 - 1)" } ?? "")
    case .phase(let next): phase = next
    case .slot(let slot):
      for bar in slot.bars {
        rows[bar.instrument.position].price = bar.close
        rows[bar.instrument.position].barEnd = slot.barEnd
        rows[bar.instrument.position].ageNanos = slot.ageNanos
        rows[bar.instrument.position].isHistorical = slot.isHistorical
      }
      if !redraws, !slot.isHistorical { StandardOutput.write(line(slot)) }
    case .decision(let decision): rows[decision.instrument.position].decision = decision
    case .event(let sequence, let body): note(sequence, body)
    }
  }

  private mutating func note(_ sequence: UInt64, _ body: any EventBody) {
    switch body {
    case is OrderAccepted, is CancelRequested: return
    default: break
    }
    var fields = FieldList()
    body.list(into: &fields)
    let words = fields.fields.prefix(5).map { field in
      switch field.value {
      case .word(let word), .text(let word): "\(field.name)=\(word)"
      case .instrument(let instrument): symbols[instrument.position]
      case .price(let price): "\(field.name)=\(price)"
      case .quantity(let quantity): "\(field.name)=\(quantity)"
      case .sequence(let sequence): "\(field.name)=\(sequence)"
      default: ""
      }
    }
    events.append("\(sequence)  \(type(of: body).name)  " + words.filter { !$0.isEmpty }.joined(separator: " "))
    if events.count > WatchView.eventLinesMax { events.removeFirst() }
  }

  private func line(_ slot: SlotRecord) -> String {
    let equity = status.map { FixedPoint.text(nanos: $0.state.equity) } ?? "-"
    let fills = status?.state.counts.fills ?? 0
    return
      "\(slot.barEnd)  \(slot.bars.count) bars  age \(slot.ageNanos / 1_000_000) ms  decided \(slot.decidedNanos / 1_000) us  "
      + "durable \(slot.durableNanos / 1_000) us  equity \(equity) \(currency)  fills \(fills)\n"
  }

  private mutating func draw() {
    let lines = frame()
    // Up to where the last frame began, then each line anew with its rest cleared.
    var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    for line in lines { text += "\u{1B}[2K" + line + "\n" }
    text += "\u{1B}[0J"
    drawnLines = lines.count
    StandardOutput.write(text)
  }

  /// What the view shows, a line each.
  func frame() -> [String] {
    var lines = ["run      \(run)", "phase    \(phase.rawValue)"]
    if let status {
      let state = status.state
      let unrealised = FixedPoint.text(nanos: state.unrealised)
      lines.append(
        "account  equity \(FixedPoint.text(nanos: state.equity))  cash \(FixedPoint.text(nanos: state.cash))  realised \(FixedPoint.text(nanos: state.realised))  unrealised \(unrealised) \(currency)"
      )
      let states = state.states.map { "\($0.subject) \($0.state.word)" }
      lines.append(
        "state    \(state.killPhase == .none ? "" : "kill \(state.killPhase.word)  ")\(states.isEmpty ? "active" : states.joined(separator: ", "))"
      )
      let times = metrics.times("engine_durable_latency")
      lines.append(
        "counts   \(state.counts.bars) bars  \(state.counts.signals) signals  \(state.counts.orders) orders  \(state.counts.fills) fills  decided and durable in \(times.average / 1_000) us (most \(times.most / 1_000) us)"
      )
    }
    lines.append("")
    lines.append(
      "symbol       price            age ms  position         value            confidence  target  last decision")
    for (place, row) in rows.enumerated() {
      let book = status?.state.books.first { $0.instrument.position == place }
      let decision = row.decision
      let columns: [(String, Int)] = [
        (symbols[place], 12), ("\(row.price)", 16), (row.isHistorical ? "history" : "\(row.ageNanos / 1_000_000)", 7),
        ("\(book?.quantity ?? .zero)", 16), (FixedPoint.text(nanos: book?.value ?? 0), 16),
        (decision.map { FixedPoint.text(nanos: Int128($0.confidenceMicros) * 1_000) } ?? "-", 11),
        (decision?.direction.word ?? "-", 7),
        (decision.map { "\($0.outcome.word) \($0.reason.word)" } ?? "-", 0),
      ]
      lines.append(
        columns.map { text, width in
          text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }.joined(separator: " "))
    }
    lines.append("")
    return lines + events
  }
}
