import Journal

/// Decides what goes wrong: at random from a seed, or exactly what a list says. Either way it keeps the list of what went wrong, so that
/// a run can be repeated with less of it.
///
/// Swarm testing (Groce et al., ISSTA 2012): of each session only some kinds are on, each at a rate of its own, because faults of one kind hide what
/// others would show.
package struct FaultScript: Sendable {
  /// Chances between two faults of a kind, on average; a kind that isn't in it is off.
  package typealias Rates = [Fault.Kind: Int64]

  private enum Source {
    case seed(SplitMix64)
    case list
  }

  private struct Chances {
    var count: UInt64 = 0
    var oneIn: Int64?
    /// Those of a list, later ones first.
    var planned: [Fault] = []
    var firedCount: UInt64 = 0
  }

  private var kinds: [Chances]
  private var source: Source
  private var countMax: Int
  /// Off, nothing goes wrong any more.
  package var isOn = true
  /// What went wrong, in order.
  package private(set) var fired: [Fault] = []

  /// - Parameter countMax: faults of a session; more than these tell nothing new.
  package init(_ streams: RandomStreams, rates: Rates, countMax: Int = 400) {
    source = .seed(streams["faults"])
    kinds = Fault.Kind.allCases.map { kind in Chances(oneIn: rates[kind]) }
    self.countMax = countMax
  }

  package init(replaying faults: [Fault]) {
    source = .list
    countMax = .max
    kinds = Fault.Kind.allCases.map { kind in
      Chances(planned: faults.filter { $0.kind == kind }.sorted { $0.chance > $1.chance })
    }
  }

  /// Whether it goes wrong this time.
  package mutating func fires(_ kind: Fault.Kind) -> Fault? {
    guard isOn else { return nil }
    let place = FaultScript.place(of: kind)
    let chance = kinds[place].count
    kinds[place].count += 1
    let fault: Fault
    switch source {
    case .list:
      while let next = kinds[place].planned.last, next.chance < chance { kinds[place].planned.removeLast() }
      guard let next = kinds[place].planned.last, next.chance == chance else { return nil }
      kinds[place].planned.removeLast()
      fault = next
    case .seed(var random):
      guard let oneIn = kinds[place].oneIn, fired.count < countMax else { return nil }
      let isHit = random.isOne(in: oneIn)
      guard isHit else {
        source = .seed(random)
        return nil
      }
      fault = Fault(kind, chance: chance, detail: random.next())
      source = .seed(random)
    }
    kinds[place].firedCount += 1
    fired.append(fault)
    return fault
  }

  /// How often each kind could have happened, and did.
  package func counts(of kind: Fault.Kind) -> (chances: UInt64, fired: UInt64) {
    let place = FaultScript.place(of: kind)
    return (kinds[place].count, kinds[place].firedCount)
  }

  private static func place(of kind: Fault.Kind) -> Int { FaultScript.places[kind] ?? 0 }
  private static let places = Dictionary(
    uniqueKeysWithValues: Fault.Kind.allCases.enumerated().map { ($0.element, $0.offset) })
}

extension Fault {
  /// A number of a range that follows from the fault alone; `salt` tells several of one fault apart.
  package func number(in range: ClosedRange<Int64>, salt: UInt64 = 0) -> Int64 {
    var random = SplitMix64(seed: detail ^ (salt &* 0x9E37_79B9_7F4A_7C15))
    return random.number(in: range)
  }
}
