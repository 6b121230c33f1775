import Market
import Testing
import Wire

@testable import Brokers

/// Filters of binance.md §4, each at its edge, in integers.
@Suite struct SymbolRulesTests {
  static let json = #"""
    {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","orderTypes":["LIMIT","LIMIT_MAKER","MARKET","STOP_LOSS","STOP_LOSS_LIMIT"],
    "amendAllowed":true,"filters":[
    {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
    {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
    {"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"100.00000000","stepSize":"0.00000000"},
    {"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"5","bidMultiplierDown":"0.2","askMultiplierUp":"4","askMultiplierDown":"0.5","avgPriceMins":5},
    {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5},
    {"filterType":"MAX_NUM_ORDERS","maxNumOrders":200},{"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":5},
    {"filterType":"SOMETHING_NEW","limit":1},{"filterType":"ICEBERG_PARTS","limit":50}]}
    """#

  static func rules(_ text: String = json) throws -> SymbolRules {
    try SymbolRules(try JSONDocument(Array(text.utf8)).root)
  }

  static func ticket(
    _ side: Side = .buy, _ type: OrderType = .limit, quantity: String = "0.01", limit: String? = nil,
    stop: String? = nil
  ) throws -> OrderTicket {
    OrderTicket(
      order: OrderID(sequence: 1), clientOrderID: "e0-1", instrument: InstrumentIndex(0), symbol: "BTCUSDT", side: side,
      type: type, timeInForce: .goodTillCancelled, quantity: try Quantity(quantity),
      limitPrice: try limit.map { try Price($0) },
      stopPrice: try stop.map { try Price($0) })
  }

  @Test(
    "names the filter that an order violates, and lets the edge pass",
    arguments: [
      ("0.01", "25000.00", nil), ("0.01", "25000.005", "PRICE_FILTER"), ("0.01", "0", "PRICE_FILTER"),
      ("0.01", "1000000.01", "PRICE_FILTER"), ("0.000005", "25000", "LOT_SIZE"), ("0.000015", "25000", "LOT_SIZE"),
      ("9000.00001", "25000", "LOT_SIZE"), ("0.0002", "25000", nil), ("0.00019", "25000", "NOTIONAL"),
      ("9000", "1000", nil), ("9000", "1000.01", "NOTIONAL"),
    ] as [(String, String, String?)])
  func limits(quantity: String, price: String, expected: String?) throws {
    let violation = try Self.rules().violation(
      by: Self.ticket(quantity: quantity, limit: price), reference: nil, openCount: 0, openAlgoCount: 0)
    #expect(violation == expected)
  }

  @Test("checks a market order's size by both filters, and its value where a price is known")
  func market() throws {
    let rules = try Self.rules()
    func violation(_ quantity: String, _ reference: String?) throws -> String? {
      rules.violation(
        by: try Self.ticket(.buy, .market, quantity: quantity), reference: try reference.map { try Price($0) },
        openCount: 0, openAlgoCount: 0)
    }
    #expect(try violation("100", nil) == nil)
    #expect(try violation("100.00001", nil) == "MARKET_LOT_SIZE")
    #expect(try violation("0.0001", "25000") == "NOTIONAL")
    #expect(try violation("0.0001", nil) == nil)
    // applyMaxToMarket is off.
    #expect(try violation("100", "200000") == nil)
  }

  @Test("measures a limit's distance by side, at the edge exactly")
  func distance() throws {
    let rules = try Self.rules()
    func violation(_ side: Side, _ limit: String) throws -> String? {
      rules.violation(
        by: try Self.ticket(side, limit: limit), reference: Price(nanos: 25_000_000_000_000), openCount: 0,
        openAlgoCount: 0)
    }
    #expect(try violation(.buy, "125000") == nil)
    #expect(try violation(.buy, "125000.01") == "PERCENT_PRICE_BY_SIDE")
    #expect(try violation(.buy, "5000") == nil)
    #expect(try violation(.buy, "4999.99") == "PERCENT_PRICE_BY_SIDE")
    #expect(try violation(.sell, "100000.01") == "PERCENT_PRICE_BY_SIDE")
    #expect(try violation(.sell, "12499.99") == "PERCENT_PRICE_BY_SIDE")
  }

  @Test("counts what is open, stops separately, and refuses types and states that the symbol doesn't have")
  func counts() throws {
    let rules = try Self.rules()
    let plain = try Self.ticket(limit: "25000")
    let stop = try Self.ticket(.sell, .stop, stop: "20000")
    #expect(rules.violation(by: plain, reference: nil, openCount: 199, openAlgoCount: 9) == nil)
    #expect(rules.violation(by: plain, reference: nil, openCount: 200, openAlgoCount: 0) == "MAX_NUM_ORDERS")
    #expect(rules.violation(by: stop, reference: nil, openCount: 4, openAlgoCount: 4) == nil)
    #expect(rules.violation(by: stop, reference: nil, openCount: 5, openAlgoCount: 5) == "MAX_NUM_ALGO_ORDERS")
    let halted = try Self.rules(Self.json.replacing("TRADING", with: "HALT").replacing("\"STOP_LOSS\",", with: ""))
    #expect(halted.violation(by: plain, reference: nil, openCount: 0, openAlgoCount: 0) == "symbol status HALT")
  }

  @Test("takes absent filters for no rule, and a filter without its fields for an error with the field's name")
  func shapes() throws {
    let bare = try Self.rules(
      #"{"symbol":"X","status":"TRADING","baseAsset":"A","quoteAsset":"B","orderTypes":["MARKET"],"filters":[]}"#)
    #expect(
      bare.violation(
        by: try Self.ticket(.buy, .market, quantity: "0.000000001"), reference: nil, openCount: 9, openAlgoCount: 9)
        == nil)
    #expect(throws: JSONFieldError("tickSize", .missing)) {
      _ = try Self.rules(Self.json.replacing("tickSize", with: "tick"))
    }
  }
}
