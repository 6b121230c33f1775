import Core
import Events
import Market

/// The simulated venue and its account as one would write them on a blackboard: everything is looked up anew, nothing is fast.
///
/// `lines` holds what the engine should have said, in words; the engine's events are put into the same words by `RandomRun`.
struct NaiveVenue {
  let configuration: RunConfiguration
  let instruments: [Instrument]
  var orders: [[NaiveOrder]]
  var account: NaiveAccount
  var orderCount = 0
  var pairCount = 0
  var lines: [String] = []
  private var budget: Int128 = 0

  init(_ configuration: RunConfiguration, _ instruments: [Instrument]) {
    self.configuration = configuration
    self.instruments = instruments
    orders = instruments.map { _ in [] }
    account = NaiveAccount(configuration, instruments)
  }

  mutating func work(_ bar: Bar) {
    let index = bar.instrument.position
    for order in orders[index] where bar.openTime.nanos >= order.expiresAt {
      lines.append("expire \(order.number) \(order.leaves)")
      remove(index, order.number)
    }
    for order in orders[index] where order.trails && !order.isTriggered && takes(order, bar) {
      let isGap = order.isBuy ? Int128(bar.open.nanos) >= order.stop : Int128(bar.open.nanos) <= order.stop
      if !isGap { change(index, order.number) { $0.follow(Int128(bar.open.nanos)) } }
    }
    let lot = Int128(instruments[index].lotSize.nanos)
    let share = Int128(configuration.volumeShareMicros)
    budget = share == 0 ? Int128(Limits.quantityNanosMax) : Int128(bar.volume.nanos) * share / 1_000_000 / lot * lot
    for number in orders[index].map(\.number) {
      guard let order = order(index, number), takes(order, bar) else { continue }
      if let price = order.priceAtOpen(bar) {
        // A limit order that has rested makes; so does one that was triggered before.
        let isLimit = order.type == .limit
        let wasTriggered =
          order.isTriggered && order.type != .stop && order.type != .trailingStop && order.type != .marketIfTouched
        let takes = isLimit ? !order.hasRested : !wasTriggered
        execute(index, order, price, takes: takes, atOpen: true, bar)
      }
    }
    for order in orders[index] where order.timeInForce == .goodTillDate && !order.isOnOpen && !order.isOnClose {
      // Of the prices of a bar that ends later than the order, the open alone came in time.
      if order.expiresAt < bar.openTime.nanos + bar.durationNanos {
        lines.append("expire \(order.number) \(order.leaves)")
        remove(index, order.number)
      }
    }
    let stopsDone = pass(index, bar, done: []) { $0.hasStop && !$0.actsAsLimit }
    _ = pass(index, bar, done: []) { $0.actsAsLimit }
    _ = pass(index, bar, done: stopsDone) { $0.hasStop && !$0.actsAsLimit }
    for number in orders[index].map(\.number) {
      guard let order = order(index, number), order.isOnClose, takes(order, bar) else { continue }
      let close = Int128(bar.close.nanos)
      if order.type == .marketOnClose || (order.isBuy ? close <= order.limit : close >= order.limit) {
        execute(index, order, close, takes: true, atOpen: false, bar)
      }
    }
    for order in orders[index] where takes(order, bar) {
      if order.isOnOpen || order.isOnClose {
        lines.append("cancel \(order.number) auctionOver \(order.leaves)")
        remove(index, order.number)
        continue
      }
      let waits = order.hasStop || order.waitsForTouch
      let reached = waits && (order.isTriggered || order.isReached(bar))
      let isImmediate = order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill
      if isImmediate, !waits || reached {
        let reason = order.timeInForce == .fillOrKill ? "notFillableWhole" : "immediateRemainder"
        lines.append("cancel \(order.number) \(reason) \(order.leaves)")
        remove(index, order.number)
        continue
      }
      change(index, order.number) {
        $0.hasRested = true
        $0.isTriggered = reached
        let isTouched = $0.isBuy ? Int128(bar.high.nanos) >= $0.stop : Int128(bar.low.nanos) <= $0.stop
        let isBornInside = $0.bornInBar == bar.openTime.nanos && !$0.bornAtOpen
        if $0.trails, !order.isTriggered, !isTouched, !isBornInside {
          $0.follow($0.isBuy ? Int128(bar.low.nanos) : Int128(bar.high.nanos))
        }
      }
    }
  }

  /// Whether the bar can fill the order at all: by when it was given, by its hours, by the opening or closing that it is for.
  private func takes(_ order: NaiveOrder, _ bar: Bar) -> Bool {
    if order.eligibleFrom > bar.openTime.nanos { return false }
    let calendar = TradingCalendar(instruments[bar.instrument.position].calendar)
    let (from, to) = (bar.openTime.nanos, bar.knownAt.nanos)
    // All sessions that can have to do with the order or the bar, from the books of dates.
    let firstDay = calendar.sessionDate(of: Timestamp(nanos: min(order.eligibleFrom, from)))
    let sessions = (-1...8).compactMap { calendar.session(on: firstDay.adding(days: $0)) }
    if order.isRegularOnly {
      let dayOfBar = calendar.sessionDate(of: bar.openTime)
      let around = (-1...2).compactMap { calendar.session(on: dayOfBar.adding(days: $0)) }
      if !around.contains(where: { $0.open.nanos < to && $0.close.nanos > from }) { return false }
    }
    if order.isOnOpen {
      guard let session = sessions.first(where: { $0.open.nanos >= order.eligibleFrom }) else { return false }
      if from <= session.open.nanos, to >= session.close.nanos { return true }
      return from >= session.open.nanos && (from - session.open.nanos) % (to - from) == 0
    }
    if order.isOnClose {
      guard let session = sessions.first(where: { $0.close.nanos > order.eligibleFrom }) else { return false }
      return to == session.close.nanos || (from <= session.open.nanos && to > session.close.nanos)
    }
    return true
  }

  /// One turn for each order of a kind that the bar fills, those that come to be meanwhile included: the side that the oldest is of, and of that side the
  /// one that the price meets first.
  private mutating func pass(
    _ index: Int, _ bar: Bar, done before: Set<Int>, _ belongs: (NaiveOrder) -> Bool
  ) -> Set<Int> {
    var done = before
    while true {
      let open = orders[index].filter {
        !done.contains($0.number) && belongs($0) && takes($0, bar) && $0.priceBehindOpen(bar) != nil
      }
      guard let oldest = open.first else { return done.union(orders[index].map(\.number)) }
      var order = oldest
      for other in open where other.isBuy == oldest.isBuy && other.isMet(before: order, in: bar) { order = other }
      done.insert(order.number)
      guard let price = order.priceBehindOpen(bar) else { continue }
      let isBorn = order.bornInBar == bar.openTime.nanos
      let isTaker = isBorn ? !order.isTarget : order.priceInside(bar)?.1 ?? true
      execute(index, order, price, takes: isTaker, atOpen: false, bar)
    }
  }

  private mutating func execute(
    _ index: Int, _ order: NaiveOrder, _ quoted: Int128, takes: Bool, atOpen: Bool, _ bar: Bar
  ) {
    if order.timeInForce == .fillOrKill, budget < order.leaves {
      lines.append("cancel \(order.number) notFillableWhole \(order.leaves)")
      remove(index, order.number)
      return
    }
    let held = account.tradable(account.quantity(index), index)
    if order.isPostOnly, takes {
      lines.append("cancel \(order.number) wouldTake \(order.leaves)")
      remove(index, order.number)
      return
    }
    let closes = held != 0 && (held > 0) != order.isBuy
    if order.isReduceOnly, !closes {
      lines.append("cancel \(order.number) nothingToReduce \(order.leaves)")
      remove(index, order.number)
      return
    }
    let wanted = order.isProtective || order.isReduceOnly ? min(order.leaves, abs(held)) : order.leaves
    let all = account.quantity(index)
    if !order.isProtective, budget > 0, hasExits, all != 0, (all > 0) == order.isBuy,
      orders[index].filter(\.isProtective).count + 2 > Limits.workingOrdersMax
    {
      lines.append("cancel \(order.number) workingOrderCap \(order.leaves)")
      remove(index, order.number)
      return
    }
    let quantity = min(wanted, budget)
    if quantity == 0 { return }
    budget -= quantity
    let price = takes ? slipped(quoted, order, bar, instruments[index]) : quoted
    let received = order.isBuy ? quantity : account.value(index, quantity, price)
    let kept = price > 0 ? account.kept(of: received, isMaker: !takes) : nil
    let units = order.isBuy ? kept ?? 0 : 0
    let fee =
      kept == nil
      ? account.fee(index, quantity, price, isMaker: !takes, order)
      : order.isBuy ? account.value(index, units, price) : kept ?? 0
    lines.append(
      "fill \(order.number) \(order.isBuy ? "buy" : "sell") \(quantity)@\(price) fee \(fee) leaves \(order.leaves - quantity) \(takes ? "taker" : "maker")"
    )
    let cash = kept != nil && order.isBuy ? 0 : fee
    lines += account.book(
      NaiveFill(instrument: index, isBuy: order.isBuy, quantity: quantity, price: price, fee: cash))
    if units > 0 {
      lines += account.book(
        NaiveFill(instrument: index, isBuy: false, quantity: units, price: price, fee: fee, isFee: true))
    }
    if order.leaves == quantity {
      remove(index, order.number)
    } else {
      change(index, order.number) {
        $0.leaves -= quantity
        $0.filled += quantity
        $0.paid += fee
        $0.hasRested = true
      }
    }
    reduceMates(of: order, index, quantity)
    order.isProtective
      ? afterProtection(index, order, quantity)
      : afterSignal(index, order, quantity - units, price, atOpen: atOpen, bar)
  }

  private mutating func reduceMates(of order: NaiveOrder, _ index: Int, _ quantity: Int128) {
    for mate in orders[index] where order.group >= 0 && mate.group == order.group && mate.number != order.number {
      take(quantity, off: mate, index, "siblingFilled")
    }
  }

  private mutating func afterProtection(_ index: Int, _ order: NaiveOrder, _ quantity: Int128) {
    for sibling in orders[index] where sibling.pair == order.pair && sibling.number != order.number {
      take(quantity, off: sibling, index, "siblingFilled")
    }
    var left = quantity
    for number in orders[index].map(\.number) {
      guard let exit = self.order(index, number), !exit.isProtective, exit.isBuy == order.isBuy, left > 0 else {
        continue
      }
      let taken = min(left, exit.leaves)
      take(taken, off: exit, index, "positionClosed")
      reduceMates(of: exit, index, taken)
      left -= taken
    }
    if account.tradable(account.quantity(index), index) == 0 {
      for other in orders[index] where other.isProtective || other.isBuy != order.isBuy { end(other, index) }
    }
  }

  private mutating func afterSignal(
    _ index: Int, _ order: NaiveOrder, _ quantity: Int128, _ price: Int128, atOpen: Bool, _ bar: Bar
  ) {
    let held = account.tradable(account.quantity(index), index)
    for other in orders[index]
    where (other.isProtective || other.isReduceOnly) && (held == 0 || (held > 0) == other.isBuy) {
      end(other, index)
    }
    guard hasExits, held != 0, (held > 0) == order.isBuy else { return }
    let opened = account.tradable(min(quantity, abs(account.quantity(index))), index)
    if opened == 0 { return }
    pairCount += 1
    if let micros = configuration.exits.stopLossMicros {
      placeExit(index, order, opened, price, micros, isTarget: false, atOpen: atOpen, bar)
    }
    if let trail = configuration.exits.trail {
      placeExit(index, order, opened, price, 0, isTarget: false, trail: trail, atOpen: atOpen, bar)
    }
    if let micros = configuration.exits.takeProfitMicros {
      placeExit(index, order, opened, price, micros, isTarget: true, atOpen: atOpen, bar)
    }
  }

  private mutating func placeExit(
    _ index: Int, _ entry: NaiveOrder, _ quantity: Int128, _ price: Int128, _ micros: Int64, isTarget: Bool,
    trail: Trail? = nil, atOpen: Bool, _ bar: Bar
  ) {
    let distance = roundHalfEven(abs(price) * Int128(micros), 1_000_000)
    let up = entry.isBuy == isTarget
    let tick = Int128(instruments[index].tickSize.nanos)
    // An exit of a long is a sale: its price is rounded up; of a short a purchase: down.
    let level = onTick(price + (up ? distance : -distance), tick, up: entry.isBuy)
    var exit = NaiveOrder(
      number: orderCount, isBuy: !entry.isBuy, type: isTarget ? .limit : .stop, timeInForce: .goodTillCancelled,
      isProtective: true, isTarget: isTarget, leaves: quantity, limit: isTarget ? level : 0, stop: isTarget ? 0 : level,
      eligibleFrom: bar.openTime.nanos, expiresAt: .max)
    exit.pair = pairCount
    exit.bornInBar = bar.openTime.nanos
    exit.bornAtOpen = atOpen
    if entry.isOnClose {
      // Nothing of the bar is left for what follows from its close.
      exit.eligibleFrom = bar.knownAt.nanos
    }
    exit.tick = tick
    if let trail {
      exit.type = .trailingStop
      exit.trail = trail
      exit.stop = exit.level(at: price)
    }
    lines.append(
      "intent \(orderCount) \(exit.isBuy ? "buy" : "sell") \(exit.type) \(quantity) \(isTarget ? exit.limit : exit.stop)"
    )
    orderCount += 1
    orders[index].append(exit)
  }

  private var hasExits: Bool {
    configuration.exits.stopLossMicros != nil || configuration.exits.takeProfitMicros != nil
      || configuration.exits.trail != nil
  }

  private func slipped(_ quoted: Int128, _ order: NaiveOrder, _ bar: Bar, _ instrument: Instrument) -> Int128 {
    let tick = Int128(instrument.tickSize.nanos)
    let distance: Int128
    switch configuration.slippage {
    case .none: distance = 0
    case .ticks(let count): distance = Int128(count) * tick
    case .shareOfPrice(let micros): distance = onTickWide(abs(quoted) * Int128(micros), tick)
    case .shareOfRange(let micros):
      distance = onTickWide((Int128(bar.high.nanos) - Int128(bar.low.nanos)) * Int128(micros), tick)
    }
    var price =
      order.isBuy ? min(quoted + distance, Int128(bar.high.nanos)) : max(quoted - distance, Int128(bar.low.nanos))
    if [.limit, .stopLimit, .limitIfTouched, .trailingStopLimit, .limitOnOpen, .limitOnClose].contains(order.type) {
      price = order.isBuy ? min(price, order.limit) : max(price, order.limit)
    }
    return price
  }

  private func onTickWide(_ product: Int128, _ tick: Int128) -> Int128 {
    let unit = tick * 1_000_000
    return (product + unit - 1) / unit * tick
  }

  private func onTick(_ price: Int128, _ tick: Int128, up: Bool) -> Int128 {
    let floor = price >= 0 ? price / tick : -((-price + tick - 1) / tick)
    return (up && floor * tick < price ? floor + 1 : floor) * tick
  }

  private mutating func take(_ quantity: Int128, off order: NaiveOrder, _ index: Int, _ reason: String) {
    if order.leaves <= quantity { return end(order, index) }
    lines.append("reduce \(order.number) \(reason) \(order.leaves - quantity)")
    change(index, order.number) { $0.leaves -= quantity }
  }

  private mutating func end(_ order: NaiveOrder, _ index: Int) {
    lines.append("cancel \(order.number) siblingDone \(order.leaves)")
    remove(index, order.number)
  }

  private func order(_ index: Int, _ number: Int) -> NaiveOrder? { orders[index].first { $0.number == number } }

  mutating func remove(_ index: Int, _ number: Int) { orders[index].removeAll { $0.number == number } }

  private mutating func change(_ index: Int, _ number: Int, _ body: (inout NaiveOrder) -> Void) {
    for position in orders[index].indices where orders[index][position].number == number {
      body(&orders[index][position])
    }
  }
}
