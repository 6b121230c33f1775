import Core
import Events
import Market
import Scenarios

/// A venue's and a risk officer's view of a run: from inputs and events alone, by sums over everything each time, it knows what is held and what may
/// still fill, and says where an order broke a limit, left without a decision, or left after a kill.
struct RiskObserver {
  struct Order {
    var intent: OrderIntent
    var strategy: Int
    var leaves: Int128
    var isCancelRequested = false
  }
  private let profile: RandomRisk
  private(set) var orders: [UInt64: Order] = [:]
  private var held: [Int128]
  private var shares: [[Int128]]
  private var marks: [Int128]
  private var volumes: [Int128]
  private var dayNet: [Int128]
  private var strategyDayNet: [[Int128]]
  /// Something filled since the strategies' parts were asked for.
  private var isStrategyUnknown = false
  private var decisions: [UInt64: RiskDecision] = [:]
  private var strategyOf: [UInt64: Int] = [:]
  private var sent: [(time: Int64, intent: OrderIntent, strategy: Int)] = []
  private var isKilled = false
  private var state = TradingState.active
  private var strategyStates = [TradingState](repeating: .active, count: RandomRisk.strategyCount)
  private var symbolStates: [TradingState]
  private var cash: Int128
  private var now: Int64 = .min
  private var day: Int64 = .min
  private(set) var refusals = 0
  private(set) var cuts = 0
  private(set) var intents = 0
  private(set) var flats = 0
  private(set) var reasons: Set<String> = []

  init(_ profile: RandomRisk) {
    self.profile = profile
    let zeros = profile.instruments.map { _ in Int128(0) }
    (held, marks, volumes, dayNet) = (zeros, zeros, zeros, zeros)
    shares = Array(repeating: zeros, count: RandomRisk.strategyCount)
    strategyDayNet = shares
    symbolStates = profile.instruments.map { _ in .active }
    cash = profile.configuration.initialCash
  }

  private func unit(_ index: Int) -> Int128 {
    marks[index] * Int128(profile.instruments[index].multiplierNanos / FixedPoint.unit)
  }
  private func money(_ units: Int128, _ index: Int) -> Int128 { units * unit(index) / Int128(FixedPoint.unit) }

  mutating func observe(_ input: StageInput, _ happenings: [Happening]) -> [String] {
    var problems: [String] = []
    pass(input)
    for happening in happenings { problems += observe(happening, input) }
    if case .bar(let bar) = input { marks[bar.instrument.position] = Int128(bar.close.nanos) }
    return problems
  }

  private mutating func pass(_ input: StageInput) {
    switch input {
    case .bar(let bar): move(to: bar.knownAt.nanos)
    case .action(let action, let time):
      move(to: time.nanos)
      let index = action.instrument.position
      marks[index] = (marks[index] * Int128(action.denominator)).dividedRoundingHalfEven(by: Int128(action.numerator))
    case .kill(_, let time), .command(_, let time), .halt(_, let time), .timer(let time), .end(let time),
      .reconciliation(_, let time), .clock(_, let time), .report(_, let time), .adopted(_, let time),
      .point(_, let time):
      move(to: time.nanos)
    }
    if case .bar(let bar) = input { volumes[bar.instrument.position] = Int128(bar.volume.nanos) }
  }

  /// Trading days are UTC days here; an instant at midnight belongs to the day that ends then.
  private mutating func move(to time: Int64) {
    now = time
    let newDay = (time - 1) / Timestamp.nanosPerDay
    if newDay != day {
      day = newDay
      for index in dayNet.indices { dayNet[index] = 0 }
      for strategy in strategyDayNet.indices {
        for index in strategyDayNet[strategy].indices { strategyDayNet[strategy][index] = 0 }
      }
    }
  }

  private mutating func observe(_ happening: Happening, _ input: StageInput) -> [String] {
    // Fills come at prices inside the bar; whatever is decided comes behind all of them, at its close.
    if case .bar(let bar) = input, !(happening.body is Fill) {
      marks[bar.instrument.position] = Int128(bar.close.nanos)
    }
    switch happening.body {
    case let signal as Signal: strategyOf[happening.sequence] = Int(signal.strategy)
    case let decision as RiskDecision: return note(decision, happening)
    case let intent as OrderIntent: return check(intent, happening)
    case let end as OrderRejected: orders[end.order.sequence] = nil
    case let end as OrderCancelled:
      defer { orders[end.order.sequence] = nil }
      return checkCancel(of: end.order.sequence, happening.cause)
    case let end as OrderExpired: orders[end.order.sequence] = nil
    case let reduced as OrderReduced: orders[reduced.order.sequence]?.leaves = Int128(reduced.leaves.nanos)
    case let request as CancelRequested:
      orders[request.order.sequence]?.isCancelRequested = true
      return checkCancel(of: request.order.sequence, happening.cause)
    case let fill as Fill: return check(fill, happening.sequence)
    case let changed as PositionChanged:
      let index = changed.instrument.position
      if case .action = input { held[index] = Int128(changed.quantity.nanos) }
      if held[index] != Int128(changed.quantity.nanos) { return ["the position is not the sum of its fills"] }
    case let changed as CashChanged: cash = changed.balance
    case let changed as TradingStateChanged:
      switch changed.subject.scope {
      case .strategy: strategyStates[Int(changed.subject.index)] = changed.state
      case .symbol: symbolStates[Int(changed.subject.index)] = changed.state
      default: state = changed.state
      }
    case let kill as KillAdvanced: return check(kill)
    default: break
    }
    return []
  }

  private mutating func note(_ decision: RiskDecision, _ happening: Happening) -> [String] {
    decisions[happening.sequence] = decision
    if let strategy = strategyOf[happening.cause] { strategyOf[happening.sequence] = strategy }
    reasons.insert(decision.reason.word)
    var problems: [String] = []
    switch decision.outcome {
    case .passed:
      if decision.allowed != decision.requested {
        problems.append("passed \(decision.allowed) of \(decision.requested)")
      }
      if decision.checks != 0 { problems.append("passed although \(decision.checkWords) did not") }
    case .cut:
      cuts += 1
      if decision.allowed == .zero || decision.allowed.magnitude > decision.requested.magnitude {
        problems.append("cut to \(decision.allowed) of \(decision.requested)")
      }
    case .refused, .qtyCappedToZero:
      refusals += 1
      if decision.allowed != .zero { problems.append("refused, and \(decision.allowed) allowed") }
    }
    if decision.outcome != .passed, decision.reason == .withinLimits || decision.checks & decision.reason.bit == 0 {
      problems.append("\(decision.outcome) without a reason")
    }
    return problems
  }

  /// What a decision takes back: nothing that flattens, and where it lets nothing pass, nothing that is still wanted.
  private func checkCancel(of id: UInt64, _ cause: UInt64) -> [String] {
    guard let order = orders[id], let decision = decisions[cause] else { return [] }
    if order.intent.purpose == .flatten { return ["a signal cancelled order \(id), which flattens"] }
    switch decision.outcome {
    case .passed, .cut: return []
    case .refused: return decision.reason == .alreadyThere ? [] : ["a refused signal cancelled order \(id)"]
    case .qtyCappedToZero:
      let isAgainst = (order.intent.side == .buy) != (decision.requested.nanos > 0)
      // Whose an order is that no signal made is told by no event.
      let isOwn = order.strategy == strategyOf[cause, default: -1] || order.strategy < 0 || strategyOf[cause] == nil
      return isAgainst && isOwn ? [] : ["a signal cut to zero cancelled order \(id)"]
    }
  }

  /// What may still fill of one instrument, beyond what is held: signal orders only, for the others close no more than is held.
  private func pending(_ index: Int, _ side: Side, strategy: Int? = nil, except: UInt64) -> Int128 {
    orders.reduce(0) { sum, entry in
      let order = entry.value
      guard entry.key != except, order.intent.instrument.position == index, order.intent.side == side,
        order.intent.purpose == .signal, strategy == nil || order.strategy == strategy
      else { return sum }
      return sum + order.leaves
    }
  }

  private mutating func check(_ intent: OrderIntent, _ happening: Happening) -> [String] {
    intents += 1
    let index = intent.instrument.position
    let strategy = strategyOf[happening.cause] ?? -1
    let quantity = Int128(intent.quantity.nanos)
    orders[happening.sequence] = Order(intent: intent, strategy: strategy, leaves: quantity)
    defer { sent.append((now, intent, strategy)) }
    guard let decision = decisions[happening.cause] else { return ["an order without a decision"] }
    var problems: [String] = []
    if decision.allowed.magnitude != intent.quantity || (decision.allowed.nanos > 0) != (intent.side == .buy) {
      problems.append("an order of \(intent.quantity) on a decision of \(decision.allowed)")
    }
    let sign = Int128(intent.side.sign)
    if intent.purpose != .signal {
      let others = orders.reduce(0) { sum, entry in
        entry.key != happening.sequence && entry.value.intent.instrument.position == index
          && entry.value.intent.side == intent.side && intent.purpose == .flatten ? sum + entry.value.leaves : sum
      }
      // Protective orders of one fill share what they protect; flattening ones share with nobody.
      let isFlatteningAll = intent.purpose == .flatten && (isKilled || symbolStates[index] == .halted)
      let most = -held[index] * sign - (isFlatteningAll ? others : 0)
      if quantity > most { problems.append("a \(intent.purpose) order of \(quantity) on a position of \(held[index])") }
      return problems
    }
    if isKilled { problems.append("an order after a kill") }
    let strictest = max(state, strategy >= 0 ? strategyStates[strategy] : .active, symbolStates[index])
    if strictest == .halted { problems.append("an order while halted") }
    let before = held[index] + pending(index, intent.side, except: happening.sequence) * sign
    let closing = before * sign < 0 ? min(quantity, -before * sign) : 0
    let opening = quantity - closing
    if opening <= 0 { return problems }
    if strictest == .reduceOnly { problems.append("an order that opens while only reducing") }
    problems += checkCash(intent, index, quantity, happening.sequence)
    for (set, scope) in sets(index, strategy) {
      problems += check(set, scope, intent, index, strategy, quantity, before, happening.sequence).map {
        "\(scope): \($0) by order \(happening.sequence)"
      }
    }
    return problems
  }

  private func checkCash(_ intent: OrderIntent, _ index: Int, _ quantity: Int128, _ id: UInt64) -> [String] {
    if intent.side == .sell {
      let after = held[index] - pending(index, .sell, except: id) - quantity
      return !profile.configuration.risk.isShortAllowed && after < 0 ? ["short although not allowed"] : []
    }
    return []
  }

  private func sets(_ index: Int, _ strategy: Int) -> [(LimitSet, RiskScope)] {
    let risk = profile.configuration.risk
    var sets: [(LimitSet, RiskScope)] = [(risk.account, .account)]
    sets += risk.strategies.filter { $0.strategy == strategy }.map { ($0.limits, .strategy) }
    sets += risk.sectors.filter { $0.name == profile.instruments[index].sector }.map { ($0.limits, .sector) }
    sets += risk.symbols.filter { $0.name == profile.instruments[index].symbol }.map { ($0.limits, .symbol) }
    return sets
  }

  private func check(
    _ set: LimitSet, _ scope: RiskScope, _ intent: OrderIntent, _ index: Int, _ strategy: Int, _ quantity: Int128,
    _ before: Int128, _ id: UInt64
  ) -> [String] {
    var problems: [String] = []
    let sign = Int128(intent.side.sign)
    let after = (before + quantity * sign).magnitude
    func over(_ value: Int128, _ limit: Int128?, _ name: String) {
      if let limit, value > limit { problems.append("\(name) \(value) > \(limit)") }
    }
    if !set.isAllowed, scope != .strategy { problems.append("not allowed") }
    // A strategy's limits count its own part of an order, which others' may be larger than; one that may not open can only speak for others.
    if scope == .strategy { return [] }
    over(Int128(after), set.positionQuantityMax.map { Int128($0.nanos) }, "position")
    over(money(Int128(after), index), set.positionNotionalMax, "position value")
    over(quantity, set.orderQuantityMax.map { Int128($0.nanos) }, "order")
    over(money(quantity, index), set.orderNotionalMax, "order value")
    over(quantity, set.volumeShareMicros.map { volumes[index] * Int128($0) / 1_000_000 }, "share of volume")
    let price = Int128((intent.limitPrice ?? intent.stopPrice)?.nanos ?? Int64(marks[index]))
    over(price, set.priceMax.map { Int128($0.nanos) }, "price")
    over(-price, set.priceMin.map { -Int128($0.nanos) }, "price below")
    over(
      Int128((price - marks[index]).magnitude) * 1_000_000, set.collarMicros.map { Int128($0) * marks[index] }, "collar"
    )
    if let rate = set.orderRate {
      over(
        Int128(count(set, scope, index, strategy, within: rate.windowNanos) { _ in true }), Int128(rate.count - 1),
        "rate")
    }
    if let rate = set.repeats {
      over(
        Int128(count(set, scope, index, strategy, within: rate.windowNanos) { $0 == intent }), Int128(rate.count - 1),
        "repeats")
    }
    problems += checkExposure(set, scope, index, strategy, id)
    return problems
  }

  private func count(
    _ set: LimitSet, _ scope: RiskScope, _ index: Int, _ strategy: Int, within: Int64, _ matches: (OrderIntent) -> Bool
  ) -> Int {
    sent.filter { isInScope($0, scope, index, strategy) }.suffix(256).count {
      now - $0.time < within && matches($0.intent)
    }
  }

  private func isInScope(
    _ entry: (time: Int64, intent: OrderIntent, strategy: Int), _ scope: RiskScope, _ index: Int, _ strategy: Int
  ) -> Bool {
    let other = entry.intent.instrument.position
    return switch scope {
    case .account: true
    case .strategy: entry.strategy == strategy
    case .sector: profile.instruments[other].sector == profile.instruments[index].sector
    case .symbol: other == index
    }
  }

  /// Gross, net, daily net and leverage where everything that may fill does, the order that is judged included.
  private func checkExposure(
    _ set: LimitSet, _ scope: RiskScope, _ own: Int, _ strategy: Int, _ id: UInt64
  ) -> [String] {
    var (gross, long, short, dayLong, dayShort): (Int128, Int128, Int128, Int128, Int128) = (0, 0, 0, 0, 0)
    var grossBefore: Int128 = 0
    var equity = cash
    for index in held.indices {
      equity += money(held[index], index)
      switch scope {
      case .sector where profile.instruments[index].sector != profile.instruments[own].sector: continue
      case .symbol where index != own: continue
      default: break
      }
      let ofStrategy = scope == .strategy ? strategy : nil
      let position = scope == .strategy ? shares[strategy][index] : held[index]
      let buys = pending(index, .buy, strategy: ofStrategy, except: 0)
      let sells = pending(index, .sell, strategy: ofStrategy, except: 0)
      let (high, low) = (money(position + buys, index), money(position - sells, index))
      gross += max(Int128(high.magnitude), Int128(low.magnitude))
      let buysBefore = pending(index, .buy, strategy: ofStrategy, except: id)
      let sellsBefore = pending(index, .sell, strategy: ofStrategy, except: id)
      grossBefore += max(
        Int128(money(position + buysBefore, index).magnitude), Int128(money(position - sellsBefore, index).magnitude))
      long += high
      short += low
      let day = scope == .strategy ? strategyDayNet[strategy][index] : dayNet[index]
      dayLong += day + money(buys, index)
      dayShort += day - money(sells, index)
    }
    let isBuy = orders[id]?.intent.side == .buy
    var problems: [String] = []
    // Each product is rounded by itself: a nano a term may be off.
    let slack = Int128(4 * held.count)
    func over(_ value: Int128, _ limit: Int128?, _ name: String) {
      if let limit, value > limit + slack { problems.append("\(name) \(value) > \(limit)") }
    }
    if scope == .strategy, isStrategyUnknown { return [] }
    // Where the market has moved it over the limit, an order on the smaller side changes nothing.
    if gross == grossBefore { gross = 0 }
    over(gross, set.grossMax, "gross")
    over(gross, set.leverageMaxMicros.map { max(equity, 0) * Int128($0) / 1_000_000 }, "leverage")
    over(isBuy ? long : -short, set.netMax, "net")
    over(isBuy ? dayLong : -dayShort, set.dailyNetMax, "daily net")
    return problems
  }

  private mutating func check(_ fill: Fill, _ sequence: UInt64) -> [String] {
    let index = fill.instrument.position
    guard var order = orders[fill.order.sequence] else { return ["a fill of an order that is dead or was refused"] }
    let before = held[index]
    let signed = Int128(fill.quantity.nanos) * Int128(fill.side.sign)
    held[index] += signed
    order.leaves = Int128(fill.leaves.nanos)
    orders[fill.order.sequence] = order.leaves == 0 ? nil : order
    let value = Int128(fill.price.nanos) * Int128(profile.instruments[index].multiplierNanos / FixedPoint.unit) * signed
    dayNet[index] += value / Int128(FixedPoint.unit)
    // Who gets what of a fill is told by no event.
    isStrategyUnknown = true
    strategyOf[sequence] = order.strategy
    var problems: [String] = []
    if order.intent.purpose != .signal,
      held[index].magnitude >= before.magnitude || (held[index] != 0 && (held[index] > 0) != (before > 0))
    {
      problems.append("a \(order.intent.purpose) order made a position larger: \(before) to \(held[index])")
    }
    // Late fills of orders that were out before the kill are the venue's; nothing else may make a position larger.
    if isKilled, held[index].magnitude > before.magnitude, !order.isCancelRequested {
      problems.append("a position grew after a kill")
    }
    return problems
  }

  private mutating func check(_ kill: KillAdvanced) -> [String] {
    isKilled = kill.phase != .none
    guard kill.phase == .flatAndHalted else { return [] }
    flats += 1
    var problems: [String] = []
    if held.contains(where: { $0 != 0 }) { problems.append("flat with positions") }
    if !orders.isEmpty { problems.append("flat with \(orders.count) orders") }
    if kill.openPositions != 0 || kill.workingOrders != 0 { problems.append("the proof counts something") }
    return problems
  }

  /// Strategies' parts are the engine's own where an order belongs to none.
  ///
  /// A strategy's part must stay within its cap where it grew without a split.
  mutating func take(shares ours: (Int, Int) -> Int128, dayNets: (Int, Int) -> Int128) -> [String] {
    var problems: [String] = []
    for strategy in shares.indices {
      let cap = profile.configuration.risk.strategies.first { $0.strategy == strategy }?.limits.positionQuantityMax
      for index in shares[strategy].indices {
        let (before, after) = (shares[strategy][index], ours(strategy, index))
        if let cap, !profile.hasSplits, after.magnitude > before.magnitude, after.magnitude > UInt128(cap.nanos),
          !profile.configuration.friction.cancelsLate, isFixedSize
        {
          problems.append("strategy \(strategy) holds \(after) of instrument \(index), beyond its cap")
        }
        shares[strategy][index] = after
        strategyDayNet[strategy][index] = dayNets(strategy, index)
      }
    }
    isStrategyUnknown = false
    return problems
  }

  /// Where sizes follow prices, what a strategy lacks when its order fills is not what it lacked when it was decided.
  private var isFixedSize: Bool {
    if case .shares = profile.configuration.sizing { return true }
    return false
  }
}
