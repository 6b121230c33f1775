import Core
import Events
import Market
import Projections
import Runtime

/// A risk review as text and as JSON.
struct RiskView {
  private let review: RiskReview

  init(_ review: RiskReview) { self.review = review }

  private func strategy(_ index: Int) -> String {
    index < review.start.strategies.count ? review.start.strategies[index] : "strategy-\(index)"
  }

  private func subject(_ subject: RiskSubject) -> String {
    switch subject.scope {
    case .account, .sector: "account"
    case .strategy: "strategy \(strategy(Int(subject.index)))"
    case .symbol: review.start.instruments[Int(subject.index)].symbol
    }
  }

  private func subject(_ limit: UsedLimit) -> String {
    switch limit.scope {
    case .account: "account"
    case .strategy: "strategy " + (Int(limit.subject).map(strategy) ?? limit.subject)
    case .sector: "sector \(limit.subject)"
    case .symbol: limit.subject
    }
  }

  /// A use or bound in its unit.
  private func number(_ value: Int128, _ unit: UsedLimit.Unit) -> String {
    switch unit {
    case .units, .money: FixedPoint.text(nanos: value)
    case .share: FixedPoint.text(nanos: value * 100_000) + " %"
    case .count: "\(value)"
    }
  }

  private func plain(_ value: Int128, _ unit: UsedLimit.Unit) -> String {
    switch unit {
    case .units, .money: FixedPoint.text(nanos: value)
    case .share: FixedPoint.text(nanos: value * 1_000)
    case .count: "\(value)"
    }
  }

  /// Whole per cent of a bound, rounded down.
  private func percent(_ used: Int128, _ bound: Int128) -> String {
    bound > 0 ? "\((used * 100) / bound) %" : used > 0 ? "over" : "0 %"
  }

  var text: String {
    var out = "risk      \(review.events) events, to \(review.time.nanos == .min ? "the start" : "\(review.time)")\n"
    let states = review.states.map { "\(subject($0.subject)) \($0.state.word)" }
    out += "state     \(states.isEmpty ? "active" : states.joined(separator: ", "))\n"
    if review.uses.isEmpty {
      out += "limits    none of those whose use can be told\n"
    } else {
      var rows = [["limit", "of", "now", "bound", "used", "worst", "bound then", "used", "when"]]
      for use in review.uses {
        let unit = use.limit.kind.unit
        rows.append([
          use.limit.kind.word, subject(use.limit), number(use.now, unit), number(use.bound, unit),
          percent(use.now, use.bound), number(use.worst, unit), number(use.worstBound, unit),
          percent(use.worst, use.worstBound),
          use.worstAt.map { "\($0), event \(use.worstSequence)" } ?? "never",
        ])
      }
      out += "\n" + RiskView.aligned(rows)
    }
    if let scale = review.sizeScale { out += "\nsizes     \(SizeScaleText.text(scale))\n" }
    if !review.rules.isEmpty {
      var rows = [["rule", "of", "decided", "in force"]]
      for rule in review.rules {
        rows.append([rule.limit.key, rule.limit.scope, "\(rule.decisions)", rule.limit.text])
      }
      out += "\n" + RiskView.aligned(rows)
    }
    for entry in review.netOver {
      out +=
        "\nnet       over max_net \(FixedPoint.text(nanos: entry.cap)) by fills that closed: \(entry.count) times, at most \(FixedPoint.text(nanos: entry.worst)) at \(entry.worstAt), event \(entry.worstSequence)"
    }
    if !review.netOver.isEmpty { out += "\n" }
    var rows = [["outcome", "reason", "limit of", "decisions"]]
    for entry in review.decisions {
      rows.append([entry.outcome.word, entry.reason.word, entry.scope.word, "\(entry.count)"])
    }
    if rows.count > 1 { out += "\n" + RiskView.aligned(rows) }
    for trip in review.trips {
      let end = trip.rearmedAt.map { "armed again \($0)" } ?? "still tripped"
      out +=
        "\nbreaker   \(trip.event.watches.word) of \(subject(trip.event.subject)): \(trip.event.action.word) at \(trip.time), event \(trip.sequence): \(observed(trip.event)), \(end)"
    }
    if !review.trips.isEmpty { out += "\n" }
    for step in review.kills {
      let event = step.event
      out +=
        "\nkill      \(event.phase.word) (\(event.source.word)) at \(step.time), event \(step.sequence): \(event.openPositions) positions, \(event.workingOrders) orders"
      if let opensAt = event.opensAt { out += ", market opens \(opensAt)" }
    }
    if !review.kills.isEmpty { out += "\n" }
    for command in review.commands {
      out += "\ncommand   \(command.word) at \(command.time), event \(command.sequence)"
      if !command.reason.isEmpty { out += ": \(command.reason)" }
    }
    if !review.commands.isEmpty { out += "\n" }
    return out
  }

  private func observed(_ event: BreakerTripped) -> String {
    switch event.watches {
    case .dailyLoss, .dailyLossOpen:
      "\(FixedPoint.text(nanos: Int128(event.observed))) lost of \(FixedPoint.text(nanos: Int128(event.limit)))"
    case .positionDrift where event.observed == BreakerTripped.beyondShares:
      "a position where none was intended"
    case .drawdown, .slippage, .positionDrift:
      "\(FixedPoint.text(nanos: Int128(event.observed) * 100_000)) % over \(FixedPoint.text(nanos: Int128(event.limit) * 100_000)) %"
    case .confidenceDrift, .confidenceShift:
      "\(FixedPoint.text(nanos: Int128(event.observed))) over \(FixedPoint.text(nanos: Int128(event.limit)))"
    case .feedGap, .clockJump:
      "\(FixedPoint.text(nanos: Int128(event.observed))) s over \(FixedPoint.text(nanos: Int128(event.limit))) s"
    case .reconciliation: "\(FixedPoint.text(nanos: Int128(event.observed))) units apart"
    case .orderRate, .rejectRate, .signalRate: "\(event.observed), more than \(event.limit)"
    default: "\(event.observed) at a limit of \(event.limit)"
    }
  }

  /// The first two columns to the left, the others to the right but for the last.
  private static func aligned(_ rows: [[String]]) -> String {
    let count = rows[0].count
    var table = TextTable((0..<count).map { $0 < 2 || $0 == count - 1 ? .left : .right })
    for row in rows { table.add(row: row) }
    return table.text
  }

  var json: JSONText {
    .object([
      ("run_id", .string(Hex.text(review.start.runID))),
      ("events", .integer(Int64(clamping: review.events))),
      ("time", review.time.nanos == .min ? .null : .string("\(review.time)")),
      (
        "states",
        .array(
          review.states.map {
            .object([("of", .string(subject($0.subject))), ("state", .string($0.state.word))])
          })
      ),
      (
        "limits",
        .array(
          review.uses.map { use in
            let unit = use.limit.kind.unit
            return .object([
              ("limit", .string(use.limit.kind.word)), ("scope", .string(use.limit.scope.word)),
              ("of", .string(subject(use.limit))), ("used", .string(plain(use.now, unit))),
              ("bound", .string(plain(use.bound, unit))), ("worst", .string(plain(use.worst, unit))),
              ("worst_bound", .string(plain(use.worstBound, unit))),
              ("worst_at", use.worstAt.map { .string("\($0)") } ?? .null),
              ("worst_sequence", use.worstAt == nil ? .null : .integer(Int64(clamping: use.worstSequence))),
            ])
          })
      ),
      ("size_scale", SizeScaleText.json(review.sizeScale)),
      (
        "rules",
        .array(
          review.rules.map {
            .object([
              ("limit", .string($0.limit.key)), ("of", .string($0.limit.scope)), ("in_force", .string($0.limit.text)),
              ("decided", .integer(Int64(clamping: $0.decisions))),
            ])
          })
      ),
      (
        "net_over_cap",
        .array(
          review.netOver.map {
            .object([
              ("cap", .string(FixedPoint.text(nanos: $0.cap))), ("count", .integer(Int64(clamping: $0.count))),
              ("worst", .string(FixedPoint.text(nanos: $0.worst))), ("worst_at", .string("\($0.worstAt)")),
              ("worst_sequence", .integer(Int64(clamping: $0.worstSequence))),
            ])
          })
      ),
      (
        "commands",
        .array(
          review.commands.map {
            .object([
              ("sequence", .integer(Int64(clamping: $0.sequence))), ("time", .string("\($0.time)")),
              ("command", .string($0.word)), ("reason", .string($0.reason)),
            ])
          })
      ),
      (
        "decisions",
        .array(
          review.decisions.map {
            .object([
              ("outcome", .string($0.outcome.word)), ("reason", .string($0.reason.word)),
              ("scope", .string($0.scope.word)), ("count", .integer(Int64(clamping: $0.count))),
            ])
          })
      ),
      (
        "breakers",
        .array(
          review.trips.map {
            .object([
              ("sequence", .integer(Int64(clamping: $0.sequence))), ("time", .string("\($0.time)")),
              ("watches", .string($0.event.watches.word)), ("of", .string(subject($0.event.subject))),
              ("action", .string($0.event.action.word)),
              (
                "observed",
                $0.event.watches == .positionDrift && $0.event.observed == BreakerTripped.beyondShares
                  ? .null : .integer($0.event.observed)
              ),
              ("limit", .integer($0.event.limit)),
              ("rearmed_at", $0.rearmedAt.map { .string("\($0)") } ?? .null),
            ])
          })
      ),
      (
        "kills",
        .array(
          review.kills.map {
            .object([
              ("sequence", .integer(Int64(clamping: $0.sequence))), ("time", .string("\($0.time)")),
              ("phase", .string($0.event.phase.word)), ("source", .string($0.event.source.word)),
              ("open_positions", .integer(Int64(clamping: $0.event.openPositions))),
              ("working_orders", .integer(Int64(clamping: $0.event.workingOrders))),
              ("opens_at", $0.event.opensAt.map { .string("\($0)") } ?? .null),
            ])
          })
      ),
    ])
  }
}
