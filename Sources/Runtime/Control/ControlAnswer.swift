package import Core
package import Events
package import Market

/// What a run answers to whoever told it something.
package enum ControlAnswer: Sendable {
  case appended(ControlReceipt)
  /// A kill is on already; its event.
  case alreadyKilled(sequence: UInt64)
  case status(RunStatus)
  /// What the comparison with the venue found that was asked for.
  case reconciled(RunReconciliation)
  /// The run is being brought to its end.
  case stopping
  /// Nothing was appended; why, and what to do.
  case refused(String)

  /// One JSON object without line breaks: `ok` says whether what was asked for was done.
  package var json: String {
    switch self {
    case .appended(let receipt):
      #"{"ok":true,"request":"\#(receipt.word)","sequence":\#(receipt.sequence),"time":"\#(receipt.time)","#
        + #""durable":\#(receipt.isDurable),"caused":\#(receipt.causedCount),"#
        + #""alerts":[\#(receipt.alerts.map(\.word.jsonQuoted).joined(separator: ","))]}"#
    case .alreadyKilled(let sequence): #"{"ok":true,"request":"kill","sequence":\#(sequence),"already_killed":true}"#
    case .status(let status): status.json
    case .reconciled(let reconciliation): reconciliation.json
    case .stopping: #"{"ok":true,"request":"stop"}"#
    case .refused(let reason): #"{"ok":false,"error":\#(reason.jsonQuoted)}"#
    }
  }
}

/// An input that was appended because somebody asked for it.
package struct ControlReceipt: Sendable {
  package var word: String
  package var sequence: UInt64
  /// Of the input: that of the input before it.
  package var time: Timestamp
  /// Whether a crash now would still find it: only where the run commits.
  package var isDurable: Bool
  /// Events that follow from it.
  package var causedCount: Int
  /// Of those, what they warn of.
  package var alerts: [AlertCode]
}

/// How a run stands between two inputs.
package struct RunStatus: Sendable {
  package var start: RunStarted
  package var process: Int32
  package var nextSequence: UInt64
  package var durableSequence: UInt64
  package var state: StateDescription
  /// Where they were asked for: how much of each limit is used.
  package var limits: [LimitInUse] = []

  /// A limit's use and bound, in its unit.
  package struct LimitInUse: Hashable, Sendable {
    package var limit: UsedLimit
    package var used: Int128
    package var bound: Int128
  }

  package var json: String {
    let positions = state.books.count { $0.quantity != .zero && !$0.isDust }
    let orders = state.books.reduce(0) { $0 + $1.orders.count }
    let states = state.states.map { #"{"of":\#(name($0.subject).jsonQuoted),"state":"\#($0.state.word)"}"# }
    let account = state.states.first { $0.subject == .account }?.state ?? .active
    return
      #"{"ok":true,"request":"status","run_id":"\#(Hex.text(start.runID))","mode":"\#(start.mode.word)","process":\#(process),"#
      + #""time":\#(state.time.nanos == .min ? "null" : "\"\(state.time)\""),"next_sequence":\#(nextSequence),"#
      + #""durable_sequence":\#(durableSequence),"halted":\#(state.isHalted),"state":"\#(account.word)","#
      + #""states":[\#(states.joined(separator: ","))],"kill":"\#(state.killPhase.word)","#
      + #""killed_at":\#(state.killedAt.map { "\($0)" } ?? "null"),"size_scale":\#(sizeScale),"#
      + #""bars":\#(state.counts.bars),"orders":\#(state.counts.orders),"#
      + #""fills":\#(state.counts.fills),"open_positions":\#(positions),"working_orders":\#(orders),"#
      + (dust.map { $0 + "," } ?? "")
      + #""equity":"\#(FixedPoint.text(nanos: state.equity))","cash":"\#(FixedPoint.text(nanos: state.cash))","#
      + #""currency":"\#(start.currency)"\#(accountMember)\#(unprotected.map { "," + $0 } ?? "")\#(withheldMember)}"#
  }

  private var dust: String? { quantities("dust") { $0.isDust ? $0.quantity : .zero } }
  private var unprotected: String? { quantities("unprotected") { $0.unprotected } }

  /// A member with a quantity of each instrument that has one; nil where none has.
  private func quantities(_ name: String, _ quantity: (StateDescription.BookDescription) -> Quantity) -> String? {
    let rows = state.books.filter { quantity($0) != .zero }.map {
      #"{"symbol":\#(start.instruments[$0.instrument.position].symbol.jsonQuoted),"quantity":"\#(quantity($0))"}"#
    }
    return rows.isEmpty ? nil : #""\#(name)":[\#(rows.joined(separator: ","))]"#
  }

  /// In monitor mode.
  private var withheldMember: String { state.isWithheld ? #","withheld":true"# : "" }

  /// Of profiles that have one.
  private var accountMember: String {
    guard let account = state.account else { return "" }
    func money(_ nanos: Int128) -> String { "\"\(FixedPoint.text(nanos: nanos))\"" }
    var text = #","account":{"charges":\#(money(account.charges))"#
    if let unsettled = account.unsettled { text += #","unsettled":\#(money(unsettled))"# }
    if let margin = account.margin {
      text += #","margin":{"initial":\#(money(margin.initial)),"maintenance":\#(money(margin.maintenance)),"#
      text += #""excess":\#(money(margin.excess)),"called_by":\#(margin.calledBy.map { "\($0)" } ?? "null")}"#
    }
    return text + "}"
  }

  /// Null where the profile has no drawdown schedule.
  private var sizeScale: String {
    guard let scale = state.sizeScale else { return "null" }
    func share(_ micros: Int64) -> String { FixedPoint.text(nanos: Int128(micros) * 1_000) }
    return #"{"scale":"\#(share(scale.scaleMicros))","step":\#(scale.step),"steps":\#(scale.stepCount),"#
      + #""step_from":\#(scale.depthMicros.map { "\"\(share($0))\"" } ?? "null"),"drawdown":"\#(share(scale.drawdownMicros))"}"#
  }

  /// What people call a subject.
  package func name(_ subject: RiskSubject) -> String {
    let index = Int(subject.index)
    return switch subject.scope {
    case .account, .sector: "account"
    case .strategy: "strategy " + (index < start.strategies.count ? start.strategies[index] : "\(index)")
    case .symbol: index < start.instruments.count ? start.instruments[index].symbol : "\(index)"
    }
  }
}
