import Strategies
import Testing

/// Every way in which a rule can be wrong: text → line, column, message. What a person sees, word for word.
@Suite struct RuleErrorTests {
  static let table: [(text: String, line: Int, column: Int, problem: String)] = [
    ("", 1, 1, "the rule is empty"),
    (" \n ", 1, 1, "the rule is empty"),
    ("close # 1", 1, 7, "unexpected character '#'"),
    ("close = 1", 1, 7, "a single '=' means nothing here; write '==' to compare"),
    ("close > 1 && open > 1", 1, 11, "unexpected '&'; write 'and'"),
    ("close > 1 || open > 1", 1, 11, "unexpected '|'; write 'or'"),
    ("!(close > 1)", 1, 1, "unexpected '!'; write 'not'"),
    ("close > 1.2.3", 1, 9, "'1.2.' is not a number"),
    ("close > 12abc", 1, 9, "'12a' is not a number"),
    ("close > 0.1234567891", 1, 9, "'0.1234567891' has more than nine decimals"),
    ("close > 99999999999", 1, 9, "'99999999999' is beyond 9223372036"),
    ("close >", 1, 8, "expected a value, found the end"),
    ("close > * 2", 1, 9, "expected a value, found '*'"),
    ("close > and 2", 1, 9, "expected a value, found 'and'"),
    ("(close > 1", 1, 11, "expected ')' for the '(' of line 1, column 1, found the end"),
    ("close > 1)", 1, 10, "unexpected ')' behind the rule"),
    ("close > 1 open", 1, 11, "unexpected 'open' behind the rule"),
    ("1 < close < 2", 1, 11, "comparisons can't be chained; join two of them with 'and'"),
    ("sma(close, 10 > 1", 1, 18, "expected ',' or ')' in the arguments of 'sma', found the end"),
    ("smma(close, 10) > 1", 1, 1, "unknown function 'smma'; did you mean 'sma'?"),
    ("close > SMA(close, 10)", 1, 9, "unknown function 'SMA'; did you mean 'sma'?"),
    ("close > vortex(close, 10)", 1, 9, "unknown function 'vortex'"),
    ("clsoe > 1", 1, 1, "unknown name 'clsoe'; did you mean 'close'?"),
    ("price > 1", 1, 1, "unknown name 'price'"),
    ("rsi < 30", 1, 1, "'rsi' is a function; write rsi(x, n)"),
    ("close(1) > 30", 1, 1, "'close' takes no arguments; for an earlier value write lag(close, n)"),
    ("close > 1 and\n  sma(close) > 2", 2, 3, "sma takes 2 arguments, sma(x, n), found 1"),
    ("atr() > 2", 1, 1, "atr takes 1 argument, atr(n), found 0"),
    ("close", 1, 1, "a rule must be a condition, but this is a number"),
    ("close > 1 and open", 1, 15, "'and' needs conditions on both sides, but this is a number"),
    ("close or open > 1", 1, 1, "'or' needs conditions on both sides, but this is a number"),
    ("(close > 1) + 2 > 3", 1, 2, "'+' needs numbers on both sides, but this is a condition"),
    ("close > (open > 1)", 1, 10, "'>' needs numbers on both sides, but this is a condition"),
    ("not close", 1, 5, "'not' needs a condition, but this is a number"),
    ("-(close > 1) > 2", 1, 3, "'-' needs a number, but this is a condition"),
    ("sma(close > 1, 10) > 2", 1, 5, "expected a number, but this is a condition"),
    ("sma(close, volume) > 2", 1, 12, "'n' of sma must be a constant whole number of 1 to 100000"),
    ("sma(close, 2.5) > 2", 1, 12, "'n' of sma must be a constant whole number of 1 to 100000"),
    ("lag(close, 0) > 2", 1, 12, "'n' of lag must be a constant whole number of 1 to 100000"),
    ("sma(close, 100001) > 2", 1, 12, "'n' of sma must be a constant whole number of 1 to 100000"),
    ("macd(close, 26, 12) > 0", 1, 13, "'fast' of macd must be less than 'slow'"),
    ("close / 0 > 1", 1, 9, "division by zero"),
    ("close / (3 - 3) > 1", 1, 10, "division by zero"),
    (String(repeating: "(", count: 200) + "close", 1, 101, "nested deeper than 100 levels"),
  ]

  @Test("a wrong rule is refused with line, column and reason", arguments: table.indices)
  func isRefused(_ row: Int) {
    let (text, line, column, problem) = RuleErrorTests.table[row]
    let expected = StrategySetError.parameter(
      .expression(parameter: "enter", line: line, column: column, problem: problem), name: "rules", position: 0)
    #expect(throws: expected) { try StrategySet("rules", ["enter": .text(text)]) }
  }

  @Test("the error names the rule it is in")
  func namesTheRule() {
    let expected = StrategySetError.parameter(
      .expression(parameter: "exit_short", line: 1, column: 1, problem: "unknown name 'x'"), name: "rules", position: 0)
    #expect(throws: expected) {
      try StrategySet("rules", ["enter": .text("close > 1"), "exit_short": .text("x > 1")])
    }
  }
}
