import Core
import Market
import Testing
import Wire

@testable import Rehearsal

/// When orders fill, by the numbers of the rules in `Exchange+Matching.swift`. Bars are those of `Bench.bars`: 100/110/90/105, 105/120/100/110, 110/112/95/96, 96/100/80/90.
@Suite struct MatchingTests {
  /// Placed 20 s into the first bar: what it is told at once, and what it is after so many bars.
  @Test(
    "fills as the simulated venue does",
    arguments: [
      // 1. At the running bar's open, though the price is elsewhere by now.
      ("side=BUY&type=MARKET&quantity=1", "FILLED 100", 0, "FILLED 100"),
      ("side=SELL&type=MARKET&quantity=1", "FILLED 100", 0, "FILLED 100"),
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=101", "FILLED 100", 0, "FILLED 100"),
      // 2. Inside the bar's range when it closes.
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=91", "NEW", 1, "FILLED 91"),
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=89", "NEW", 3, "NEW"),
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=89", "NEW", 4, "FILLED 89"),
      ("side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=115", "NEW", 2, "FILLED 115"),
      ("side=BUY&type=LIMIT_MAKER&quantity=1&price=95", "NEW", 1, "FILLED 95"),
      // Stops: touched, and through the open of a later bar.
      ("side=SELL&type=STOP_LOSS&quantity=1&stopPrice=92", "NEW", 1, "FILLED 92"),
      ("side=BUY&type=STOP_LOSS&quantity=1&stopPrice=118", "NEW", 2, "FILLED 118"),
      ("side=BUY&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1&stopPrice=118&price=119", "NEW", 2, "FILLED 118"),
      // The limit is behind the stop's price, and the close does not prove that it came back: it rests, and the next open takes it.
      ("side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1&stopPrice=92&price=106", "NEW", 1, "NEW"),
      ("side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1&stopPrice=92&price=106", "NEW", 2, "FILLED 106"),
      // Take-profits: better prices.
      ("side=SELL&type=TAKE_PROFIT&quantity=1&stopPrice=108", "NEW", 1, "FILLED 108"),
      ("side=BUY&type=TAKE_PROFIT&quantity=1&stopPrice=92", "NEW", 1, "FILLED 92"),
      ("side=SELL&type=TAKE_PROFIT_LIMIT&timeInForce=GTC&quantity=1&stopPrice=108&price=107", "NEW", 1, "FILLED 108"),
      ("side=SELL&type=TAKE_PROFIT_LIMIT&timeInForce=GTC&quantity=1&stopPrice=108&price=109", "NEW", 1, "FILLED 109"),
      ("side=SELL&type=TAKE_PROFIT_LIMIT&timeInForce=GTC&quantity=1&stopPrice=108&price=111", "NEW", 1, "NEW"),
      ("side=SELL&type=TAKE_PROFIT_LIMIT&timeInForce=GTC&quantity=1&stopPrice=108&price=111", "NEW", 2, "FILLED 111"),
      // Immediate orders have only the moment.
      ("side=BUY&type=LIMIT&timeInForce=IOC&quantity=1&price=95", "EXPIRED", 0, "EXPIRED"),
      ("side=BUY&type=LIMIT&timeInForce=FOK&quantity=1&price=100", "FILLED 100", 0, "FILLED 100"),
    ])
  func fills(_ order: String, atOnce: String, bars: Int64, later: String) {
    var bench = Bench()
    bench.pass(20_000_000_000)
    bench.order(order + "&newClientOrderId=a")
    #expect(state(bench.query("a")) == atOnce)
    if bars > 0 { bench.pass(bars * Bench.minute - 20_000_000_000) }
    #expect(state(bench.query("a")) == later)
  }

  private func state(_ order: JSONValue) -> String {
    let status = order["status"]?.string ?? "none"
    guard let executed = order["executedQty"]?.nanos, executed > 0, let quote = order["cummulativeQuoteQty"]?.nanos
    else { return status }
    return "\(status) \(FixedPoint.text(nanos: Int128(quote) * Int128(FixedPoint.unit) / Int128(executed)))"
  }

  @Test("2. does not fill in a bar an order that was cancelled while the bar ran")
  func cancelledInTime() {
    var bench = Bench()
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=91&newClientOrderId=a")
    bench.pass(59_000_000_000)
    bench.call(.delete, "order", "symbol=BTCUSDT&origClientOrderId=a")
    bench.passMinutes(3)
    #expect(bench.query("a")["status"]?.string == "CANCELED")
  }

  @Test("3. lets an order that comes between bars meet the next one's open")
  func betweenBars() {
    var bench = Bench(tape: Bench.tape(minutes: [0, 10, 11, 12, 13]))
    bench.passMinutes(5)
    let answer = bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=a")
    #expect(answer?["status"]?.string == "NEW")
    bench.passMinutes(5)
    #expect(state(bench.query("a")) == "FILLED 105")
  }

  @Test("4. shares a bar's volume among all fills of a symbol, oldest first; the rest of a market order expires")
  func volume() {
    var settings = Bench.settings
    settings.volumeShareMicros = 10_000
    var bench = Bench(settings)
    bench.order("side=BUY&type=MARKET&quantity=7&newClientOrderId=a")
    bench.order("side=BUY&type=MARKET&quantity=7&newClientOrderId=b")
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=91&newClientOrderId=c")
    bench.passMinutes(1)
    #expect(bench.query("a")["executedQty"]?.string == "7.00000000")
    #expect(bench.query("b")["executedQty"]?.string == "3.00000000")
    #expect(bench.query("b")["status"]?.string == "EXPIRED")
    #expect(bench.query("c")["status"]?.string == "NEW")
  }

  @Test("as a twin, lets the rest of a market order wait, and an immediate order only meets an open")
  func twin() {
    var bench = Bench(.twin(slippage: .none, fees: .none, volumeShareMicros: 10_000))
    bench.order("side=SELL&type=MARKET&quantity=14&newClientOrderId=a")
    #expect(bench.query("a")["status"]?.string == "PARTIALLY_FILLED")
    bench.passMinutes(1)
    bench.order("side=BUY&type=LIMIT&timeInForce=IOC&quantity=1&price=101&newClientOrderId=b")
    #expect(bench.query("b")["status"]?.string == "NEW")
    bench.passMinutes(1)
    #expect(bench.query("a")["status"]?.string == "FILLED")
    // The bar came to 101 behind its open: an order that waits would have filled.
    #expect(bench.query("b")["status"]?.string == "EXPIRED")
  }

  @Test("5. tells of a bar's fills before it tells that the bar is closed")
  func order() {
    var bench = Bench()
    bench.followUser(9)
    bench.open(1, "/ws/btcusdt@kline_1m")
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=91")
    bench.actions.removeAll()
    bench.passMinutes(1)
    let fill = bench.actions.firstIndex { action in
      guard case .sendText(SocketNumber(rawValue: 9), let text) = action else { return false }
      return Bench.json(text)["event"]?["x"]?.string == "TRADE"
    }
    let close = bench.actions.firstIndex { action in
      guard case .sendText(SocketNumber(rawValue: 1), let text) = action else { return false }
      return Bench.json(text)["k"]?["x"]?.bool == true
    }
    #expect(fill != nil && close != nil)
    if let fill, let close { #expect(fill < close) }
  }

  @Test("slips and charges by the models of a profile")
  func models() {
    var settings = Bench.settings
    settings.slippage = .ticks(3)
    settings.fees = .makerTaker([FeeTier(from: 0, makerMicros: 100, takerMicros: 1_000)])
    settings.commission = .quote
    var bench = Bench(settings)
    let fill = bench.order("side=BUY&type=MARKET&quantity=2")?["fills"]?[0]
    #expect(fill?["price"]?.string == "100.03000000")
    #expect(fill?["commission"]?.string == "0.20006000")
    #expect(fill?["commissionAsset"]?.string == "USDT")
  }

  @Test("takes commission of BNB, a quarter less and at its price of the moment, until the balance doesn't cover one")
  func feesInBNB() {
    var settings = Bench.settings
    settings.feeAsset = "BNB"
    // Two units for 100 each: 0.2 USDT less a quarter, at 100 a BNB, is 0.0015 BNB.
    settings.balances.append(StartingBalance(asset: "BNB", amount: 3_999_999))
    let tape = Bench.tape(instruments: [Bench.instrument(), Bench.instrument("BNBUSDT")])
    var bench = Bench(settings, tape: tape)
    var paid: [String] = []
    for _ in 0..<3 {
      let fill = bench.order("side=BUY&type=MARKET&quantity=2")?["fills"]?[0]
      paid.append("\(fill?["commission"]?.string ?? "-") \(fill?["commissionAsset"]?.string ?? "-")")
    }
    #expect(paid == ["0.00150000 BNB", "0.00150000 BNB", "0.00200000 BTC"])
    #expect(bench.exchange.balances["BNB"].free == 999_999)
    #expect(bench.exchange.balances["USDT"].free == 999_400 * Int128(FixedPoint.unit))
  }
}
