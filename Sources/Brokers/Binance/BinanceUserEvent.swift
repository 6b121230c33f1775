import Events
import Market
import Wire

/// What the user data stream says (binance.md §9).
enum BinanceUserEvent: Hashable, Sendable {
  case report(OrderReport)
  /// Balances changed; what they are is asked for when run and venue are compared.
  case balances
  /// The subscription is over.
  case terminated
  /// This connection will be closed soon.
  case shutdown
  /// Known to change nothing here.
  case other

  init(_ json: JSONValue) throws(JSONFieldError) {
    switch try json.string("e") {
    case "executionReport": self = try Self.execution(json)
    case "outboundAccountPosition", "balanceUpdate", "externalLockUpdate": self = .balances
    case "eventStreamTerminated": self = .terminated
    case "serverShutdown": self = .shutdown
    default: self = .other
    }
  }

  private static func execution(_ json: JSONValue) throws(JSONFieldError) -> BinanceUserEvent {
    let word = try json.string("x")
    let status = try BinanceOrderText.status(json, "X")
    let type: ExecutionType
    switch word {
    case "NEW": type = .accepted
    case "TRADE": type = .filled
    case "CANCELED": type = .cancelled
    case "REPLACED": type = .reduced
    case "REJECTED": type = .rejected
    case "EXPIRED": type = .expired
    case "TRADE_PREVENTION":
      // A match with an order of our own was prevented: it may end the order, or only a part of it.
      guard status == .expired else { return .other }
      type = .expired
    default: throw JSONFieldError("x", .notA(.word))
    }
    // In the report of a cancel, `c` is the cancel's own id and `C` the order's.
    let original = json["C"]?.string ?? ""
    let own = try json.string("c")
    var report = OrderReport(
      type: type, source: .stream, clientOrderID: original.isEmpty || original == "null" ? own : original,
      venueOrderID: String(try json.integer("i")), symbol: try json.string("s"),
      side: try BinanceOrderText.side(json, "S"), quantity: try BinanceOrderText.quantity(json, "q"),
      cumulative: try BinanceOrderText.quantity(json, "z"), venueTime: try json.milliseconds("T"))
    if type == .filled {
      report.quantity = try BinanceOrderText.quantity(json, "l")
      report.price = Price(nanos: try json.nanos("L"))
      report.fee = Int128(json.present("n") == nil ? 0 : try json.nanos("n"))
      report.feeAsset = json["N"]?.string ?? ""
      report.liquidity = try json.bool("m") ? .maker : .taker
      report.tradeID = String(try json.integer("t"))
    }
    if type == .rejected { report.text = json["r"]?.string ?? "" }
    if type == .expired { report.text = json["eR"]?.string ?? "" }
    return .report(report)
  }
}
