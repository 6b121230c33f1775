import Events
import Market
import Strategies
import Testing

/// Three instruments, one-bar returns, ranked every two instants; worked out by hand.
@Suite struct CrossSectionalMomentumTests {
  /// Closes of each instant by instrument; nil where an instrument has no bar.
  private func rankings(_ instants: [[Int64?]], top: Int64 = 1, bottom: Int64 = 0, rebalance: Int64 = 2) throws
    -> [String]
  {
    var strategies = try StrategySet(
      "cross_sectional_momentum",
      [
        "lookback": .integer(1), "top": .integer(top), "bottom": .integer(bottom), "rebalance": .integer(rebalance),
      ], instrumentCount: 3)
    #expect(strategies.comparesInstruments(0))
    var said: [String] = []
    var hasReturn = [false, false, false]
    for (place, closes) in instants.enumerated() {
      for (instrument, close) in closes.enumerated() {
        guard let close else { continue }
        let nanos = close * FixedPoint.unit
        let bar = BarScript.bar(
          place, instrument, open: nanos, high: nanos, low: nanos, close: nanos, volume: 0,
          closesSlot: instrument == 2)
        let decision = strategies.update(0, bar)
        #expect(BuiltInScenarioTests.letter(decision) == (hasReturn[instrument] ? "." : "w"))
        hasReturn[instrument] = true
      }
      var targets: [InstrumentTarget] = []
      strategies.closeSlot(0, &targets)
      said.append(
        targets.map { "\($0.instrument.position)\(BuiltInScenarioTests.letter(.target($0.target)))" }.joined(
          separator: " "))
    }
    return said
  }

  @Test("holds the best, and changes only when it ranks")
  func topOne() throws {
    // Returns: –; +10 %, +20 %, 0; −9 %, 0, +50 % (not ranked); 0, 0, +33 %: the third takes over.
    let said = try rankings([[10, 10, 10], [11, 12, 10], [10, 12, 15], [10, 12, 20]])
    #expect(said == ["", "1L", "", "1F 2L"])
  }

  @Test("gives ties to the earlier instrument")
  func ties() throws {
    let said = try rankings([[10, 20, 30], [11, 22, 33]], top: 2, bottom: 1)
    #expect(said == ["", "0L 1L 2S"])
  }

  @Test("drops an instrument that had no bar since the last ranking")
  func missing() throws {
    let said = try rankings([[10, 10, 10], [12, 11, 10], [nil, 11, 10], [nil, 12, 10]])
    #expect(said == ["", "0L", "", "0F 1L"])
  }

  @Test("waits until enough instruments can be ranked")
  func waits() throws {
    let said = try rankings([[10, nil, nil], [11, nil, 10], [12, 10, 11], [12, 11, 11]], top: 2, rebalance: 1)
    #expect(said[0...1] == ["", ""])
    #expect(said[2] == "0L 2L")
  }
}
