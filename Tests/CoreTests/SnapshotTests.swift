import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: a state can be written at any input and a fresh engine goes on from it identically; bytes that are no state are refused,
/// and bytes that pass lead to no trap. Method: the random runs, a twin restored at every seventh input; then cut and changed bytes.
@Suite("Snapshots")
struct SnapshotTests {
  @Test("an engine restored at any input goes on with the same bytes", arguments: 0..<40)
  func goesOn(_ run: Int) throws {
    let seed = 0x5a9_0000 + UInt64(run)
    let profile = try RandomProfile(seed: seed, barCount: 120)
    var stage = try Stage(profile.configuration, profile.instruments)
    var twin = try Stage(profile.configuration, profile.instruments)
    for (position, input) in profile.inputs.enumerated() {
      if position % 7 == 0 {
        let state = stage.state()
        var fresh = try Stage(profile.configuration, profile.instruments)
        try fresh.restore(state, nextSequence: stage.nextSequence)
        #expect(fresh.state() == state, "seed \(seed), input \(position)")
        twin = fresh
      }
      try stage.take(input)
      try twin.take(input)
      let isEqual = stage.out.rows.array == twin.out.rows.array
      if !isEqual { Issue.record("seed \(seed): the twin said something else at input \(position)") }
    }
    #expect(stage.state() == twin.state(), "seed \(seed)")
  }

  @Test("a state cut anywhere is refused", arguments: 0..<4)
  func cut(_ run: Int) throws {
    let profile = try RandomProfile(seed: 0x5a9_0000 + UInt64(run), barCount: 60)
    var stage = try Stage(profile.configuration, profile.instruments)
    for input in profile.inputs.dropLast() { try stage.take(input) }
    let state = stage.state()
    for count in 0..<state.count {
      var fresh = try Stage(profile.configuration, profile.instruments)
      #expect(throws: DecodeError.self) { try fresh.restore(Array(state.prefix(count)), nextSequence: 1) }
    }
  }

  @Test("a changed state is refused, or goes on without a trap and with a ledger that balances", arguments: 0..<24)
  func changed(_ run: Int) throws {
    let seed = 0xc4a_0000 + UInt64(run)
    var random = SeededRandom(seed: seed)
    let profile = try RandomProfile(seed: seed, barCount: 80)
    var stage = try Stage(profile.configuration, profile.instruments)
    let middle = profile.inputs.count / 2
    for input in profile.inputs.prefix(middle) { try stage.take(input) }
    let state = stage.state()
    for _ in 0..<120 {
      var bytes = state
      for _ in 0...Int(random.next() % 2) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        }
      }
      var fresh = try Stage(profile.configuration, profile.instruments)
      do throws(DecodeError) { try fresh.restore(bytes, nextSequence: stage.nextSequence) } catch { continue }
      goOn(&fresh, profile.inputs[middle...], seed)
    }
  }

  /// Inputs may be refused by a state that thinks itself later; nothing may trap, and the ledger balances after each.
  private func goOn(_ stage: inout Stage, _ inputs: ArraySlice<StageInput>, _ seed: UInt64) {
    for input in inputs {
      do throws(ReduceError) { try stage.take(input) } catch { return }
      let balances = stage.engine.ledgerBalances
      if !balances { Issue.record("seed \(seed): the ledger of a changed state doesn't balance") }
    }
  }
}
