import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: over any sequence of bars, days, orders, late fills, rejects, actions and kills an account's charges, cash, gains and equity are a naive account's to the nano; nothing
/// that opens passes without the equity for it; no call is made without a deficit and none is left out; a reduction is just large enough; a restart changes nothing.
/// Method: profiles and inputs come from a printed seed; `NaiveTrader` recounts from fills and marks.
@Suite("Random accounts")
struct RandomAccountTests {
  @Test("are charged, settled, called and reduced as a naive account is", arguments: 0..<8)
  func equalsNaive(_ shard: Int) throws {
    var tally = AccountObserver.Tally()
    for run in stride(from: shard, to: 160, by: 8) {
      let seed = 0xacc0_0000 + UInt64(run)
      let script = try RandomAccount(seed: seed, barCount: 260)
      var stage = try Stage(script.configuration, script.instruments)
      var observer = AccountObserver(script)
      for (position, input) in script.inputs.enumerated() {
        do throws(ReduceError) { try stage.take(input) } catch {
          Issue.record("seed \(seed), input \(position): \(error)")
          return
        }
        var problems = observer.observe(input, try stage.happenings())
        problems += observer.differences(stage.engine.describe())
        if !stage.engine.ledgerBalances { problems.append("the ledger does not balance") }
        if !stage.engine.sharesAddUp { problems.append("the strategies' parts do not add up") }
        if !problems.isEmpty {
          Issue.record("seed \(seed), input \(position) \(input):\n\(problems.joined(separator: "\n"))")
          return
        }
      }
      tally.add(observer.tally)
    }
    print("accounts: shard \(shard): \(tally)")
    #expect(tally.calls > 0 && tally.reductions > 0 && tally.marginCuts > 0 && tally.charges > 100)
  }

  @Test("go on from a state at any input in the same bytes", arguments: 0..<12)
  func restores(_ run: Int) throws {
    let script = try RandomAccount(seed: 0xacc1_0000 + UInt64(run), barCount: 120)
    var whole = try Stage(script.configuration, script.instruments)
    var stage = try Stage(script.configuration, script.instruments)
    for (position, input) in script.inputs.enumerated() {
      var other = try Stage(script.configuration, script.instruments)
      let bytes = stage.state()
      try other.restore(bytes, nextSequence: stage.nextSequence)
      let isSame = other.state() == bytes
      #expect(isSame, "run \(run), input \(position)")
      stage = other
      try stage.take(input)
      try whole.take(input)
      let isEqual = stage.out.rows.array == whole.out.rows.array
      if !isEqual {
        Issue.record("run \(run): something else was said at input \(position)")
        return
      }
    }
    let isSame = whole.state() == stage.state()
    #expect(isSame, "run \(run)")
  }

  @Test("of which a state is changed refuse it, or go on without a trap and balance", arguments: 0..<8)
  func changed(_ run: Int) throws {
    let seed = 0xacc2_0000 + UInt64(run)
    var random = SeededRandom(seed: seed)
    let script = try RandomAccount(seed: seed, barCount: 80)
    var stage = try Stage(script.configuration, script.instruments)
    let middle = script.inputs.count / 2
    for input in script.inputs.prefix(middle) { try stage.take(input) }
    let state = stage.state()
    for _ in 0..<120 {
      var bytes = state
      let place = Int(random.next() % UInt64(bytes.count))
      bytes[place] ^= 1 << UInt8(random.next() % 8)
      var fresh = try Stage(script.configuration, script.instruments)
      do throws(DecodeError) { try fresh.restore(bytes, nextSequence: stage.nextSequence) } catch { continue }
      for input in script.inputs[middle...] {
        do throws(ReduceError) { try fresh.take(input) } catch { break }
        let balances = fresh.engine.ledgerBalances
        if !balances { Issue.record("seed \(seed): the ledger of a changed state doesn't balance") }
      }
    }
  }
}

/// Watches a run's events beside a naive account.
struct AccountObserver {
  struct Tally {
    var charges = 0
    var calls = 0
    var reductions = 0
    var marginCuts = 0
    mutating func add(_ other: Tally) {
      charges += other.charges
      calls += other.calls
      reductions += other.reductions
      marginCuts += other.marginCuts
    }
  }
  struct Order {
    var intent: OrderIntent
    var leaves: Int128
  }

  private let script: RandomAccount
  private var naive: NaiveTrader
  private var orders: [UInt64: Order] = [:]
  private var decisions: [UInt64: RiskDecision] = [:]
  private var isCalled = false
  private var isKilled = false
  private(set) var tally = Tally()

  init(_ script: RandomAccount) {
    self.script = script
    naive = NaiveTrader(script.configuration, script.instruments, script.rule)
  }

  mutating func observe(_ input: StageInput, _ happenings: [Happening]) -> [String] {
    var problems: [String] = []
    naive.pass(to: input.time)
    switch input {
    case .action(let action, _): naive.act(action)
    case .point(let point, _): naive.fund(3, point.value)
    default: break
    }
    var charges: [String] = []
    var call: MarginCalled?
    var reductions: [(sequence: UInt64, order: Order)] = []
    var isMarked = false
    for happening in happenings {
      if let fill = happening.body as? Fill {
        naive.fill(fill)
        orders[fill.order.sequence]?.leaves = Int128(fill.leaves.nanos)
        if fill.leaves == .zero { orders[fill.order.sequence] = nil }
        continue
      }
      if case .bar(let bar) = input, !isMarked, decides(happening.body) {
        isMarked = true
        naive.mark(bar)
      }
      switch happening.body {
      case let charged as AccountCharged:
        let whose = charged.instrument.map { " \($0.position)" } ?? ""
        charges.append("\(charged.reason)\(whose) \(charged.amount)")
      case let called as MarginCalled:
        call = called
        problems += check(called)
      case let decision as RiskDecision:
        decisions[happening.sequence] = decision
        if decision.reason == .initialMargin { tally.marginCuts += 1 }
      case let intent as OrderIntent:
        let order = Order(intent: intent, leaves: Int128(intent.quantity.nanos))
        orders[happening.sequence] = order
        if decisions[happening.cause]?.reason == .marginCall { reductions.append((happening.sequence, order)) }
        problems += check(intent, happening)
      case let end as OrderRejected: orders[end.order.sequence] = nil
      case let end as OrderCancelled: orders[end.order.sequence] = nil
      case let end as OrderExpired: orders[end.order.sequence] = nil
      case let reduced as OrderReduced: orders[reduced.order.sequence]?.leaves = Int128(reduced.leaves.nanos)
      case let kill as KillAdvanced: isKilled = kill.phase != .none
      default: break
      }
    }
    if charges != naive.charges { problems.append("charged \(charges), not \(naive.charges)") }
    tally.charges += charges.count
    guard case .bar(let bar) = input else { return problems }
    if !isMarked { naive.mark(bar) }
    if bar.closesSlot, !bar.isHistorical { problems += close(call, reductions) }
    return problems
  }

  /// What is decided at a bar's close, behind its fills.
  private func decides(_ body: any EventBody) -> Bool {
    if let decision = body as? RiskDecision { return decision.reason != .protectsPosition }
    return body is Signal || body is MarginCalled || (body as? Alert)?.code == .marginRestored
  }

  private mutating func check(_ call: MarginCalled) -> [String] {
    tally.calls += 1
    let none = [Int128](repeating: 0, count: script.instruments.count)
    var problems: [String] = []
    if call.equity != naive.equity { problems.append("called with equity \(call.equity), not \(naive.equity)") }
    if call.requirement != naive.maintenance(less: none) { problems.append("called for \(call.requirement)") }
    if call.requirement <= call.equity { problems.append("called without a deficit") }
    return problems
  }

  private func closers(_ index: Int, _ held: Int128) -> [Order] {
    orders.values.filter { order in
      order.intent.instrument.position == index && (order.intent.side == .sell) == (held > 0)
        && (order.intent.purpose == .flatten || order.intent.purpose == .signal)
    }
  }

  /// An instant is over: was there a call where there had to be, and was just enough ordered?
  private mutating func close(_ call: MarginCalled?, _ reductions: [(sequence: UInt64, order: Order)]) -> [String] {
    let count = script.instruments.count
    let deficit = naive.maintenance(less: [Int128](repeating: 0, count: count)) - naive.equity
    if deficit <= 0 {
      isCalled = false
      return reductions.isEmpty ? [] : ["reduced without a deficit"]
    }
    defer { isCalled = true }
    var problems: [String] = []
    if call == nil, !isCalled { problems.append("\(deficit) lacking without a call") }
    guard script.rule.margin?.onCall == .reduce, !isKilled else {
      return reductions.isEmpty ? problems : problems + ["reduced where nobody asked for it"]
    }
    tally.reductions += reductions.count
    if !reductions.isEmpty, call == nil { problems.append("a reduction without a call") }
    // Orders of signals may close, too: then only the call itself is looked at.
    var closing = [Int128](repeating: 0, count: count)
    var isPlain = script.configuration.friction.rejectMicros == 0
    var isWhole = true
    for index in 0..<count {
      let held = naive.holdings.units(index)
      let working = closers(index, held)
      if working.contains(where: { $0.intent.purpose == .signal }) { isPlain = false }
      closing[index] = min(working.reduce(0) { $0 + $1.leaves }, abs(held))
      if closing[index] < abs(held) { isWhole = false }
    }
    guard isPlain else { return problems }
    if naive.maintenance(less: closing) > naive.equity, !isWhole { problems.append("the reduction cures too little") }
    if let last = reductions.last, orders[last.sequence] != nil {
      let index = last.order.intent.instrument.position
      let held = abs(naive.holdings.units(index))
      closing[index] = min(closing[index], held) - Int128(script.instruments[index].lotSize.nanos)
      if naive.maintenance(less: closing) <= naive.equity { problems.append("the reduction is a lot too large") }
    }
    return problems
  }

  /// Nothing that opens is ordered without the equity for all that may fill.
  private func check(_ intent: OrderIntent, _ happening: Happening) -> [String] {
    guard intent.purpose == .signal, let decision = decisions[happening.cause] else { return [] }
    let own = intent.instrument.position
    var sum: Int128 = 0
    for index in script.instruments.indices {
      let held = naive.holdings.units(index)
      func pending(_ side: Side) -> Int128 {
        orders.filter {
          $0.value.intent.instrument.position == index && $0.value.intent.side == side
            && $0.value.intent.purpose == .signal
        }.reduce(0) { $0 + $1.value.leaves }
      }
      let (buys, sells) = (held + pending(.buy), held - pending(.sell))
      if index == own {
        let after = intent.side == .buy ? buys : sells
        let before = intent.side == .buy ? after - Int128(intent.quantity.nanos) : after + Int128(intent.quantity.nanos)
        // What only closes passes whatever it requires.
        if abs(after) <= abs(before), after.signum() * before.signum() >= 0 { return [] }
        sum += naive.required(index, after, isInitial: true)
      } else {
        sum += max(naive.required(index, buys, isInitial: true), naive.required(index, sells, isInitial: true))
      }
    }
    // Each requirement is rounded by itself.
    let slack = Int128(4 * script.instruments.count)
    return sum > naive.equity + slack
      ? ["order \(happening.sequence) (\(decision.reason)) requires \(sum) of \(naive.equity)"] : []
  }

  func differences(_ state: StateDescription) -> [String] {
    var problems: [String] = []
    if state.cash != naive.cash { problems.append("cash \(state.cash), not \(naive.cash)") }
    if state.realised != naive.holdings.realised {
      problems.append("realised \(state.realised), not \(naive.holdings.realised)")
    }
    if state.equity != naive.equity { problems.append("equity \(state.equity), not \(naive.equity)") }
    for (index, book) in state.books.enumerated() {
      if Int128(book.quantity.nanos) != naive.holdings.units(index) { problems.append("\(index): \(book.quantity)") }
      if book.costBasis != naive.holdings.basis(index) { problems.append("\(index): basis \(book.costBasis)") }
    }
    return problems
  }
}
