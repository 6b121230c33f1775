/// What a run begins with, and its strategies, in the order of the sample's lines.
extension ProfileProblemTests {
  static let cases = runCases + instrumentCases + orderCases + sizingCases + limitCases + breakerCases

  private static let runCases = [
    WrongProfile(
      "a misspelt key", line: 1,
      "nam: sample",
      "p.yaml:1:1: unknown key `nam`; did you mean `name`?"),
    WrongProfile(
      "a key of nothing we know", line: 20,
      "dashboard: {port: 80}",
      "p.yaml:20:1: unknown key `dashboard`; use `name`, `bars`, `universe`, `start`, `end`, `currency`, `cash`, `strategies`, `sizing`, `execution`, `exits`, `fills`, `lots`, `risk`, `account`, `rolls`, `sessions`, `corporate_actions`, `currencies`, `snapshots`, `journal`, `decision_bars`, `instance`, `interval`, `instruments`, `feeds`, `warmup`, `submit`, `venue` or `clock`"
    ),
    WrongProfile(
      "a nested misspelt key", line: 14,
      "  slipage: none",
      "p.yaml:14:3: fills: unknown key `slipage`; did you mean `slippage`?"),
    WrongProfile(
      "a key that is a list", line: 20,
      "[a, b]: 1",
      "p.yaml:20:1: a list or mapping stands where a key is due; write `key: value`"),
    WrongProfile(
      "a repeated key", line: 16,
      "lots: average\nlots: fifo",
      "p.yaml:17:1: `lots` is given again, first in line 16; keep one of them"),
    WrongProfile(
      "a key three times, with another problem", line: 6,
      "cash: 1\ncash: many\ncash: 3",
      "p.yaml:7:1: `cash` is given again, first in line 6; keep one of them\np.yaml:8:1: `cash` is given again, first in line 6; keep one of them"
    ),
    WrongProfile(
      "a repeated key in quotes", line: 5,
      "\"currency\": USD\n'currency': EUR",
      "p.yaml:6:1: `currency` is given again, first in line 5; keep one of them"),
    WrongProfile(
      "a repeated nested key", line: 18,
      "  allow_short: false\n  allow_short: true",
      "p.yaml:19:3: risk: `allow_short` is given again, first in line 18; keep one of them"),
    WrongProfile(
      "a missing key", line: 5,
      "",
      "p.yaml:1:1: `currency` is missing; add a currency's code in capitals, such as `USD`"),
    WrongProfile(
      "a missing nested key", line: 13,
      "",
      "p.yaml:12:1: fills: `volume_share` is missing; add a share above 0 % and at most 100 %, such as `10 %`"),
    WrongProfile(
      "no value", line: 6,
      "cash:",
      "p.yaml:6:6: cash: there is no value; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "a null", line: 16,
      "lots: ~",
      "p.yaml:16:7: lots: there is no value; write `average` or `fifo`"),
    WrongProfile(
      "a name with capitals", line: 1,
      "name: Sample",
      "p.yaml:1:7: name: `Sample` doesn't fit; write a name of a–z, 0–9 and _, such as `sma_cross`"),
    WrongProfile(
      "a name that is a list", line: 1,
      "name: [sample]",
      "p.yaml:1:7: name: a list stands here; write a name of a–z, 0–9 and _, such as `sma_cross`"),
    WrongProfile(
      "a word for the universe", line: 2,
      "universe: everything",
      "p.yaml:2:11: universe: `everything` doesn't fit; write `all` or a list of symbols, such as `[AAPL, MSFT]`"),
    WrongProfile(
      "an empty universe", line: 2,
      "universe: []",
      "p.yaml:2:11: universe: the list is empty; add a symbol of 1 to 64 characters without blanks, such as `AAPL`"),
    WrongProfile(
      "a symbol twice", line: 2,
      "universe:\n  - AAPL\n  - MSFT\n  - AAPL",
      "p.yaml:5:5: universe[2]: `AAPL` is in the universe already, in line 3; remove one"),
    WrongProfile(
      "a symbol with a blank", line: 2,
      "universe: [AAPL, \"MS FT\"]",
      "p.yaml:2:18: universe[1]: `MS FT` doesn't fit; write a symbol of 1 to 64 characters without blanks, such as `AAPL`"
    ),
    WrongProfile(
      "a date that doesn't exist", line: 3,
      "start: 2004-02-30",
      "p.yaml:3:8: start: there is no day or time `2004-02-30`; write a date or an instant, such as `2004-01-31` or `2004-01-31T14:30:00Z`"
    ),
    WrongProfile(
      "a date in another order", line: 3,
      "start: 01/02/2004",
      "p.yaml:3:8: start: `01/02/2004` doesn't fit; write a date or an instant, such as `2004-01-31` or `2004-01-31T14:30:00Z`"
    ),
    WrongProfile(
      "a time without zone", line: 3,
      "start: 2004-01-01T09:30:00",
      "p.yaml:3:8: start: `2004-01-01T09:30:00` doesn't say whose time it is; add `Z` for UTC or an offset such as `-05:00`"
    ),
    WrongProfile(
      "a date beyond the range", line: 4,
      "end: 2500-01-01",
      "p.yaml:4:6: end: `2500-01-01` is out of range; write a date or an instant, such as `2004-01-31` or `2004-01-31T14:30:00Z`"
    ),
    WrongProfile(
      "an hour that doesn't exist", line: 3,
      "start: 2004-01-01T24:00:00Z",
      "p.yaml:3:8: start: there is no day or time `2004-01-01T24:00:00Z`; write a date or an instant, such as `2004-01-31` or `2004-01-31T14:30:00Z`"
    ),
    WrongProfile(
      "a time finer than a nanosecond", line: 3,
      "start: 2004-01-01T09:30:00.0000000001Z",
      "p.yaml:3:8: start: `2004-01-01T09:30:00.0000000001Z` is finer than a nanosecond; write a date or an instant, such as `2004-01-31` or `2004-01-31T14:30:00Z`"
    ),
    WrongProfile(
      "an end before the start", line: 4,
      "end: 2003-12-31",
      "p.yaml:4:6: end: the end 2003-12-31 is not after the start 2004-01-01; the end itself is not part of the run, so write a later one"
    ),
    WrongProfile(
      "an end at the start", line: 4,
      "end: 2004-01-01T00:00:00Z",
      "p.yaml:4:6: end: the end 2004-01-01 is not after the start 2004-01-01; the end itself is not part of the run, so write a later one"
    ),
    WrongProfile(
      "a currency in small letters", line: 5,
      "currency: usd",
      "p.yaml:5:11: currency: `usd` doesn't fit; write a currency's code in capitals, such as `USD`"),
    WrongProfile(
      "cash as a word", line: 6,
      "cash: much",
      "p.yaml:6:7: cash: `much` is no number; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "cash in quotes", line: 6,
      "cash: \"100000\"",
      "p.yaml:6:7: cash: `100000` is in quotes and so a text; write a number above 0 and at most 1_000_000_000_000_000, without quotes"
    ),
    WrongProfile(
      "cash with an exponent", line: 6,
      "cash: 1e5",
      "p.yaml:6:7: cash: `1e5` is no number; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "cash with a comma", line: 6,
      "cash: 100,000",
      "p.yaml:6:7: cash: `100,000` is no number; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "no cash", line: 6,
      "cash: 0",
      "p.yaml:6:7: cash: `0` is out of range; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "cash below zero", line: 6,
      "cash: -5",
      "p.yaml:6:7: cash: `-5` is out of range; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "more cash than there is", line: 6,
      "cash: 1_000_000_000_000_000_000",
      "p.yaml:6:7: cash: `1_000_000_000_000_000_000` is out of range; write a number above 0 and at most 1_000_000_000_000_000"
    ),
    WrongProfile(
      "cash finer than a nano", line: 6,
      "cash: 0.0000000001",
      "p.yaml:6:7: cash: `0.0000000001` has more than 9 decimals; write a number above 0 and at most 1_000_000_000_000_000"
    ),
    WrongProfile(
      "cash with a leading zero", line: 6,
      "cash: 0100",
      "p.yaml:6:7: cash: `0100` begins with a zero, which some programs read as octal; write it without"),
    WrongProfile(
      "cash with a stray underscore", line: 6,
      "cash: 100__000",
      "p.yaml:6:7: cash: `100__000` is no number; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "cash as a mapping", line: 6,
      "cash: {usd: 5}",
      "p.yaml:6:7: cash: a mapping stands here; write a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "no strategy", line: 8,
      "  []",
      "p.yaml:8:3: strategies: the list is empty; add one of the strategies `sma_cross`, `ema_cross`, `momentum`, `cross_sectional_momentum`, `mean_reversion_zscore`, `rsi_reversion`, `bollinger_reversion`, `donchian_breakout`, `buy_and_hold`, `rules` or `probe`, such as `- sma_cross: {fast: 10, slow: 30}`"
    ),
    WrongProfile(
      "a misspelt strategy", line: 8,
      "  - sma_crss: {fast: 10, slow: 30}",
      "p.yaml:8:5: strategies[0]: unknown strategy `sma_crss`; did you mean `sma_cross`?"),
    WrongProfile(
      "a strategy that is a list", line: 8,
      "  - [probe]",
      "p.yaml:8:5: strategies[0]: a list stands here; write one of the strategies `sma_cross`, `ema_cross`, `momentum`, `cross_sectional_momentum`, `mean_reversion_zscore`, `rsi_reversion`, `bollinger_reversion`, `donchian_breakout`, `buy_and_hold`, `rules` or `probe`, such as `- sma_cross: {fast: 10, slow: 30}`"
    ),
    WrongProfile(
      "strategies as a mapping", line: 8,
      "  probe: {count: 10}",
      "p.yaml:8:3: strategies: a mapping stands here; write a list of strategies, such as `- sma_cross: {fast: 10, slow: 30}`"
    ),
    WrongProfile(
      "parameters that are not indented", line: 8,
      "  - probe:\n    count: 10",
      "p.yaml:8:5: strategies[0]: 2 keys stand in one item; write one strategy an item, its parameters in braces or indented deeper than its name"
    ),
    WrongProfile(
      "a misspelt parameter", line: 8,
      "  - probe: {count: 10, levl: 1}",
      "p.yaml:8:24: strategies[0].probe: unknown key `levl`; did you mean `level`?"),
    WrongProfile(
      "a missing parameter", line: 8,
      "  - probe",
      "p.yaml:8:5: strategies[0].probe: `count` is missing; add a whole number of at least 1 and at most 100"),
    WrongProfile(
      "a misspelt parameter that must be there", line: 8,
      "  - probe: {cuont: 10}",
      "p.yaml:8:13: strategies[0].probe: unknown key `cuont`; did you mean `count`?"),
    WrongProfile(
      "a parameter out of range", line: 8,
      "  - probe: {count: 101}",
      "p.yaml:8:20: strategies[0].probe.count: `101` is out of range; write a whole number of at least 1 and at most 100"
    ),
    WrongProfile(
      "half a whole number", line: 8,
      "  - probe: {count: 10.5}",
      "p.yaml:8:20: strategies[0].probe.count: `10.5` is not whole; write a whole number of at least 1 and at most 100"),
    WrongProfile(
      "a decimal out of range", line: 8,
      "  - probe: {count: 1, level: 2.000000001}",
      "p.yaml:8:30: strategies[0].probe.level: `2.000000001` is out of range; write a number of at least 0 and at most 2"
    ),
    WrongProfile(
      "a misspelt word", line: 8,
      "  - probe: {count: 1, side: shrt}",
      "p.yaml:8:29: strategies[0].probe.side: unknown word `shrt`; did you mean `short`?"),
    WrongProfile(
      "a flag in other words", line: 8,
      "  - probe: {count: 1, eager: yes}",
      "p.yaml:8:30: strategies[0].probe.eager: `yes` doesn't fit; write `true` or `false`"),
    WrongProfile(
      "a flag in quotes", line: 8,
      "  - probe: {count: 1, eager: \"true\"}",
      "p.yaml:8:30: strategies[0].probe.eager: `true` is in quotes and so a text; write `true` or `false`, without quotes"
    ),
    WrongProfile(
      "parameters that don't go together", line: 8,
      "  - probe: {count: 51}",
      "p.yaml:8:20: strategies[0].probe.count: count must be at most 50 unless eager; change one of the values"),
    WrongProfile(
      "a relation between built-in parameters", line: 8,
      "  - sma_cross: {fast: 30, slow: 10}",
      "p.yaml:8:23: strategies[0].sma_cross.fast: fast must be less than slow; change one of the values"),
    WrongProfile(
      "a wrong expression in double quotes", line: 8,
      "  - probe: {count: 1, when: \"close > ? 3\"}",
      "p.yaml:8:38: strategies[0].probe.when: unexpected `?`, at line 1, column 9 of the expression; correct the expression there"
    ),
    WrongProfile(
      "a wrong plain expression", line: 8,
      "  - probe:\n      count: 1\n      when: close > ?",
      "p.yaml:10:21: strategies[0].probe.when: unexpected `?`, at line 1, column 9 of the expression; correct the expression there"
    ),
    WrongProfile(
      "a wrong expression on several lines", line: 8,
      "  - probe:\n      count: 1\n      when: |\n        close\n        > ?",
      "p.yaml:10:13: strategies[0].probe.when: unexpected `?`, at line 2, column 3 of the expression; correct the expression there"
    ),
    WrongProfile(
      "an empty expression", line: 8,
      "  - probe: {count: 1, when: \"\"}",
      "p.yaml:8:29: strategies[0].probe.when: `` doesn't fit; write a rule expression in quotes, such as `\"close > sma(close, 20)\"`"
    ),
  ]
}
