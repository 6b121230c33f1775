import Core
import Events
import Market
import Runtime

/// The state at an event as text and as JSON.
struct StateView {
  let start: RunStarted
  let state: StateDescription
  let sequence: UInt64

  private func symbol(_ instrument: InstrumentIndex) -> String { start.instruments[instrument.position].symbol }
  private func strategy(_ index: Int) -> String {
    index < start.strategies.count ? start.strategies[index] : "strategy-\(index)"
  }
  private func subject(_ subject: RiskSubject) -> String {
    switch subject.scope {
    case .account, .sector: "account"
    case .strategy: "strategy \(strategy(Int(subject.index)))"
    case .symbol: symbol(InstrumentIndex(subject.index))
    }
  }
  /// Before the first input there is no time yet.
  private var time: String { state.time.nanos == .min ? "before the first input" : "\(state.time)" }
  private func money(_ nanos: Int128) -> String { FixedPoint.text(nanos: nanos) }

  /// Lines of the profile's account; empty where it has none.
  private var account: String {
    guard let account = state.account else { return "" }
    var lines = "charges   \(money(account.charges))\n"
    if let unsettled = account.unsettled { lines += "unsettled \(money(unsettled))\n" }
    if let margin = account.margin {
      lines += "margin    initial \(money(margin.initial)), maintenance \(money(margin.maintenance))"
      lines += ", excess \(money(margin.excess))"
      lines += "\(margin.calledBy.map { ", called by event \($0)" } ?? "")\n"
    }
    return lines
  }

  private var accountJSON: [(String, JSONText)] {
    guard let account = state.account else { return [] }
    var entries: [(String, JSONText)] = [("charges", .string(money(account.charges)))]
    if let unsettled = account.unsettled { entries.append(("unsettled", .string(money(unsettled)))) }
    if let margin = account.margin {
      entries.append(
        (
          "margin",
          .object([
            ("initial", .string(money(margin.initial))), ("maintenance", .string(money(margin.maintenance))),
            ("excess", .string(money(margin.excess))),
            ("called_by", margin.calledBy.map { .integer(Int64(clamping: $0)) } ?? .null),
          ])
        ))
    }
    return [("account", .object(entries))]
  }

  /// Which contracts of the profile's chains are in front; nothing where it has none.
  private var frontsJSON: [(String, JSONText)] {
    state.fronts.isEmpty ? [] : [("front_contracts", .array(state.fronts.map { .string(symbol($0)) }))]
  }

  var text: String {
    var out = """
      state     after event \(sequence), \(time)\(state.isHalted ? ", halted" : "")
      equity    \(money(state.equity)) \(start.currency)
      cash      \(money(state.cash))
      realised  \(money(state.realised))
      open      \(money(state.unrealised))
      fees      \(money(state.fees))
      dividends \(money(state.dividends))
      \(account)counts    \(state.counts.bars) bars, \(state.counts.signals) signals, \(state.counts.orders) orders, \(state.counts.fills) fills

      """
    if !state.fronts.isEmpty { out += "\nfront contracts \(state.fronts.map(symbol).joined(separator: ", "))\n" }
    for purse in state.purses {
      out += "\n\(purse.currency)  cash \(money(purse.cash))  equity \(money(purse.equity))\n"
    }
    for paid in state.assetFees where paid.amount != 0 || paid.booked != 0 {
      out += "\nfees in \(paid.asset)  \(money(paid.amount)) booked as \(money(paid.booked))\n"
    }
    for book in state.books where book.quantity != .zero || !book.orders.isEmpty {
      out += "\n\(symbol(book.instrument))"
      out += "  position \(book.quantity)  mark \(book.mark?.description ?? "none")  value \(money(book.value))"
      out += "  basis \(money(book.costBasis))\n"
      if book.unprotected != .zero { out += "  \(book.unprotected) held without a stop\n" }
      for order in book.orders {
        out += "  order \(order.id.sequence)  \(order.side.word) \(order.type.word)  leaves \(order.leaves)"
        if order.type.hasLimit { out += "  limit \(order.limitPrice)" }
        if order.type.hasTrigger { out += "  stop \(order.stopPrice)" }
        out += "  \(order.timeInForce.word)\(order.isTriggered ? "  triggered" : "")\n"
      }
    }
    if state.killPhase != .none {
      out += "\nkill \(state.killPhase.word)\(state.killedAt.map { ", by event \($0)" } ?? "")\n"
    }
    if let scale = state.sizeScale { out += "\nsizes \(SizeScaleText.text(scale))\n" }
    for entry in state.states { out += "\n\(subject(entry.subject)) is \(entry.state.word)\n" }
    if !state.targets.isEmpty {
      out += "\ntargets (share of a full position)\n"
      for target in state.targets {
        out +=
          "  \(strategy(target.strategy))  \(symbol(target.instrument))  \(FixedPoint.text(nanos: Int128(target.micros) * 1_000))\n"
      }
    }
    return out
  }

  var json: JSONText {
    .object(
      [
        ("sequence", .integer(Int64(sequence))),
        ("time", state.time.nanos == .min ? .null : .string("\(state.time)")),
        ("halted", .flag(state.isHalted)),
        ("kill", .string(state.killPhase.word)),
        ("killed_at", state.killedAt.map { .integer(Int64(clamping: $0)) } ?? .null),
        ("size_scale", SizeScaleText.json(state.sizeScale)),
        (
          "states",
          .array(
            state.states.map { .object([("of", .string(subject($0.subject))), ("state", .string($0.state.word))]) })
        ),
        ("currency", .string("\(start.currency)")),
        ("equity", .string(money(state.equity))),
        ("cash", .string(money(state.cash))),
        ("realised", .string(money(state.realised))),
        ("unrealised", .string(money(state.unrealised))),
        ("fees", .string(money(state.fees))),
        ("dividends", .string(money(state.dividends))),
        (
          "currencies",
          .array(
            state.purses.map {
              .object([
                ("currency", .string("\($0.currency)")), ("cash", .string(money($0.cash))),
                ("equity", .string(money($0.equity))),
              ])
            })
        ),
        (
          "positions",
          .array(
            state.books.filter { $0.quantity != .zero }.map { book in
              .object([
                ("symbol", .string(symbol(book.instrument))), ("quantity", .string("\(book.quantity)")),
                ("mark", book.mark.map { .string("\($0)") } ?? .null), ("value", .string(money(book.value))),
                ("cost_basis", .string(money(book.costBasis))), ("realised", .string(money(book.realised))),
              ])
            })
        ),
        (
          "orders",
          .array(
            state.books.flatMap { book in
              book.orders.map { order in
                .object([
                  ("order", .integer(Int64(order.id.sequence))), ("symbol", .string(symbol(book.instrument))),
                  ("side", .string(order.side.word)), ("type", .string(order.type.word)),
                  ("time_in_force", .string(order.timeInForce.word)), ("leaves", .string("\(order.leaves)")),
                  ("limit_price", .string("\(order.limitPrice)")), ("stop_price", .string("\(order.stopPrice)")),
                  ("triggered", .flag(order.isTriggered)),
                ])
              }
            })
        ),
        (
          "targets",
          .array(
            state.targets.map { target in
              .object([
                ("strategy", .string(strategy(target.strategy))), ("symbol", .string(symbol(target.instrument))),
                ("share", .string(FixedPoint.text(nanos: Int128(target.micros) * 1_000))),
              ])
            })
        ),
      ] + accountJSON + frontsJSON)
  }
}
