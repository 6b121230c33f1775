import Journal

/// Counts steps and says what goes wrong at each. Each rule draws from a stream of its own, so a rule more or less moves no other's faults.
struct FaultInjector: Sendable {
  let plan: FaultPlan
  /// Off, steps are counted and nothing goes wrong.
  var isOn = true
  private(set) var fired: [FiredFault] = []
  private var firedCounts: [UInt64]
  private var streams: [SplitMix64]
  private var steps = [UInt64](repeating: 0, count: FaultTarget.allCases.count)

  init(_ plan: FaultPlan) {
    self.plan = plan
    firedCounts = plan.rules.map { _ in 0 }
    streams = plan.rules.indices.map { place in
      // A step of the generator between neighbours, so that they don't run in parallel.
      var seeds = SplitMix64(seed: plan.seed &+ UInt64(place) &* 0xD1B5_4A32_D192_ED03)
      return SplitMix64(seed: seeds.next())
    }
  }

  /// The next step of a target: the rules that fire at it, in the plan's order.
  mutating func step(_ target: FaultTarget) -> [FaultRule] {
    guard let place = FaultTarget.allCases.firstIndex(of: target) else { return [] }
    steps[place] += 1
    var found: [FaultRule] = []
    if !isOn { return found }
    for (index, rule) in plan.rules.enumerated() where rule.target == target && fires(index, at: steps[place]) {
      firedCounts[index] += 1
      fired.append(FiredFault(rule: rule, step: steps[place]))
      found.append(rule)
    }
    return found
  }

  func stepCount(_ target: FaultTarget) -> UInt64 {
    FaultTarget.allCases.firstIndex(of: target).map { steps[$0] } ?? 0
  }

  private mutating func fires(_ index: Int, at step: UInt64) -> Bool {
    switch plan.rules[index].trigger {
    case .steps(let list): return list.contains(step)
    case .rate(let micros, let most):
      // Drawn at every step, so that the limit changes no later draw.
      let isDrawn = streams[index].next(below: 1_000_000) < micros
      return isDrawn && firedCounts[index] < most
    }
  }
}
