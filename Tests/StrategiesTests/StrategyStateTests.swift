import Events
import Market
import Strategies
import Testing

/// State written in the middle of a run and read by a fresh strategy must go on as if nothing had happened, to the last bit; damaged state is
/// refused, never trapped on.
@Suite struct StrategyStateTests {
  static let everything: [(String, [String: ParameterValue])] = [
    ("sma_cross", ["fast": .integer(3), "slow": .integer(8)]),
    ("ema_cross", ["fast": .integer(3), "slow": .integer(8)]),
    ("momentum", ["lookback": .integer(5), "allow_short": .flag(true)]),
    (
      "cross_sectional_momentum",
      ["lookback": .integer(4), "top": .integer(1), "bottom": .integer(1), "rebalance": .integer(3)]
    ), ("mean_reversion_zscore", ["period": .integer(6)]), ("rsi_reversion", ["period": .integer(4)]),
    ("bollinger_reversion", ["period": .integer(6)]),
    ("donchian_breakout", ["entry": .integer(6), "exit": .integer(3), "allow_short": .flag(true)]),
    ("buy_and_hold", [:]),
    (
      "rules",
      [
        "enter": .text(
          "cross_above(wma(close, 4), sma(typical, 5)) or rsi(close, 5) < 20 or obv > lag(obv, 3) and stochastic(4) > 50"
        ),
        "exit": .text(
          "macd(close, 3, 5) < macd_signal(close, 3, 5, 2) or atr(4) > stddev(close, 4) or change(volume) < 0"),
      ]
    ),
  ]

  private func makeAll() throws(StrategySetError) -> StrategySet {
    let specifications = StrategyStateTests.everything.map { name, given in
      var values: [String: ParameterValue] = [:]
      for description in StrategyCatalog.builtIn[name]?.parameters ?? [] {
        values[description.name] = given[description.name] ?? description.defaultValue
      }
      return (name: name, parameters: ParameterValues(values))
    }
    return try StrategySet(specifications, catalog: .builtIn, instrumentCount: 3)
  }

  private func run(_ strategies: inout StrategySet, _ bars: ArraySlice<Bar>) -> [Decision] {
    var decisions: [Decision] = []
    for bar in bars {
      for strategy in 0..<strategies.count {
        decisions.append(strategies.update(strategy, bar))
        var targets: [InstrumentTarget] = []
        if bar.closesSlot, strategies.comparesInstruments(strategy) { strategies.closeSlot(strategy, &targets) }
        decisions += targets.map { .target($0.target) }
      }
    }
    return decisions
  }

  @Test("every built-in strategy is in this test")
  func coversAll() {
    #expect(StrategyStateTests.everything.map(\.0) == StrategyCatalog.builtIn.names)
  }

  @Test("goes on identically from its state at any bar")
  func goesOn() throws {
    let bars = BarScript.walk(seed: 11, count: 40, instruments: 3)
    for cut in stride(from: 0, to: bars.count, by: 11) {
      var whole = try makeAll()
      _ = run(&whole, bars[..<cut])
      var buffer = ByteBuffer()
      whole.encodeState(into: &buffer)
      var restored = try makeAll()
      var reader = ByteReader(buffer.bytes)
      try restored.decodeState(&reader)
      try reader.requireEnd()
      var again = ByteBuffer()
      restored.encodeState(into: &again)
      #expect(buffer.array == again.array, "what was read is written again, bar \(cut)")
      #expect(run(&whole, bars[cut...]) == run(&restored, bars[cut...]), "cut at bar \(cut)")
    }
  }

  @Test("state cut short is refused at every length")
  func refusesShortState() throws {
    var strategies = try makeAll()
    _ = run(&strategies, BarScript.walk(seed: 12, count: 20, instruments: 3)[...])
    var buffer = ByteBuffer()
    strategies.encodeState(into: &buffer)
    let bytes = buffer.array
    for length in stride(from: 0, to: bytes.count, by: 97) {
      var other = try makeAll()
      bytes.withUnsafeBytes { whole in
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: whole[..<length]))
        #expect(throws: DecodeError.self) { try other.decodeState(&reader) }
      }
    }
  }

  @Test("state with any byte flipped is refused or run without a trap")
  func survivesDamage() throws {
    var strategies = try makeAll()
    let bars = BarScript.walk(seed: 13, count: 12, instruments: 3)
    _ = run(&strategies, bars[...])
    var buffer = ByteBuffer()
    strategies.encodeState(into: &buffer)
    var refusals = 0
    for place in stride(from: 0, to: buffer.count, by: 41) {
      var bytes = buffer.array
      bytes[place] ^= 0x81
      var other = try makeAll()
      let isAccepted = bytes.withUnsafeBytes { whole in
        var reader = ByteReader(whole)
        do throws(DecodeError) {
          try other.decodeState(&reader)
          return true
        } catch {
          return false
        }
      }
      if isAccepted { _ = run(&other, bars[...]) } else { refusals += 1 }
    }
    #expect(refusals > 0)
  }
}
