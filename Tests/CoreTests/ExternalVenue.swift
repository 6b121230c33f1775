import Core
import Events
import Market
import Scenarios

/// A venue outside, honest and with a channel that is not: it works orders against the bars as it likes, and its reports arrive late, repeated, out of order,
/// under no trade id, or behind the order's end. What it really did is kept for comparison.
struct ExternalVenue {
  struct Order {
    var intent: OrderIntent
    var filled: Int64 = 0
    var isOver = false
    var isReported = false
  }

  struct Trade {
    var order: UInt64
    var instrument: Int
    var signed: Int64
    var price: Int64
    var fee: Int64
  }

  private var random: SeededRandom
  private(set) var orders: [UInt64: Order] = [:]
  private(set) var trades: [Trade] = []
  /// Reports that were made and not delivered yet.
  private var channel: [ExecutionReport] = []
  /// Everything that was ever delivered: what may be repeated.
  private var delivered: [ExecutionReport] = []
  private(set) var repeats = 0
  private(set) var inferred = 0
  private(set) var late = 0
  /// Orders that ended for another, and orders that weren't placed because the older had filled.
  private(set) var replaced = 0
  private(set) var unreplaced = 0
  /// Orders that would have sold more than was held and not promised to another order: an exchange refuses those.
  private(set) var oversold = 0
  /// Stop and target that are a pair: what one fills ends the other, and a cancel of one is a cancel of both.
  private var mates: [UInt64: UInt64] = [:]
  var pairs: Int { mates.count / 2 }
  private let lots: [Int64]

  init(seed: UInt64, lots: [Int64]) {
    random = SeededRandom(seed: seed)
    self.lots = lots
  }

  /// What is held of an instrument less what open sales may still sell.
  private func free(_ instrument: Int) -> Int64 {
    let held = trades.reduce(Int64(0)) { $0 + ($1.instrument == instrument ? $1.signed : 0) }
    // Of a pair one alone sells.
    let open = orders.filter { id, order in
      !order.isOver && (mates[id].map { $0 > id || orders[$0]?.isOver != false } ?? true)
    }.values.filter {
      $0.intent.instrument.position == instrument && $0.intent.side == .sell && !$0.isOver
    }
    return open.reduce(held) { $0 - ($1.intent.quantity.nanos - $1.filled) }
  }

  var isIdle: Bool { channel.isEmpty }

  private func report(
    _ type: ExecutionType, _ id: UInt64, _ quantity: Int64, price: Int64? = nil, fee: Int64 = 0, trade: String = "",
    cumulative: Int64? = nil
  ) -> ExecutionReport {
    let order = orders[id]!
    return ExecutionReport(
      type: type, source: .stream, order: OrderID(sequence: id), instrument: order.intent.instrument,
      side: order.intent.side, quantity: Quantity(nanos: quantity),
      cumulative: Quantity(nanos: cumulative ?? order.filled), price: price.map { Price(nanos: $0) }, fee: Int128(fee),
      liquidity: price == nil ? nil : .taker, venueTime: Timestamp(nanos: 1), feeAsset: price == nil ? "" : "USD",
      clientOrderID: "c\(id)", venueOrderID: "v\(id)", tradeID: trade, reason: "")
  }

  /// Takes what the run sends; some of it never arrives.
  mutating func take(_ happenings: [Happening]) {
    var last: (id: UInt64, intent: OrderIntent, luck: UInt64)?
    for happening in happenings {
      switch happening.body {
      case let intent as OrderIntent:
        var luck = random.next() % 20
        var isSecond = false
        if intent.purpose == .takeProfit, let last, last.intent.purpose == .stopLoss,
          last.intent.instrument == intent.instrument
        {
          (mates[happening.sequence], mates[last.id]) = (last.id, happening.sequence)
          // Both are taken, or none is.
          luck = last.luck
          isSecond = true
        }
        last = (happening.sequence, intent, luck)
        if !isSecond, intent.side == .sell, free(intent.instrument.position) < intent.quantity.nanos { oversold += 1 }
        orders[happening.sequence] = Order(intent: intent)
        if luck == 0 {
          orders[happening.sequence]!.isOver = true
          channel.append(report(.neverArrived, happening.sequence, intent.quantity.nanos))
        } else if luck == 1 {
          orders[happening.sequence]!.isOver = true
          channel.append(report(.rejected, happening.sequence, intent.quantity.nanos))
        } else if luck < 15 {
          channel.append(report(.accepted, happening.sequence, intent.quantity.nanos))
        }
      case let rejected as OrderRejected where orders[rejected.order.sequence]?.isOver == false:
        orders[rejected.order.sequence] = nil
        channel.removeAll { $0.order == rejected.order }
      case let terms as OrderTerms where terms.replaces != nil:
        let (id, old) = (terms.order.sequence, terms.replaces!.sequence)
        guard orders[id] != nil else { continue }
        if orders[old].map({ $0.isOver || $0.filled > 0 }) ?? true {
          // The old one can't be ended for it: the new one isn't placed. What is left of the old is cancelled below.
          channel.removeAll { $0.order == terms.order }
          orders[id]!.isOver = true
          channel.append(report(.neverArrived, id, orders[id]!.intent.quantity.nanos))
          unreplaced += 1
        } else if !orders[id]!.isOver {
          orders[old]!.isOver = true
          channel.append(report(.cancelled, old, orders[old]!.intent.quantity.nanos))
          replaced += 1
        }
      case let cancel as CancelRequested:
        let id = cancel.order.sequence
        guard let order = orders[id], !order.isOver else { continue }
        if random.next() % 8 == 0 {
          channel.append(report(.cancelRejected, id, order.intent.quantity.nanos))
        } else {
          for id in [id] + (mates[id].map { [$0] } ?? []) where orders[id]?.isOver == false {
            orders[id]!.isOver = true
            channel.append(report(.cancelled, id, orders[id]!.intent.quantity.nanos))
          }
        }
      default: break
      }
    }
  }

  /// Fills some of what works at about `price`.
  mutating func trade(_ instrument: Int, at price: Int64) {
    for id in orders.keys.sorted() where orders[id]!.intent.instrument.position == instrument && !orders[id]!.isOver {
      if random.next() % 3 == 0 { continue }
      let order = orders[id]!
      let left = order.intent.quantity.nanos - order.filled
      let part = random.next() % 2 == 0 ? left : max(lots[instrument], left / 2 / lots[instrument] * lots[instrument])
      let quantity = min(part, left)
      let fee = Int64(random.next() % 5) * 10_000_000
      if let mate = mates[id], orders[mate]?.isOver == false {
        orders[mate]!.isOver = true
        channel.append(report(.expired, mate, orders[mate]!.intent.quantity.nanos))
      }
      orders[id]!.filled += quantity
      trades.append(
        Trade(
          order: id, instrument: instrument, signed: quantity * order.intent.side.sign, price: price, fee: fee))
      let real = report(.filled, id, quantity, price: price, fee: fee, trade: "\(trades.count)")
      if random.next() % 12 == 0 {
        // First inferred from the count, with a fee that is a guess, and then told itself.
        inferred += 1
        channel.append(report(.filled, id, quantity, price: price, fee: fee / 2))
      }
      channel.append(real)
      if orders[id]!.filled == order.intent.quantity.nanos {
        orders[id]!.isOver = true
      } else if random.next() % 10 == 0 {
        orders[id]!.isOver = true
        channel.append(report(.expired, id, order.intent.quantity.nanos))
      }
    }
  }

  /// What arrives now: any of what was made, in any order, some of it for the second time.
  mutating func arrivals(all: Bool = false) -> [ExecutionReport] {
    var arriving: [ExecutionReport] = []
    var kept: [ExecutionReport] = []
    for report in channel {
      if all || random.next() % 3 != 0 {
        arriving.insert(report, at: Int(random.next() % UInt64(arriving.count + 1)))
      } else {
        kept.append(report)
        late += 1
      }
    }
    channel = kept
    delivered += arriving
    if !delivered.isEmpty, random.next() % 2 == 0 {
      arriving.append(delivered[Int(random.next() % UInt64(delivered.count))])
      repeats += 1
    }
    return arriving
  }
}
