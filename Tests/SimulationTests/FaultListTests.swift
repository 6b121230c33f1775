// The list of what went wrong is what a failing session is repeated from, and what is made shorter.
import Journal
import Market
import Simulation
import Testing

@Suite struct FaultListTests {
  @Test("reads back every fault that it writes, and nothing else")
  func text() throws {
    var random = SplitMix64(seed: 31)
    var all: [Fault] = []
    for kind in Fault.Kind.allCases { all.append(Fault(kind, chance: random.next() >> 40, detail: random.next())) }
    let line = all.map(\.description).joined(separator: ",")
    #expect(try #require(Fault.list(line)) == all)
    #expect(Fault.list("none") == [])
    for wrong in [
      "power_cut", "power_cut@", "power_cut@1", "power_cut@1:", "power@1:2", "power_cut@-1:2", "power_cut@1:2,",
    ] {
      #expect(Fault.list(wrong) == nil, "\(wrong)")
    }
  }

  @Test("lets happen again exactly what happened, and less where the list is shorter")
  func replay() {
    let streams = RandomStreams(seed: 5)
    var script = FaultScript(streams, rates: [.requestLost: 7, .halfOpen: 3])
    var chances: [Bool] = []
    for step in 0..<1_000 { chances.append(script.fires(step % 2 == 0 ? .requestLost : .halfOpen) != nil) }
    #expect(script.fires(.killed) == nil, "a kind without a rate is off")
    let fired = script.fired
    #expect((60...90).contains(script.counts(of: .requestLost).fired))
    var again = FaultScript(replaying: fired.shuffledByReversing)
    for step in 0..<1_000 {
      #expect((again.fires(step % 2 == 0 ? .requestLost : .halfOpen) != nil) == chances[step])
    }
    #expect(again.fired == fired)
    var less = FaultScript(replaying: [fired[3]])
    for step in 0..<1_000 { _ = less.fires(step % 2 == 0 ? .requestLost : .halfOpen) }
    #expect(less.fired == [fired[3]])
    less.isOn = false
    #expect(less.fires(.requestLost) == nil)
  }

  @Test("finds the two of a hundred faults that it takes to fail")
  func shrinking() {
    var tried = 0
    let left = shrunk(Array(0..<100)) { list in
      tried += 1
      return list.contains(17) && list.contains(63)
    }
    #expect(left == [17, 63])
    #expect(tried < 100)
    #expect(shrunk([1, 2, 3]) { _ in true } == [])
    #expect(shrunk([1, 2, 3]) { $0.count >= 2 }.count == 2)
  }

  @Test("draws the same numbers on every machine, and other ones for another part")
  func streams() {
    // SplitMix64 with seed 1: facts/simulation-testing.md §2.
    var random = SplitMix64(seed: 1)
    #expect(
      [random.next(), random.next(), random.next()] == [
        10_451_216_379_200_822_465, 13_757_245_211_066_428_519, 17_911_839_290_282_890_590,
      ])
    let streams = RandomStreams(seed: 1)
    var (one, other) = (streams["network"], streams["disk"])
    #expect(one.next() != other.next())
    var seen = Set<Int64>()
    for _ in 0..<2_000 {
      let number = one.logUniform(1...1_000)
      #expect((1...1_000).contains(number))
      seen.insert(number)
    }
    #expect(seen.contains(1) && seen.contains { $0 > 500 })
  }

  @Test("takes what is due first, and orders what is due at once by the seed alone")
  func queue() {
    func order(_ seed: UInt64) -> [Int] {
      var queue = TimeQueue<Int>(ties: RandomStreams(seed: seed)["ties"])
      for element in 0..<200 { queue.insert(element, at: Timestamp(nanos: Int64(element % 10))) }
      var taken: [Int] = []
      while let (time, element) = queue.takeFirst() {
        #expect(time.nanos == Int64(element % 10))
        taken.append(element)
      }
      return taken
    }
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
    #expect(order(1).map { $0 % 10 } == (0..<200).map { $0 / 20 })
    #expect(TimeQueue<Int>(ties: RandomStreams(seed: 1)["ties"]).nextTime == nil)
  }
}

extension Array {
  /// In another order, without a random source.
  fileprivate var shuffledByReversing: [Element] { reversed() }
}
