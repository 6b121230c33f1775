/// One case a line of the sample, in its order, then whole files.
extension ProfileProblemTests {
  static let cases = [
    WrongProfile(
      "a misspelt key", line: 1,
      "nam: sample",
      ""),
    WrongProfile(
      "a key of nothing we know", line: 20,
      "dashboard: {port: 80}",
      ""),
    WrongProfile(
      "a nested misspelt key", line: 14,
      "  slipage: none",
      ""),
    WrongProfile(
      "a key that is a list", line: 20,
      "[a, b]: 1",
      ""),
    WrongProfile(
      "a repeated key", line: 16,
      "lots: average\nlots: fifo",
      ""),
    WrongProfile(
      "a key three times, with another problem", line: 6,
      "cash: 1\ncash: many\ncash: 3",
      ""),
    WrongProfile(
      "a repeated key in quotes", line: 5,
      "\"currency\": USD\n'currency': EUR",
      ""),
    WrongProfile(
      "a repeated nested key", line: 18,
      "  allow_short: false\n  allow_short: true",
      ""),
    WrongProfile(
      "a missing key", line: 5,
      "",
      ""),
    WrongProfile(
      "a missing nested key", line: 13,
      "",
      ""),
    WrongProfile(
      "no value", line: 6,
      "cash:",
      ""),
    WrongProfile(
      "a null", line: 16,
      "lots: ~",
      ""),
    WrongProfile(
      "a name with capitals", line: 1,
      "name: Sample",
      ""),
    WrongProfile(
      "a name that is a list", line: 1,
      "name: [sample]",
      ""),
    WrongProfile(
      "a word for the universe", line: 2,
      "universe: everything",
      ""),
    WrongProfile(
      "an empty universe", line: 2,
      "universe: []",
      ""),
    WrongProfile(
      "a symbol twice", line: 2,
      "universe:\n  - AAPL\n  - MSFT\n  - AAPL",
      ""),
    WrongProfile(
      "a symbol with a blank", line: 2,
      "universe: [AAPL, \"MS FT\"]",
      ""),
    WrongProfile(
      "a date that doesn't exist", line: 3,
      "start: 2004-02-30",
      ""),
    WrongProfile(
      "a date in another order", line: 3,
      "start: 01/02/2004",
      ""),
    WrongProfile(
      "a time without zone", line: 3,
      "start: 2004-01-01T09:30:00",
      ""),
    WrongProfile(
      "a date beyond the range", line: 4,
      "end: 2500-01-01",
      ""),
    WrongProfile(
      "an end before the start", line: 4,
      "end: 2003-12-31",
      ""),
    WrongProfile(
      "an end at the start", line: 4,
      "end: 2004-01-01T00:00:00Z",
      ""),
    WrongProfile(
      "a currency in small letters", line: 5,
      "currency: usd",
      ""),
    WrongProfile(
      "cash as a word", line: 6,
      "cash: much",
      ""),
    WrongProfile(
      "cash in quotes", line: 6,
      "cash: \"100000\"",
      ""),
    WrongProfile(
      "cash with an exponent", line: 6,
      "cash: 1e5",
      ""),
    WrongProfile(
      "cash with a comma", line: 6,
      "cash: 100,000",
      ""),
    WrongProfile(
      "no cash", line: 6,
      "cash: 0",
      ""),
    WrongProfile(
      "cash below zero", line: 6,
      "cash: -5",
      ""),
    WrongProfile(
      "more cash than there is", line: 6,
      "cash: 1_000_000_000_000_000_000",
      ""),
    WrongProfile(
      "cash finer than a nano", line: 6,
      "cash: 0.0000000001",
      ""),
    WrongProfile(
      "cash with a leading zero", line: 6,
      "cash: 0100",
      ""),
    WrongProfile(
      "cash with a stray underscore", line: 6,
      "cash: 100__000",
      ""),
    WrongProfile(
      "cash as a mapping", line: 6,
      "cash: {usd: 5}",
      ""),
    WrongProfile(
      "no strategy", line: 8,
      "  []",
      ""),
    WrongProfile(
      "a misspelt strategy", line: 8,
      "  - sma_crss: {fast: 10, slow: 30}",
      ""),
    WrongProfile(
      "a strategy that is a list", line: 8,
      "  - [probe]",
      ""),
    WrongProfile(
      "strategies as a mapping", line: 8,
      "  probe: {count: 10}",
      ""),
    WrongProfile(
      "parameters that are not indented", line: 8,
      "  - probe:\n    count: 10",
      ""),
    WrongProfile(
      "a misspelt parameter", line: 8,
      "  - probe: {count: 10, levl: 1}",
      ""),
    WrongProfile(
      "a missing parameter", line: 8,
      "  - probe",
      ""),
    WrongProfile(
      "a parameter out of range", line: 8,
      "  - probe: {count: 101}",
      ""),
    WrongProfile(
      "half a whole number", line: 8,
      "  - probe: {count: 10.5}",
      ""),
    WrongProfile(
      "a decimal out of range", line: 8,
      "  - probe: {count: 1, level: 2.000000001}",
      ""),
    WrongProfile(
      "a misspelt word", line: 8,
      "  - probe: {count: 1, side: shrt}",
      ""),
    WrongProfile(
      "a flag in other words", line: 8,
      "  - probe: {count: 1, eager: yes}",
      ""),
    WrongProfile(
      "a flag in quotes", line: 8,
      "  - probe: {count: 1, eager: \"true\"}",
      ""),
    WrongProfile(
      "parameters that don't go together", line: 8,
      "  - probe: {count: 51}",
      ""),
    WrongProfile(
      "a relation between built-in parameters", line: 8,
      "  - sma_cross: {fast: 30, slow: 10}",
      ""),
    WrongProfile(
      "a wrong expression in double quotes", line: 8,
      "  - probe: {count: 1, when: \"close > ? 3\"}",
      ""),
    WrongProfile(
      "a wrong plain expression", line: 8,
      "  - probe:\n      count: 1\n      when: close > ?",
      ""),
    WrongProfile(
      "a wrong expression on several lines", line: 8,
      "  - probe:\n      count: 1\n      when: |\n        close\n        > ?",
      ""),
    WrongProfile(
      "an empty expression", line: 8,
      "  - probe: {count: 1, when: \"\"}",
      ""),
    WrongProfile(
      "two sizes", line: 9,
      "sizing: {shares: 100, notional: 5}",
      ""),
    WrongProfile(
      "no size", line: 9,
      "sizing: {}",
      ""),
    WrongProfile(
      "a misspelt size", line: 9,
      "sizing: {share: 100}",
      ""),
    WrongProfile(
      "a size as a number", line: 9,
      "sizing: 100",
      ""),
    WrongProfile(
      "a share without unit", line: 9,
      "sizing: {equity_share: 0.95}",
      ""),
    WrongProfile(
      "a share that is a word", line: 9,
      "sizing: {equity_share: most}",
      ""),
    WrongProfile(
      "a share of nothing", line: 9,
      "sizing: {equity_share: 0 %}",
      ""),
    WrongProfile(
      "a misspelt order type", line: 10,
      "execution: {order: limt}",
      ""),
    WrongProfile(
      "a time in force in full", line: 10,
      "execution: {time_in_force: good_till_cancelled}",
      ""),
    WrongProfile(
      "an offset that nothing looks at", line: 10,
      "execution: {order: market, limit_offset_ticks: 2}",
      ""),
    WrongProfile(
      "half a tick", line: 10,
      "execution: {order: limit, limit_offset_ticks: 0.5}",
      ""),
    WrongProfile(
      "a stop a whole price away", line: 11,
      "exits: {stop_loss: 100 %}",
      ""),
    WrongProfile(
      "a share finer than a millionth", line: 11,
      "exits: {take_profit: 0.00001 %}",
      ""),
    WrongProfile(
      "a whole volume and more", line: 13,
      "  volume_share: 101 %",
      ""),
    WrongProfile(
      "a misspelt none", line: 14,
      "  slippage: non",
      ""),
    WrongProfile(
      "two kinds of slippage", line: 14,
      "  slippage: {ticks: 1, basis_points: 5}",
      ""),
    WrongProfile(
      "a unit where the key names it", line: 14,
      "  slippage: {basis_points: 5 bp}",
      ""),
    WrongProfile(
      "a minimum fee without a rate", line: 15,
      "  fees: {minimum: 1}",
      ""),
    WrongProfile(
      "a minimum fee of another model", line: 15,
      "  fees: {basis_points: 5, minimum: 1}",
      ""),
    WrongProfile(
      "no tiers", line: 15,
      "  fees: {maker_taker: []}",
      ""),
    WrongProfile(
      "a first tier above zero", line: 15,
      "  fees: {maker_taker: [{from: 5, maker: 1 bp, taker: 2 bp}]}",
      ""),
    WrongProfile(
      "tiers in another order", line: 15,
      "  fees:\n    maker_taker:\n      - {from: 0, maker: 1 bp, taker: 2 bp}\n      - {from: 100, maker: 1 bp, taker: 2 bp}\n      - {from: 50, maker: 1 bp, taker: 2 bp}",
      ""),
    WrongProfile(
      "a tier without taker", line: 15,
      "  fees: {maker_taker: [{from: 0, maker: 1 bp}]}",
      ""),
    WrongProfile(
      "a lot method we don't have", line: 16,
      "lots: lifo",
      ""),
    WrongProfile(
      "a cap of zero", line: 19,
      "  require_cash: true\n  max_position: 0",
      ""),
    WrongProfile(
      "a confidence above one", line: 19,
      "  require_cash: true\n  min_confidence: 1.5",
      ""),
    WrongProfile(
      "a confidence finer than a millionth", line: 19,
      "  require_cash: true\n  min_confidence: 0.0000001",
      ""),
    WrongProfile(
      "three threads", line: 20,
      "journal: {threads: 3}",
      ""),
    WrongProfile(
      "a compression level that zstd doesn't have", line: 20,
      "journal: {level: 40}",
      ""),
    WrongProfile(
      "snapshots without a number", line: 20,
      "snapshots: {}",
      ""),
    WrongProfile(
      "several problems at once, in the order of the file", line: 8,
      "  - probe: {count: 0}\nsizing: {sharess: 1}\nbras: x",
      ""),
    WrongProfile(
      "an anchor that is not there", line: 20,
      "journal: *nowhere",
      ""),
    WrongProfile(
      "an open bracket", line: 2,
      "universe: [AAPL, MSFT",
      ""),
    WrongProfile(
      "a tab for indentation", line: 13,
      "\tvolume_share: 10 %",
      ""),
    WrongProfile(
      "a second document", line: 20,
      "---\nname: other",
      ""),
    WrongProfile(
      "a character that YAML forbids", line: 1,
      "name: sam\u{7}ple",
      ""),
    WrongProfile(
      "an empty file", whole: "",
      ""),
    WrongProfile(
      "a file of comments", whole: "# nothing\n",
      ""),
    WrongProfile(
      "a file that is a word", whole: "hello\n",
      ""),
    WrongProfile(
      "a file that is a list", whole: "- name: x\n- cash: 1\n",
      ""),
    WrongProfile(
      "an empty mapping", whole: "{}\n",
      ""),
  ]
}
