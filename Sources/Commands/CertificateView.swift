import Events
import Market
import Projections
import Runtime

/// A certificate as one page of text, or as JSON with every order.
struct CertificateView {
  /// Rows of a table on the page; JSON has all.
  private static let rowsMax = 24

  private let certificate: Certificate
  private let symbols: [String]
  private let currency: String

  init(_ certificate: Certificate) {
    self.certificate = certificate
    symbols = certificate.start.instruments.map(\.symbol)
    currency = "\(certificate.start.currency)"
  }

  private var isSimulated: Bool { certificate.start.mode != .live }

  // MARK: Text

  var text: String {
    let start = certificate.start
    var lines = certificate.paths.enumerated().map { ($0.offset == 0 ? "certifies   " : "            ") + $0.element }
    lines.append("run         \(Hex.text(start.runID))  \(start.mode.word)")
    lines.append(
      "period      \(certificate.firstTime.map { "\($0)" } ?? "-") to \(certificate.lastTime.map { "\($0)" } ?? "-"), "
        + "\(certificate.bars) bars (\(certificate.historicalBars) historical), \(certificate.isEnded ? "ended" : "not ended")"
    )
    if !certificate.isEnded || !certificate.isSealed {
      lines.append(
        "unfinished  the journal has no end: the run goes on, is held, was broken off, or its end was torn off; `engine verify` says what is whole"
      )
    }
    lines.append("head        \(Hex.text(certificate.head))")
    let replay = certificate.replay
    lines.append(
      "replay      \(replay.equalDecisions) of \(replay.decisions) decisions equal, \(replay.equalDerived) of \(replay.derived) derived events"
    )
    lines += twinLines + dataLines
    lines.append(
      "unexplained \(certificate.unexplained.isEmpty ? "nothing" : "\(certificate.unexplained.count)")")
    return lines.joined(separator: "\n") + "\n" + unexplainedLines + table
  }

  private var twinLines: [String] {
    let twin = certificate.twin
    var lines = [
      "twin        \(twin.signalsAlike) of \(twin.signals) signals alike, sizes and orders on \(twin.decidedAlike) of \(twin.decided) inputs"
    ]
    if let parting = twin.parting {
      lines.append("            in another state from event \(parting.sequence) on: \(words(parting))")
    }
    var counts: [(String, Int)] = []
    for row in twin.rows {
      let word = CertificateView.word(row.reason)
      if let place = counts.firstIndex(where: { $0.0 == word }) {
        counts[place].1 += 1
      } else {
        counts.append((word, 1))
      }
    }
    let said = counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    lines.append("orders      \(twin.rows.count)\(said.isEmpty ? "" : ": \(said)")")
    if twin.protective > 0 {
      lines.append(
        "protected   \(twin.protectiveCompared) of \(twin.protective) orders that protect compared with the twin's")
    }
    let both = twin.rows.count { $0.isComparable }
    lines.append(
      "fills       of \(both) orders that both filled: price \(cost(twin.priceCost)), \(Statistic.hundredths(twin.basisPoints) ?? "-") bps; fees \(cost(twin.feeCost)) (positive: the run paid more)"
    )
    for paid in twin.assetFees {
      lines.append(
        "            \(paid.count) fees in \(paid.asset): \(FixedPoint.text(nanos: paid.amount)), booked as \(cost(paid.booked)) at journaled closes"
      )
    }
    let away = twin.rows.count { if case .duringOutage = $0.reason { true } else { false } }
    if away > 0 {
      lines.append("            \(away) that filled during an outage are in no figure: the twin fills behind it")
    }
    if twin.feesElsewhere > 0 {
      lines.append("            \(twin.feesElsewhere) fees in another asset are in no figure")
    }
    return lines
  }

  private var dataLines: [String] {
    let told = certificate.revisions.told
    var lines = ["revised     \(told.count) bars while it ran"]
    for one in told.prefix(5) {
      lines.append("            \(symbol(one.instrument)) \(one.openTime), told by event \(one.sequence)")
    }
    guard let later = certificate.revisions.later else { return lines }
    lines.append(
      "later       \(later.path): \(later.equal) bars equal, \(later.revised) revised, \(later.onlySeen) gone, \(later.onlyLater) new"
    )
    for one in later.revisions.prefix(5) {
      lines.append(
        "            \(symbol(one.instrument)) \(one.openTime) \(one.field.rawValue) \(FixedPoint.text(nanos: one.seen)), later \(FixedPoint.text(nanos: one.later))"
      )
    }
    if let gone = later.firstOnlySeen {
      lines.append("            gone: \(symbol(gone.instrument)) \(gone.openTime), first of \(later.onlySeen)")
    }
    if let new = later.firstOnlyLater {
      lines.append("            new: \(symbol(new.instrument)) \(new.openTime), first of \(later.onlyLater)")
    }
    if !later.unknownSymbols.isEmpty {
      lines.append("            it has no \(later.unknownSymbols.joined(separator: ", "))")
    }
    return lines
  }

  private var unexplainedLines: String {
    let all = certificate.unexplained
    let shown = all.prefix(CertificateView.rowsMax)
    let rest = all.count > shown.count ? "            and \(all.count - shown.count) more: --format json has all\n" : ""
    return shown.map { "            \(sentence($0))\n" }.joined() + rest
  }

  /// The orders that are not alike, the dearest first where not all fit.
  private var table: String {
    let rows = certificate.twin.rows.filter { $0.reason != .same }
    if rows.isEmpty { return "" }
    var places = Array(rows.indices)
    if rows.count > CertificateView.rowsMax {
      places.sort { (abs(rows[$0].priceCost ?? 0), $1) > (abs(rows[$1].priceCost ?? 0), $0) }
      places = places.prefix(CertificateView.rowsMax).sorted()
    }
    var table = TextTable([.left, .left, .left, .right, .right, .right, .right, .right, .right, .left])
    table.add("order", "symbol", "side", "quantity", "filled", "price", "twin", "bps", "cost \(currency)", "why")
    for place in places {
      let row = rows[place]
      guard let order = row.order else { continue }
      table.add(
        row.run.map { "\($0.sequence)" } ?? "-", symbols[order.instrument.position], order.side.word,
        "\(order.quantity)", row.run.map { "\($0.filled)" } ?? "-", price(row.run), price(row.twin),
        Statistic.hundredths(row.basisPoints) ?? "-",
        row.priceCost.map { FixedPoint.text(nanos: $0) } ?? "-", why(row))
    }
    let rest = rows.count - places.count
    return "\n" + table.text + (rest > 0 ? "and \(rest) more: --format json has all\n" : "")
  }

  /// What the two accounts differed in when they parted.
  private func words(_ parting: CertifiedTwin.Parting) -> String {
    func amount(_ value: Int128?) -> String { value.map { FixedPoint.text(nanos: $0) } ?? "what it began with" }
    switch parting.field {
    case .held: return "\(symbol(parting.instrument)) held \(amount(parting.run)), the twin \(amount(parting.twin))"
    case .working:
      return "\(symbol(parting.instrument)) working \(amount(parting.run)), the twin's \(amount(parting.twin))"
    case .cash: return "cash \(amount(parting.run)), the twin's \(amount(parting.twin)) \(currency)"
    case .rejects: return "\(parting.run ?? 0) orders refused, of the twin's \(parting.twin ?? 0)"
    case .underWay:
      return "\(parting.run ?? 0) orders that waited for an answer or had filled in part, which the twin's don't"
    case .cancels:
      return
        "\(parting.run ?? 0) orders cancelled or expired, of the twin's \(parting.twin ?? 0), whose venue cancels at once"
    case .none: return "no difference of the accounts is known"
    }
  }

  private func price(_ order: CertifiedOrder?) -> String {
    guard let price = order?.averagePrice else { return "-" }
    return FixedPoint.text(nanos: Int64(price.rounded()))
  }

  private func cost(_ nanos: Int128) -> String { "\(FixedPoint.text(nanos: nanos)) \(currency)" }

  private func symbol(_ instrument: InstrumentIndex?) -> String { instrument.map { symbols[$0.position] } ?? "-" }

  private func why(_ row: CertifiedTwin.Row) -> String {
    switch row.reason {
    case .ended(.rejected(let words)): words.isEmpty ? "rejected" : "rejected: \(words)"
    case .ended(.cancelled(let reason)): "cancelled: \(reason.word)"
    case .followsFrom(let sequence): "follows from event \(sequence)"
    case .duringOutage(let bar): "filled during an outage: bar \(bar) came as history"
    case .same, .venueFilled, .noBar, .ended, .working, .otherMarket, .outcomeUnknown, .differs:
      CertificateView.word(row.reason)
    }
  }

  private static func word(_ reason: CertifiedTwin.Reason) -> String {
    switch reason {
    case .same: "alike"
    case .venueFilled: "filled otherwise by the venue"
    case .noBar: "filled when the run has no bar"
    case .ended(.cancelled): "cancelled"
    case .ended(.expired): "expired"
    case .ended(.rejected): "rejected"
    case .ended(.withheld): "withheld"
    case .working: "still working"
    case .followsFrom: "following from what the venue did otherwise"
    case .duringOutage: "filled during an outage"
    case .otherMarket: "filled at a price that the bar doesn't have"
    case .outcomeUnknown: "of unknown outcome"
    case .differs: "not alike though it must be"
    }
  }

  private func sentence(_ one: Unexplained) -> String {
    switch one {
    case .replay(let sequence): "event \(sequence) is not what the inputs come to; `engine replay` shows both"
    case .ledger(let sequence): "the ledger doesn't balance behind event \(sequence)"
    case .hashChain: "the hash chain doesn't end in the journal's head; `engine verify` says where it breaks"
    case .signal(let sequence):
      "event \(sequence): run's and twin's strategies say otherwise on the same bars; `engine inspect` shows what they saw"
    case .decision(let sequence):
      "event \(sequence): run and twin decide otherwise in the same state; `engine inspect` shows what they saw"
    case .price(let fill, let order, let instrument, let price, let low, let high):
      "fill \(fill) of order \(order): \(symbol(instrument)) at \(price), and the bar of that time has \(low) … \(high)"
    case .outcome(let order, let instrument):
      "order \(order), \(symbol(instrument)): nothing was ever heard of it"
    case .order(let run, let twin, let instrument):
      "\(symbol(instrument)): order \(run.map { "\($0)" } ?? "-") and the twin's \(twin.map { "\($0)" } ?? "-") must be alike and aren't"
    case .fillsMissing(let order, let instrument, let quantity):
      "order \(order), \(symbol(instrument)): the venue counts \(quantity) more as filled than was booked"
    case .overfilled(let order, let instrument, let quantity):
      "order \(order), \(symbol(instrument)): the venue filled \(quantity) more than was ordered"
    case .position(let sequence, let instrument, let ours, let theirs):
      "event \(sequence): \(symbol(instrument)) here \(ours), at the venue \(theirs)"
    }
  }

  // MARK: JSON

  var json: JSONText {
    let start = certificate.start
    return .object([
      ("run_id", .string(Hex.text(start.runID))), ("mode", .string(start.mode.word)),
      ("files", .array(certificate.paths.map { .string($0) })), ("head", .string(Hex.text(certificate.head))),
      ("from", time(certificate.firstTime)), ("to", time(certificate.lastTime)),
      ("ended", .flag(certificate.isEnded)), ("sealed", .flag(certificate.isSealed)),
      ("events", number(certificate.events)), ("bars", number(certificate.bars)),
      ("historical_bars", number(certificate.historicalBars)),
      (
        "replay",
        .object([
          ("decisions", number(certificate.replay.decisions)),
          ("decisions_equal", number(certificate.replay.equalDecisions)),
          ("derived", number(certificate.replay.derived)), ("derived_equal", number(certificate.replay.equalDerived)),
        ])
      ),
      ("twin", twinJSON), ("revised", revisedJSON), ("explained", .flag(certificate.unexplained.isEmpty)),
      ("unexplained", .array(certificate.unexplained.map { .string(sentence($0)) })),
    ])
  }

  private var twinJSON: JSONText {
    let twin = certificate.twin
    return .object(
      [
        ("signals", number(twin.signals)), ("signals_alike", number(twin.signalsAlike)),
        ("decided", number(twin.decided)), ("decided_alike", number(twin.decidedAlike)),
        ("parted_at", twin.parting.map { number($0.sequence) } ?? .null),
        ("parted_by", twin.parting.map { .string(words($0)) } ?? .null), ("currency", .string(currency)),
        ("price_cost", money(twin.priceCost)), ("fee_cost", money(twin.feeCost)),
        ("basis_points", Statistic.hundredths(twin.basisPoints).map { .number($0) } ?? .null),
        ("fees_elsewhere", number(twin.feesElsewhere)), ("protective", .number("\(twin.protective)")),
        ("protective_compared", .number("\(twin.protectiveCompared)")),
      ] + assetFeesJSON + [("orders", .array(twin.rows.map(rowJSON)))])
  }

  /// Only where there were such.
  private var assetFeesJSON: [(String, JSONText)] {
    if certificate.twin.assetFees.isEmpty { return [] }
    let paid = certificate.twin.assetFees.map { paid in
      JSONText.object([
        ("asset", .string(paid.asset)), ("count", number(paid.count)),
        ("amount", .string(FixedPoint.text(nanos: paid.amount))), ("booked", money(paid.booked)),
      ])
    }
    return [("fees_in_assets", .array(paid))]
  }

  private func rowJSON(_ row: CertifiedTwin.Row) -> JSONText {
    .object([
      ("symbol", .string(symbol(row.order?.instrument))), ("side", row.order.map { .string($0.side.word) } ?? .null),
      ("purpose", row.order.map { .string($0.purpose.word) } ?? .null), ("run", orderJSON(row.run, named: true)),
      ("twin", orderJSON(row.twin, named: false)), ("price_cost", row.priceCost.map(money) ?? .null),
      ("fee_cost", row.feeCost.map(money) ?? .null),
      ("basis_points", Statistic.hundredths(row.basisPoints).map { .number($0) } ?? .null),
      ("why", .string(why(row))), ("explained", .flag(row.isExplained)),
    ])
  }

  /// - Parameter named: whether its sequence is one of the journal's.
  private func orderJSON(_ order: CertifiedOrder?, named: Bool) -> JSONText {
    guard let order else { return .null }
    return .object(
      (named ? [("order", number(order.sequence))] : []) + [
        ("time", time(order.time)), ("quantity", .string("\(order.quantity)")), ("filled", .string("\(order.filled)")),
        ("price", order.averagePrice == nil ? .null : .string(price(order))), ("fees", money(order.fees)),
      ])
  }

  private var revisedJSON: JSONText {
    let told = certificate.revisions.told.map {
      JSONText.object([
        ("sequence", number($0.sequence)), ("symbol", .string(symbol($0.instrument))), ("open_time", time($0.openTime)),
      ])
    }
    guard let later = certificate.revisions.later else { return .object([("told", .array(told)), ("later", .null)]) }
    let values = later.revisions.map {
      JSONText.object([
        ("symbol", .string(symbol($0.instrument))), ("open_time", time($0.openTime)),
        ("field", .string($0.field.rawValue)), ("seen", .string(FixedPoint.text(nanos: $0.seen))),
        ("later", .string(FixedPoint.text(nanos: $0.later))),
      ])
    }
    return .object([
      ("told", .array(told)),
      (
        "later",
        .object([
          ("path", .string(later.path)), ("equal", number(later.equal)), ("revised", number(later.revised)),
          ("gone", number(later.onlySeen)), ("new", number(later.onlyLater)), ("values", .array(values)),
          ("unknown_symbols", .array(later.unknownSymbols.map { .string($0) })),
        ])
      ),
    ])
  }

  private func number(_ value: UInt64) -> JSONText { .number("\(value)") }
  private func money(_ nanos: Int128) -> JSONText { .string(FixedPoint.text(nanos: nanos)) }
  private func time(_ time: Timestamp?) -> JSONText { time.map { .string("\($0)") } ?? .null }
}
