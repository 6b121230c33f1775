import Journal
import Market
import Testing
import Wire

@testable import Rehearsal

/// Goal: whatever clients and faults do, the exchange's books hold. Method: seeded random calls at random times against random bars with faults at random; after every
/// step balances are recounted from orders and trades alone, and the whole run is made twice.
@Suite struct InvariantTests {
  @Test("keeps balances, locks and fills together through random sessions", arguments: 0..<40 as Range<UInt64>)
  func books(_ seed: UInt64) {
    let first = session(seed, checks: true)
    #expect(first == session(seed, checks: false), "seed \(seed) gave other actions the second time")
  }

  private func session(_ seed: UInt64, checks: Bool) -> [ServerAction] {
    var random = SplitMix64(seed: seed)
    var rows: [(Int64, Int64, Int64, Int64, Int64)] = []
    var price: Int64 = 100
    for _ in 0..<20 {
      let close = max(20, price + random.next(below: 21) - 10)
      rows.append(
        (
          price, max(price, close) + random.next(below: 5), min(price, close) - random.next(below: 5), close,
          random.next(below: 30)
        ))
      price = max(20, close + random.next(below: 5) - 2)
    }
    var settings = Bench.settings
    settings.volumeShareMicros = 500_000
    settings.immediacy = seed % 2 == 0 ? .onArrival : .throughBar
    settings.balances = [
      StartingBalance(asset: "USDT", amount: 2_000 * Int128(FixedPoint.unit)),
      StartingBalance(asset: "BTC", amount: 10 * Int128(FixedPoint.unit)),
    ]
    let faults = FaultKind.allCases.enumerated().filter { UInt64($0.offset) % 5 == seed % 5 && $0.element != .ban }
      .flatMap { kind in
        FaultTarget.allCases.filter { kind.element.applies(to: $0) }.map {
          FaultRule(kind.element, on: $0, .rate(micros: 50_000, most: .max))
        }
      }
    var bench = Bench(settings, tape: Bench.tape(rows), faults: faults, seed: seed)
    bench.followUser()
    bench.open(1, "/ws/btcusdt@kline_1m")
    for step in 0..<120 {
      bench.pass(random.next(below: 20) * 1_000_000_000)
      let side = random.next(below: 2) == 0 ? "BUY" : "SELL"
      let quantity = "\(1 + random.next(below: 6))"
      let level = "\(max(1, price + random.next(below: 41) - 20))"
      let id = "&newClientOrderId=i\(random.next(below: 60))"
      switch random.next(below: 8) {
      case 0: bench.order("side=\(side)&type=MARKET&quantity=\(quantity)\(id)")
      case 1: bench.order("side=\(side)&type=LIMIT&timeInForce=GTC&quantity=\(quantity)&price=\(level)\(id)")
      case 2: bench.order("side=\(side)&type=LIMIT&timeInForce=FOK&quantity=\(quantity)&price=\(level)\(id)")
      case 3: bench.order("side=\(side)&type=STOP_LOSS&quantity=\(quantity)&stopPrice=\(level)\(id)")
      case 4:
        bench.order(
          "side=\(side)&type=TAKE_PROFIT_LIMIT&timeInForce=GTC&quantity=\(quantity)&stopPrice=\(level)&price=\(level)\(id)"
        )
      case 5: bench.order("side=BUY&type=MARKET&quoteOrderQty=\(quantity)00\(id)")
      case 6: bench.call(.delete, "order", "symbol=BTCUSDT&origClientOrderId=i\(random.next(below: 60))")
      default:
        bench.call(
          .put, "order/amend/keepPriority", "symbol=BTCUSDT&origClientOrderId=i\(random.next(below: 60))&newQty=1")
      }
      if checks { check(bench.exchange, "seed \(seed), step \(step)") }
    }
    return bench.actions
  }

  private func check(_ exchange: Exchange, _ place: Comment) {
    var quote = 2_000 * Int128(FixedPoint.unit)
    var base = 10 * Int128(FixedPoint.unit)
    for trade in exchange.trades[0] {
      let sign = Int128(exchange.orders[trade.order].side.sign)
      base += sign * Int128(trade.quantity.nanos) - (trade.commissionAsset == "BTC" ? trade.commission : 0)
      quote -= sign * trade.quoteQuantity + (trade.commissionAsset == "USDT" ? trade.commission : 0)
    }
    let balances = exchange.balances
    #expect(balances["USDT"].free + balances["USDT"].locked == quote, place)
    #expect(balances["BTC"].free + balances["BTC"].locked == base, place)
    let open = exchange.open[0].map { exchange.orders[$0] }
    #expect(open.allSatisfy { $0.status.isOpen }, place)
    #expect(exchange.orders.count { $0.status.isOpen } == open.count, place)
    #expect(balances["USDT"].locked == open.filter { $0.side == .buy }.reduce(0) { $0 + $1.locked }, place)
    #expect(balances["BTC"].locked == open.filter { $0.side == .sell }.reduce(0) { $0 + $1.locked }, place)
    // Commission is taken from what was received, so nothing is ever owed.
    #expect(balances.assets.allSatisfy { $0.free >= 0 && $0.locked >= 0 }, place)
    for (number, order) in exchange.orders.enumerated() {
      let fills = exchange.trades[0].filter { $0.order == number }
      #expect(fills.reduce(Int64(0)) { $0 + $1.quantity.nanos } == order.executed.nanos, place)
      #expect(order.executed <= order.quantity, place)
      #expect((order.status == .filled) == (order.leaves == .zero && order.quantity != .zero), place)
    }
  }
}
