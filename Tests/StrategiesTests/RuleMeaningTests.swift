import Events
import Market
import Strategies
import Testing

/// What expressions mean, seen through the only door there is: on which of a few hand-made bars a rule holds.
@Suite struct RuleMeaningTests {
  /// One character a bar: `w` warming up, `1` the rule holds, `0` it doesn't.
  ///
  /// The exit is the rule's opposite where it is defined, so that every change shows.
  private func pattern(_ rule: String, _ bars: [Bar]) throws -> String {
    var strategies = try StrategySet("rules", ["enter": .text(rule), "exit": .text("not (\(rule))")])
    var last = "0"
    return strategies.decisions(bars).map { decision in
      switch decision {
      case .warmingUp: return "w"
      case .hold: return last
      case .target(let target):
        last = target.direction == .long ? "1" : "0"
        return last
      }
    }.joined()
  }

  @Test(
    "operators bind as in arithmetic",
    arguments: [
      ("close + 2 * 3 == 7", "1000"), ("(close + 2) * 3 == 9", "1000"), ("-close + 4 == 2", "0100"),
      ("8 / 4 / close == 1", "0100"), ("10 - 4 - close == 3", "0010"), ("- -close == 4", "0001"),
      ("close > 1 and close < 4 or close == 4", "0111"), ("close == 4 or close > 1 and close < 3", "0101"),
      ("not close > 2", "1100"), ("not not close > 2", "0011"), ("not (close > 2 and close < 4)", "1101"),
      ("close != 2", "1011"), ("close >= 2 and close <= 3", "0110"), ("abs(close - 3) < 1.5", "0111"),
      ("min(close, 2) == 2 and max(close, 3) == 3", "0110"),
    ])
  func operators(_ rule: String, _ expected: String) throws {
    #expect(try pattern(rule, BarScript.closes([1, 2, 3, 4])) == expected)
  }

  @Test(
    "functions look back as far as they say and no further",
    arguments: [
      ("lag(close, 2) == 1", "ww1001"), ("change(close) > 0", "w11010"), ("momentum(close, 2) == 2", "ww1000"),
      ("highest(close, 3) == 3", "ww1111"), ("lowest(close, 2) == 1", "w10111"), ("sma(close, 2) == 2", "w00111"),
      ("sma(close - 1, 2) == 1", "w00111"), ("cross_above(close, 2)", "w01010"), ("cross_below(close, 2)", "w00101"),
      ("roc(close, 1) == 100", "w10000"), ("zscore(close, 2) > 0", "w11010"),
      ("close > sma(lag(close, 1), 2)", "ww1010"),
      ("wma(close, 2) > 2.5", "w01000"), ("stddev(close, 2) == 1", "w00111"), ("ema(close, 1) == 3", "001010"),
      ("macd(close, 1, 2) > 0", "w11010"), ("rsi(close, 1) == 100", "w11010"), ("atr(1) == 2", "w00111"),
      ("typical == median and weighted == close", "111111"), ("obv == 200", "010101"), ("volume == 100", "111111"),
      ("bollinger_upper(close, 2, 1) == 3", "w01111"), ("bollinger_lower(close, 2, 1) == 1", "w10111"),
    ])
  func functions(_ rule: String, _ expected: String) throws {
    #expect(try pattern(rule, BarScript.closes([1, 2, 3, 1, 3, 1])) == expected)
  }

  @Test("a rule that divides by zero is false on that bar and well again on the next")
  func divisionByZero() throws {
    var strategies = try StrategySet("rules", ["enter": .text("1 / (close - 2) > -2"), "exit": .text("close > 100")])
    let decisions = strategies.decisions(BarScript.closes([2, 2, 3, 2]))
    #expect(decisions[0] == .hold)
    #expect(decisions[1] == .hold)
    guard case .target(let target) = decisions[2] else {
      Issue.record("the rule holds on the third bar")
      return
    }
    #expect(target.reason == .enterRule && target.firstFeature == FixedPoint.unit)
  }

  @Test("an indicator leaves out the bars on which its argument is undefined")
  func indicatorsSkipUndefined() throws {
    // 6 / (close − 2) is −6, undefined, 6, undefined, 3: the mean of two is there on the third bar and is 4.5 on the fifth.
    var strategies = try StrategySet("rules", ["enter": .text("sma(6 / (close - 2), 2) == 4.5")])
    let decisions = strategies.decisions(BarScript.closes([1, 2, 3, 2, 4]))
    #expect(decisions[0] == .warmingUp && decisions[1] == .hold)
    #expect(decisions[2] == .hold && decisions[3] == .hold)
    guard case .target = decisions[4] else {
      Issue.record("the rule holds on the fifth bar")
      return
    }
  }

  @Test("features carry what the first comparison compared, under the text that was written")
  func features() throws {
    let strategies = try StrategySet(
      "rules", ["enter": .text("(close  >\n lag(close,1)) and volume > 0"), "exit": .text("rsi(close, 3) > 70")])
    let names = strategies.featureNames(0)
    #expect(names.first == "enter: close; exit: rsi(close, 3)")
    #expect(names.second == "enter: lag(close,1); exit: 70")
  }
}
