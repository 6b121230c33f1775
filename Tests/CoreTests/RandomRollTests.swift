import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: whatever bars come, the front contract is that of a count over whole sessions that knows nothing of the engine's, the money is the sum of what each contract
/// moved, and a run goes on from any snapshot. Method: random chains beside `NaiveChain`.
@Suite("Random chains of futures")
struct RandomRollTests {
  @Test("have the front contract and the money of a naive recount", arguments: 0..<60)
  func recount(_ run: Int) throws {
    let seed = 0x7011_0000 + UInt64(run)
    let chain = try RandomChain(seed: seed)
    var naive = NaiveChain(chain)
    var stage = try Stage(chain.configuration, chain.instruments)
    for (position, input) in chain.inputs.enumerated() {
      naive.begin(input)
      let held = naive.units
      try stage.take(input)
      let happenings = try stage.happenings()
      for happening in happenings {
        switch happening.body {
        case let signal as Signal where signal.instrument.position >= RandomChain.anchor:
          // A slot's decisions come before its roll.
          let front = naive.fronts[input.time]
          if signal.instrument.position - RandomChain.anchor != front, chain.configuration.decisionBars == .each {
            Issue.record("seed \(seed), input \(position): decided on \(signal.instrument), in front is \(front ?? -1)")
          }
        case let intent as OrderIntent where intent.purpose == .rollOut:
          let filled = happenings.compactMap { $0.body as? Fill }.filter { $0.instrument == intent.instrument }
          let now = held[intent.instrument.position] + filled.reduce(0) { $0 + $1.side.sign * $1.quantity.nanos }
          if filled.isEmpty, now != -intent.side.sign * intent.quantity.nanos {
            Issue.record("seed \(seed), input \(position): rolls \(intent.quantity) of \(now)")
          }
        default: break
        }
      }
      naive.end(input, happenings)
      if let most = chain.unitsMax, naive.units.contains(where: { $0.magnitude > UInt64(most) }) {
        Issue.record("seed \(seed), input \(position): \(naive.units) of at most \(most)")
      }
      let fronts = happenings.compactMap { $0.body as? FrontContract }
      if let last = fronts.last, last.instrument.position - RandomChain.anchor != naive.front {
        Issue.record("seed \(seed), input \(position): \(last.instrument) is in front, and \(naive.front) by hand")
      }
      let (isWhole, addsUp) = (stage.engine.ledgerBalances, stage.engine.sharesAddUp)
      if !isWhole || !addsUp { Issue.record("seed \(seed), input \(position): unbalanced") }
    }
    #expect(naive.front > 1, "seed \(seed)")
    let state = stage.engine.describe()
    #expect(state.equity == naive.equity, "seed \(seed)")
    #expect(state.books.map(\.quantity.nanos) == naive.units, "seed \(seed)")
    // Nothing is left in a contract behind the front one but what the venue let nobody close.
    if chain.configuration.friction == VenueFriction(), chain.configuration.volumeShareMicros == 0 {
      for place in 0..<max(naive.front, 0) {
        #expect(naive.units[place + RandomChain.anchor] == 0, "seed \(seed), contract \(place)")
      }
    }
  }

  @Test("carry positions over, long and short, put rolls off, and end contracts early")
  func coverage() throws {
    var sides: Set<Side> = []
    var (carried, putOff, expired, closed) = (0, 0, 0, 0)
    for run in 0..<30 {
      let chain = try RandomChain(seed: 0x7011_0000 + UInt64(run))
      var stage = try Stage(chain.configuration, chain.instruments)
      for input in chain.inputs {
        try stage.take(input)
        for happening in try stage.happenings() {
          switch happening.body {
          case let intent as OrderIntent where intent.purpose == .rollIn:
            carried += 1
            sides.insert(intent.side)
          case let intent as OrderIntent where intent.purpose == .rollOut: closed += 1
          case let alert as Alert where alert.code == .rollPutOff: putOff += 1
          case let front as FrontContract where front.reason == .expiry: expired += 1
          default: break
          }
        }
      }
    }
    #expect(sides == [.buy, .sell])
    #expect(carried > 30)
    #expect(closed > carried)
    #expect(putOff > 10)
    #expect(expired > 3)
  }

  @Test("go on from a snapshot at every input with the same bytes", arguments: 0..<10)
  func snapshots(_ run: Int) throws {
    let seed = 0x7011_5000 + UInt64(run)
    let chain = try RandomChain(seed: seed, dayCount: 24)
    var stage = try Stage(chain.configuration, chain.instruments)
    for (position, input) in chain.inputs.enumerated() {
      let state = stage.state()
      var fresh = try Stage(chain.configuration, chain.instruments)
      try fresh.restore(state, nextSequence: stage.nextSequence)
      try stage.take(input)
      try fresh.take(input)
      let isEqual = stage.out.rows.array == fresh.out.rows.array && stage.state() == fresh.state()
      if !isEqual { Issue.record("seed \(seed): another run from the snapshot before input \(position)") }
    }
  }

  @Test("a changed state of a chain is refused, or goes on without a trap", arguments: 0..<6)
  func changed(_ run: Int) throws {
    let seed = 0x7011_9000 + UInt64(run)
    var random = SeededRandom(seed: seed)
    let chain = try RandomChain(seed: seed, dayCount: 24)
    var stage = try Stage(chain.configuration, chain.instruments)
    let middle = chain.inputs.count / 2
    for input in chain.inputs.prefix(middle) { try stage.take(input) }
    let state = stage.state()
    for _ in 0..<80 {
      var bytes = state
      bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      var fresh = try Stage(chain.configuration, chain.instruments)
      do throws(DecodeError) { try fresh.restore(bytes, nextSequence: stage.nextSequence) } catch { continue }
      for input in chain.inputs[middle...] {
        do throws(ReduceError) { try fresh.take(input) } catch { break }
        let balances = fresh.engine.ledgerBalances
        if !balances { Issue.record("seed \(seed): the ledger of a changed state doesn't balance") }
      }
    }
  }
}
