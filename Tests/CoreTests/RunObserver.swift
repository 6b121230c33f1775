import Core
import Events
import Market
import Scenarios

/// Watches a run's events, tells what breaks an invariant, and compares the venue's answers with the naive venue's.
struct RunObserver {
  private let profile: RandomProfile
  private var naive: NaiveVenue
  /// Orders by their intent's sequence, in words: number, what is left, alive or not.
  private var numbers: [UInt64: Int] = [:]
  private var intents: [UInt64: OrderIntent] = [:]
  private var acceptedAt: [UInt64: Int64] = [:]
  private var filled: [UInt64: Int64] = [:]
  /// What is left of each order by its events alone: its intent, its fills, what is said to be taken off.
  private var leaves: [UInt64: Int64] = [:]
  private var isDead: Set<UInt64> = []
  private var positions: [Int64]
  private var now: Int64 = .min
  /// Orders that decisions took out of the book, as they were.
  private var removed: [Int: NaiveOrder] = [:]

  init(_ profile: RandomProfile) {
    self.profile = profile
    naive = NaiveVenue(profile.configuration, profile.instruments)
    positions = profile.instruments.map { _ in 0 }
  }

  mutating func observe(_ input: StageInput, _ happenings: [Happening]) -> [String] {
    var problems: [String] = []
    var lines: [String] = []
    naive.lines = []
    var bar: Bar?
    if case .bar(let observed) = input {
      bar = observed
      if !profile.hasActions, !observed.isHistorical { naive.work(observed) }
    }
    now = bar?.knownAt.nanos ?? now
    var isDeciding = false
    var filledOnBar: Int64 = 0
    for happening in happenings {
      switch happening.body {
      case is Signal, is FeedEnded: isDeciding = true
      // Where sizes follow every bar, decisions begin without a signal.
      case let decision as RiskDecision: if decision.reason != .protectsPosition { isDeciding = true }
      case let fill as Fill:
        filledOnBar += fill.quantity.nanos
        if let bar { problems += check(fill, bar, filledOnBar) }
      case let intent as OrderIntent:
        numbers[happening.sequence] = numbers.count
        intents[happening.sequence] = intent
        leaves[happening.sequence] = intent.quantity.nanos
        if isDeciding { addSignalOrder(intent, happening.sequence) }
      case let terms as OrderTerms: if isDeciding { note(terms) }
      case let replaced as OrderReplaced: problems += takeOver(replaced)
      case let accepted as OrderAccepted:
        acceptedAt[accepted.order.sequence] = now
        if isDeciding { expire(accepted) }
      case let end as OrderCancelled:
        problems += die(end.order.sequence) + isLeft(end.leaves, of: end.order.sequence)
        if isDeciding { remove(end.order.sequence) }
      case let end as OrderExpired:
        problems += die(end.order.sequence) + isLeft(end.leaves, of: end.order.sequence)
      case let reduced as OrderReduced: problems += check(reduced)
      case let end as OrderRejected: problems += die(end.order.sequence)
      case let changed as PositionChanged: problems += check(changed)
      default: break
      }
      if !isDeciding, let line = line(of: happening) { lines.append(line) }
    }
    if !profile.hasActions, bar != nil, lines != naive.lines {
      problems.append("engine: \(lines.joined(separator: "\n        "))")
      problems.append("naive:  \(naive.lines.joined(separator: "\n        "))")
    }
    return problems
  }

  private mutating func check(_ fill: Fill, _ bar: Bar, _ filledOnBar: Int64) -> [String] {
    var problems: [String] = []
    let order = fill.order.sequence
    if fill.price < bar.low || fill.price > bar.high { problems.append("a fill at \(fill.price) outside its bar") }
    let share = profile.configuration.volumeShareMicros
    if share > 0, Int128(filledOnBar) * 1_000_000 > Int128(bar.volume.nanos) * Int128(share) {
      problems.append("more was filled on a bar than its share of the volume")
    }
    if isDead.contains(order) { problems.append("a dead order filled") }
    guard let intent = intents[order], let accepted = acceptedAt[order] else { return ["a fill of an unknown order"] }
    if intent.purpose == .signal, accepted > bar.openTime.nanos { problems.append("a fill before it was knowable") }
    filled[order, default: 0] += fill.quantity.nanos
    leaves[order, default: 0] -= fill.quantity.nanos
    problems += isLeft(fill.leaves, of: order)
    if !profile.hasActions, filled[order, default: 0] > intent.quantity.nanos {
      problems.append("more was filled than ordered")
    }
    if fill.leaves == .zero { problems += die(order) }
    if let limit = intent.limitPrice, !profile.hasActions, intent.type != .trailingStopLimit,
      intent.side == .buy ? fill.price > limit : fill.price < limit
    {
      problems.append("a limit order filled beyond its limit")
    }
    let index = fill.instrument.position
    let before = positions[index]
    positions[index] += fill.quantity.nanos * fill.side.sign
    if intent.purpose != .signal, before == 0 || (positions[index] != 0 && (positions[index] > 0) != (before > 0)) {
      problems.append("a protective order turned the position")
    }
    let grows = abs(positions[index]) > abs(before) || (positions[index] > 0) != (before > 0)
    if let most = profile.configuration.risk.account.positionQuantityMax, grows, !profile.hasActions,
      abs(positions[index]) > most.nanos
    {
      problems.append("the position is beyond its cap")
    }
    if !profile.configuration.risk.isShortAllowed, positions[index] < 0 {
      problems.append("short although not allowed")
    }
    return problems
  }

  private mutating func check(_ changed: PositionChanged) -> [String] {
    let index = changed.instrument.position
    // A split moves the position without a fill, and units kept as a fee are for the naive account to compare.
    if profile.hasActions || profile.configuration.feePayment == .received { positions[index] = changed.quantity.nanos }
    return positions[index] == changed.quantity.nanos ? [] : ["the position isn't the sum of its fills"]
  }

  private mutating func check(_ reduced: OrderReduced) -> [String] {
    let order = reduced.order.sequence
    let before = leaves.updateValue(reduced.leaves.nanos, forKey: order) ?? 0
    if isDead.contains(order) { return ["a dead order was reduced"] }
    let isFitting = reduced.reason == .split ? reduced.leaves.nanos != before : reduced.leaves.nanos < before
    return isFitting && reduced.leaves.nanos > 0
      ? [] : ["order \(order) was reduced from \(before) to \(reduced.leaves)"]
  }

  private func isLeft(_ quantity: Quantity, of order: UInt64) -> [String] {
    leaves[order] == quantity.nanos ? [] : ["the quantity of order \(order) changed without an event"]
  }

  private mutating func die(_ order: UInt64) -> [String] {
    isDead.insert(order).inserted ? [] : ["order \(order) ended twice"]
  }

  private mutating func addSignalOrder(_ intent: OrderIntent, _ sequence: UInt64) {
    naive.orders[intent.instrument.position].append(
      NaiveOrder(
        number: naive.orderCount, isBuy: intent.side == .buy, type: intent.type, timeInForce: intent.timeInForce,
        isProtective: false, isTarget: false, leaves: Int128(intent.quantity.nanos),
        limit: Int128(intent.limitPrice?.nanos ?? 0), stop: Int128(intent.stopPrice?.nanos ?? 0), eligibleFrom: now,
        expiresAt: .max))
    naive.orders[intent.instrument.position][naive.orders[intent.instrument.position].count - 1].tick = Int128(
      profile.instruments[intent.instrument.position].tickSize.nanos)
    naive.orderCount += 1
  }

  private mutating func note(_ terms: OrderTerms) {
    guard let number = numbers[terms.order.sequence] else { return }
    for index in naive.orders.indices {
      for position in naive.orders[index].indices where naive.orders[index][position].number == number {
        naive.orders[index][position].trail = terms.trail
        naive.orders[index][position].limitDistance = Int128(terms.limitDistance)
        naive.orders[index][position].isPostOnly = terms.isPostOnly
        naive.orders[index][position].isReduceOnly = terms.isReduceOnly
        naive.orders[index][position].isRegularOnly = terms.hours == .regular
        if let group = terms.group { naive.orders[index][position].group = numbers[group.sequence] ?? -1 }
      }
    }
  }

  private mutating func expire(_ accepted: OrderAccepted) {
    guard let number = numbers[accepted.order.sequence] else { return }
    for index in naive.orders.indices {
      for position in naive.orders[index].indices where naive.orders[index][position].number == number {
        naive.orders[index][position].expiresAt = accepted.expiresAt.nanos
      }
    }
  }

  private mutating func remove(_ order: UInt64) {
    guard let number = numbers[order] else { return }
    for index in naive.orders.indices {
      if let order = naive.orders[index].first(where: { $0.number == number }) { removed[number] = order }
      naive.remove(index, number)
    }
  }

  /// An amended order goes on with what the one before had filled and paid, and in its place where it asks for no other price and no more.
  private mutating func takeOver(_ replaced: OrderReplaced) -> [String] {
    guard let number = numbers[replaced.order.sequence], let oldNumber = numbers[replaced.replaced.sequence],
      isDead.contains(replaced.replaced.sequence), leaves[replaced.order.sequence] == replaced.leaves.nanos
    else { return ["an order took the place of one that isn't over, or with another quantity than it was sent with"] }
    guard let old = removed[oldNumber] else { return profile.hasActions ? [] : ["an unknown order was replaced"] }
    for index in naive.orders.indices {
      for position in naive.orders[index].indices where naive.orders[index][position].number == number {
        let new = naive.orders[index][position]
        let isSame = new.limit == old.limit && new.stop == old.stop
        naive.orders[index][position].filled = old.filled
        naive.orders[index][position].paid = old.paid
        naive.orders[index][position].hasRested = old.hasRested && isSame && new.leaves <= old.leaves
        naive.orders[index][position].isTriggered = old.isTriggered && new.stop == old.stop
      }
    }
    return old.filled == Int128(replaced.filled.nanos) || profile.hasActions
      ? [] : ["an amended order forgot what it had filled"]
  }

  /// A venue's answer in the naive venue's words.
  private func line(of happening: Happening) -> String? {
    switch happening.body {
    case let fill as Fill:
      let side = fill.side == .buy ? "buy" : "sell"
      return
        "fill \(numbers[fill.order.sequence] ?? -1) \(side) \(fill.quantity.nanos)@\(fill.price.nanos) fee \(fill.fee) leaves \(fill.leaves.nanos) \(fill.liquidity)"
    case let end as OrderCancelled:
      return "cancel \(numbers[end.order.sequence] ?? -1) \(end.reason) \(end.leaves.nanos)"
    case let end as OrderExpired: return "expire \(numbers[end.order.sequence] ?? -1) \(end.leaves.nanos)"
    case let reduced as OrderReduced:
      return "reduce \(numbers[reduced.order.sequence] ?? -1) \(reduced.reason) \(reduced.leaves.nanos)"
    case let intent as OrderIntent:
      let price = intent.limitPrice ?? intent.stopPrice
      return
        "intent \(numbers[happening.sequence] ?? -1) \(intent.side) \(intent.type) \(intent.quantity.nanos) \(price?.nanos ?? 0)"
    case let changed as PositionChanged:
      return "position \(changed.quantity.nanos) basis \(changed.costBasis) realised \(changed.realised)"
    case let cash as CashChanged: return "cash \(cash.amount) balance \(cash.balance)"
    default: return nil
    }
  }
}
