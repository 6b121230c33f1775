/// Orders, fills, risk and settings in the order of the sample's lines, then whole files.
extension ProfileProblemTests {
  static let orderCases = [
    WrongProfile(
      "two sizes", line: 9,
      "sizing: {shares: 100, notional: 5}",
      "p.yaml:9:1: sizing: `shares` and `notional` are given together; keep one of them"),
    WrongProfile(
      "no size", line: 9,
      "sizing: {}",
      "p.yaml:9:1: sizing: nothing says which model is meant; give one of `shares`, `notional`, `equity_share`, `volatility_target`, `portfolio_volatility`, `risk_per_trade`, `kelly`, `inverse_volatility` or `risk_parity`"
    ),
    WrongProfile(
      "a misspelt size", line: 9,
      "sizing: {share: 100}",
      "p.yaml:9:10: sizing: unknown key `share`; did you mean `shares`?"),
    WrongProfile(
      "a size as a number", line: 9,
      "sizing: 100",
      "p.yaml:9:9: sizing: `100` doesn't fit; write a mapping with one of the keys `shares`, `notional`, `equity_share`, `volatility_target`, `portfolio_volatility`, `risk_per_trade`, `kelly`, `inverse_volatility` or `risk_parity`"
    ),
    WrongProfile(
      "a share without unit", line: 9,
      "sizing: {equity_share: 0.95}",
      "p.yaml:9:24: sizing.equity_share: `0.95` has no unit; write a share above 0 % and at most 1000 %, such as `95 %`"
    ),
    WrongProfile(
      "a share that is a word", line: 9,
      "sizing: {equity_share: most}",
      "p.yaml:9:24: sizing.equity_share: `most` doesn't fit; write a share above 0 % and at most 1000 %, such as `95 %`"
    ),
    WrongProfile(
      "a share of nothing", line: 9,
      "sizing: {equity_share: 0 %}",
      "p.yaml:9:24: sizing.equity_share: `0 %` is out of range; write a share above 0 % and at most 1000 %, such as `95 %`"
    ),
    WrongProfile(
      "a misspelt order type", line: 10,
      "execution: {order: limt}",
      "p.yaml:10:20: execution.order: unknown word `limt`; did you mean `limit`?"),
    WrongProfile(
      "a time in force in full", line: 10,
      "execution: {time_in_force: good_till_cancelled}",
      "p.yaml:10:28: execution.time_in_force: unknown word `good_till_cancelled`; use `day`, `gtc`, `ioc`, `fok` or `gtd`"
    ),
    WrongProfile(
      "an offset that nothing looks at", line: 10,
      "execution: {order: market, limit_offset_ticks: 2}",
      "p.yaml:10:48: execution.limit_offset_ticks: orders of type `market` don't look at this; remove it or write `order: limit` or `order: stop_limit` or `order: limit_if_touched` or `order: trailing_stop_limit` or `order: limit_on_open` or `order: limit_on_close`"
    ),
    WrongProfile(
      "a trailing stop that trails nothing", line: 10,
      "execution: {order: trailing_stop}",
      "p.yaml:10:12: execution: `trail` is missing; add a share above 0 % and below 100 %, such as `2 %`"),
    WrongProfile(
      "a trail without a trailing stop", line: 10,
      "execution: {order: stop, trail: 2 %}",
      "p.yaml:10:33: execution.trail: this has a meaning only with `order: trailing_stop`; add that or remove this"),
    WrongProfile(
      "a date without its length", line: 10,
      "execution: {order: limit, time_in_force: gtd}",
      "p.yaml:10:12: execution: `good_for` is missing; add a duration above 0 s and at most 100000 d, such as `5 d`"),
    WrongProfile(
      "an opening that waits for ever", line: 10,
      "execution: {order: market_on_open, time_in_force: gtc}",
      "p.yaml:10:51: execution.time_in_force: an order for an opening or closing has one chance, and is a `day` order; change one of the values"
    ),
    WrongProfile(
      "a post-only order that takes", line: 10,
      "execution: {order: market, post_only: true}",
      "p.yaml:10:39: execution.post_only: this has a meaning only with `order: limit`; add that or remove this"),
    WrongProfile(
      "an entry that only reduces", line: 10,
      "execution: {reduce_only: true}",
      "p.yaml:10:26: execution.reduce_only: an order that opens can't be reduce-only; write it under `execution.exit`; change one of the values"
    ),
    WrongProfile(
      "an amendment of a group", line: 10,
      "execution: {order: limit, replace: amend, or: {order: stop}}",
      "p.yaml:10:36: execution.replace: orders of a group are sent anew; take out `or`, or write `replace: new`; change one of the values"
    ),
    WrongProfile(
      "a second entry that only reduces", line: 10,
      "execution: {order: limit, or: {order: stop, reduce_only: true}}",
      "p.yaml:10:58: execution.or.reduce_only: an order that opens can't be reduce-only; write it under `execution.exit`; change one of the values"
    ),
    WrongProfile(
      "two stops for one position", line: 11,
      "exits: {stop_loss: 2 %, trailing_stop: 3 %}",
      "p.yaml:11:40: exits.trailing_stop: one stop is enough: keep `stop_loss` or `trailing_stop`; change one of the values"
    ),
    WrongProfile(
      "half a tick", line: 10,
      "execution: {order: limit, limit_offset_ticks: 0.5}",
      "p.yaml:10:47: execution.limit_offset_ticks: `0.5` is not whole; write a whole number of at least -1_000_000 and at most 1_000_000"
    ),
    WrongProfile(
      "a stop a whole price away", line: 11,
      "exits: {stop_loss: 100 %}",
      "p.yaml:11:20: exits.stop_loss: `100 %` is out of range; write a share above 0 % and below 100 %, such as `2 %`"),
    WrongProfile(
      "a share finer than a millionth", line: 11,
      "exits: {take_profit: 0.00001 %}",
      "p.yaml:11:22: exits.take_profit: `0.00001 %` is finer than a millionth; write a share above 0 % and at most 10000 %, such as `5 %`"
    ),
    WrongProfile(
      "a whole volume and more", line: 13,
      "  volume_share: 101 %",
      "p.yaml:13:17: fills.volume_share: `101 %` is out of range; write a share above 0 % and at most 100 %, such as `10 %`"
    ),
    WrongProfile(
      "a misspelt none", line: 14,
      "  slippage: non",
      "p.yaml:14:13: fills.slippage: unknown word `non`; did you mean `none`?"),
    WrongProfile(
      "two kinds of slippage", line: 14,
      "  slippage: {ticks: 1, basis_points: 5}",
      "p.yaml:14:3: fills.slippage: `ticks` and `basis_points` are given together; keep one of them"),
    WrongProfile(
      "a unit where the key names it", line: 14,
      "  slippage: {basis_points: 5 bp}",
      "p.yaml:14:28: fills.slippage.basis_points: `5 bp` is no number; write a number above 0 and at most 10_000"),
    WrongProfile(
      "a minimum fee without a rate", line: 15,
      "  fees: {minimum: 1}",
      "p.yaml:15:3: fills.fees: nothing says which model is meant; give one of `per_share`, `basis_points` or `maker_taker`"
    ),
    WrongProfile(
      "a minimum fee of another model", line: 15,
      "  fees: {basis_points: 5, minimum: 1}",
      "p.yaml:15:36: fills.fees.minimum: this has a meaning only with `per_share`; add that or remove this"),
    WrongProfile(
      "a fee a unit of what is received", line: 15,
      "  fees: {per_share: 0.005, paid_in: received}",
      "p.yaml:15:37: fills.fees.paid_in: what is received pays a share of itself, and `per_share` is none; change one of the values"
    ),
    WrongProfile(
      "a rebate of what is received", line: 15,
      "  fees: {maker_taker: [{from: 0, maker: -1 bp, taker: 5 bp}], paid_in: received}",
      "p.yaml:15:72: fills.fees.paid_in: a rebate below zero can't be kept of what is received; change one of the values"
    ),
    WrongProfile(
      "fees of something else", line: 15,
      "  fees: {basis_points: 5, paid_in: base}",
      "p.yaml:15:36: fills.fees.paid_in: unknown word `base`; use `quote` or `received`"),
    WrongProfile(
      "no tiers", line: 15,
      "  fees: {maker_taker: []}",
      "p.yaml:15:23: fills.fees.maker_taker: the list is empty; add a tier, such as `{from: 0, maker: -1 bp, taker: 5 bp}`"
    ),
    WrongProfile(
      "a first tier above zero", line: 15,
      "  fees: {maker_taker: [{from: 5, maker: 1 bp, taker: 2 bp}]}",
      "p.yaml:15:31: fills.fees.maker_taker[0].from: the first tier begins at `5`, so that nothing says what is paid before; write `from: 0`"
    ),
    WrongProfile(
      "tiers in another order", line: 15,
      "  fees:\n    maker_taker:\n      - {from: 0, maker: 1 bp, taker: 2 bp}\n      - {from: 100, maker: 1 bp, taker: 2 bp}\n      - {from: 50, maker: 1 bp, taker: 2 bp}",
      "p.yaml:19:16: fills.fees.maker_taker[2].from: the tier begins at `50`, the one before it at `100`; sort the tiers, each with its own start"
    ),
    WrongProfile(
      "a tier without taker", line: 15,
      "  fees: {maker_taker: [{from: 0, maker: 1 bp}]}",
      "p.yaml:15:24: fills.fees.maker_taker[0]: `taker` is missing; add a share of at least -100 % and at most 100 %, such as `5 bp`"
    ),
    WrongProfile(
      "a lot method we don't have", line: 16,
      "lots: lifo",
      "p.yaml:16:7: lots: unknown word `lifo`; did you mean `fifo`?"),
    WrongProfile(
      "a cap of zero", line: 19,
      "  require_cash: true\n  max_position: 0",
      "p.yaml:20:17: risk.max_position: `0` is out of range; write a number above 0 and at most 4_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "a confidence above one", line: 19,
      "  require_cash: true\n  min_confidence: 1.5",
      "p.yaml:20:19: risk.min_confidence: `1.5` is out of range; write a number of at least 0 and at most 1"),
    WrongProfile(
      "a confidence finer than a millionth", line: 19,
      "  require_cash: true\n  min_confidence: 0.0000001",
      "p.yaml:20:19: risk.min_confidence: `0.0000001` has more than 6 decimals; write a number of at least 0 and at most 1"
    ),
    WrongProfile(
      "three threads", line: 20,
      "journal: {threads: 3}",
      "p.yaml:20:20: journal.threads: `3` is out of range; write a whole number of at least 1 and at most 2"),
    WrongProfile(
      "a compression level that zstd doesn't have", line: 20,
      "journal: {level: 40}",
      "p.yaml:20:18: journal.level: `40` is out of range; write a whole number of at least 1 and at most 19"),
    WrongProfile(
      "snapshots without a number", line: 20,
      "snapshots: {}",
      "p.yaml:20:1: snapshots: `every_events` is missing; add a whole number of at least 1 and at most 1_000_000_000_000"
    ),
    WrongProfile(
      "several problems at once, in the order of the file", line: 8,
      "  - probe: {count: 0}\nsizing: {sharess: 1}\nbras: x",
      "p.yaml:8:20: strategies[0].probe.count: `0` is out of range; write a whole number of at least 1 and at most 100\np.yaml:9:10: sizing: unknown key `sharess`; did you mean `shares`?\np.yaml:10:1: unknown key `bras`; did you mean `bars`?\np.yaml:11:1: `sizing` is given again, first in line 9; keep one of them"
    ),
    WrongProfile(
      "an anchor that is not there", line: 20,
      "journal: *nowhere",
      "p.yaml:20:10: this is no valid YAML: found undefined alias; correct the text here or just before"),
    WrongProfile(
      "an open bracket", line: 2,
      "universe: [AAPL, MSFT",
      "p.yaml:3:6: this is no valid YAML: while parsing a flow sequence, did not find expected ',' or ']'; correct the text here or just before"
    ),
    WrongProfile(
      "a tab for indentation", line: 13,
      "\tvolume_share: 10 %",
      "p.yaml:13:1: this is no valid YAML: while scanning for the next token, found character that cannot start any token; correct the text here or just before"
    ),
    WrongProfile(
      "a second document", line: 20,
      "---\nname: other",
      "p.yaml:20:1: a second YAML document begins here; keep one profile a file"),
    WrongProfile(
      "a character that YAML forbids", line: 1,
      "name: sam\u{7}ple",
      "p.yaml:1:10: this is no valid YAML: control characters are not allowed; correct the text here or just before"),
    WrongProfile(
      "an empty file", whole: "",
      "p.yaml:1:1: the profile is empty; start from a file in config/profiles"),
    WrongProfile(
      "a file of comments", whole: "# nothing\n",
      "p.yaml:1:1: the profile is empty; start from a file in config/profiles"),
    WrongProfile(
      "a file that is a word", whole: "hello\n",
      "p.yaml:1:1: `hello` doesn't fit; write a mapping with the keys `name`, `bars`, `universe`, `start`, `end`, `currency`, `cash`, `strategies`, `sizing`, `execution`, `exits`, `fills`, `lots`, `risk`, `account`, `rolls`, `sessions`, `corporate_actions`, `currencies`, `snapshots`, `journal`, `decision_bars`, `instance`, `interval`, `instruments`, `feeds`, `warmup`, `submit`, `venue` and `clock`"
    ),
    WrongProfile(
      "a file that is a list", whole: "- name: x\n- cash: 1\n",
      "p.yaml:1:1: a list stands here; write a mapping with the keys `name`, `bars`, `universe`, `start`, `end`, `currency`, `cash`, `strategies`, `sizing`, `execution`, `exits`, `fills`, `lots`, `risk`, `account`, `rolls`, `sessions`, `corporate_actions`, `currencies`, `snapshots`, `journal`, `decision_bars`, `instance`, `interval`, `instruments`, `feeds`, `warmup`, `submit`, `venue` and `clock`"
    ),
    WrongProfile(
      "an empty mapping", whole: "{}\n",
      "p.yaml:1:1: `name` is missing; add a name of a–z, 0–9 and _, such as `sma_cross`\np.yaml:1:1: `universe` is missing; add `all` or a list of symbols, such as `[AAPL, MSFT]`\np.yaml:1:1: `currency` is missing; add a currency's code in capitals, such as `USD`\np.yaml:1:1: `cash` is missing; add a number above 0 and at most 1_000_000_000_000_000\np.yaml:1:1: `strategies` is missing; add a list of strategies, such as `- sma_cross: {fast: 10, slow: 30}`\np.yaml:1:1: `sizing` is missing; add a mapping with one of the keys `shares`, `notional`, `equity_share`, `volatility_target`, `portfolio_volatility`, `risk_per_trade`, `kelly`, `inverse_volatility` or `risk_parity`\np.yaml:1:1: `fills` is missing; add a mapping with the keys `volume_share`, `slippage` and `fees`\np.yaml:1:1: `lots` is missing; add `average` or `fifo`\np.yaml:1:1: `risk` is missing; add a mapping with the keys `allow_short` and `require_cash`"
    ),
  ]
}
