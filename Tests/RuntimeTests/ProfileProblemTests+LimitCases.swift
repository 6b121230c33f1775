/// Limits by scope, the kill rule, sessions and friction.
extension ProfileProblemTests {
  static let limitCases = [
    WrongProfile(
      "a misspelt limit", line: 19,
      "  require_cash: true\n  max_positon: 5",
      "p.yaml:20:3: risk: unknown key `max_positon`; did you mean `max_position`?"),
    WrongProfile(
      "one cap by two names", line: 19,
      "  require_cash: true\n  max_shares: 1\n  max_position: 1",
      "p.yaml:20:3: risk: `max_position` and `max_shares` are given together; keep one of them"),
    WrongProfile(
      "a misspelt unlimited", line: 19,
      "  require_cash: true\n  max_position: unlimted",
      "p.yaml:20:17: risk.max_position: unknown word `unlimted`; did you mean `unlimited`?"),
    WrongProfile(
      "a cap that is a word", line: 19,
      "  require_cash: true\n  max_position: many",
      "p.yaml:20:17: risk.max_position: `many` is no number; write a number above 0 and at most 4_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "a cap in quotes", line: 19,
      "  require_cash: true\n  max_position: \"5\"",
      "p.yaml:20:17: risk.max_position: `5` is in quotes and so a text; write a number above 0 and at most 4_000_000_000, or `unlimited`, without quotes"
    ),
    WrongProfile(
      "gross exposure of nothing", line: 19,
      "  require_cash: true\n  max_gross: 0",
      "p.yaml:20:14: risk.max_gross: `0` is out of range; write a number above 0 and at most 1_000_000_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "net exposure below zero", line: 19,
      "  require_cash: true\n  max_net: -5",
      "p.yaml:20:12: risk.max_net: `-5` is out of range; write a number above 0 and at most 1_000_000_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "a day's net with a unit", line: 19,
      "  require_cash: true\n  max_daily_net: 5 %",
      "p.yaml:20:18: risk.max_daily_net: `5 %` is no number; write a number above 0 and at most 1_000_000_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "a position's value that is a list", line: 19,
      "  require_cash: true\n  max_position_notional: [5]",
      "p.yaml:20:26: risk.max_position_notional: a list stands here; write a number above 0 and at most 1_000_000_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "leverage finer than a millionth", line: 19,
      "  require_cash: true\n  max_leverage: 1.00000001",
      "p.yaml:20:17: risk.max_leverage: `1.00000001` has more than 6 decimals; write a number above 0 and at most 1_000, or `unlimited`"
    ),
    WrongProfile(
      "a share of volume without unit", line: 19,
      "  require_cash: true\n  max_volume_share: 0.05",
      "p.yaml:20:21: risk.max_volume_share: `0.05` has no unit; write a share above 0 % and at most 100 %, such as `5 %`, or `unlimited`"
    ),
    WrongProfile(
      "a collar of nothing", line: 19,
      "  require_cash: true\n  price_collar: 0 %",
      "p.yaml:20:17: risk.price_collar: `0 %` is out of range; write a share above 0 % and at most 100 %, such as `5 %`, or `unlimited`"
    ),
    WrongProfile(
      "a collar that is no share", line: 19,
      "  require_cash: true\n  close_collar: wide",
      "p.yaml:20:17: risk.close_collar: `wide` doesn't fit; write a share above 0 % and at most 100 %, such as `5 %`, or `unlimited`"
    ),
    WrongProfile(
      "a guard without bounds", line: 19,
      "  require_cash: true\n  price_guard: {}",
      "p.yaml:20:16: risk.price_guard: nothing is said here; give one of `min` or `max`"),
    WrongProfile(
      "a guard that is a number", line: 19,
      "  require_cash: true\n  price_guard: 100",
      "p.yaml:20:16: risk.price_guard: `100` doesn't fit; write a mapping with the keys `min` and `max`, or `unlimited`"
    ),
    WrongProfile(
      "a guard the wrong way round", line: 19,
      "  require_cash: true\n  price_guard: {min: 10, max: 5}",
      "p.yaml:20:22: risk.price_guard.min: min must be less than max; change one of the values"),
    WrongProfile(
      "a guard with other words", line: 19,
      "  require_cash: true\n  price_guard: {low: 10, high: 20}",
      "p.yaml:20:17: risk.price_guard: unknown key `low`; use `min` or `max`\np.yaml:20:26: risk.price_guard: unknown key `high`; use `min` or `max`"
    ),
    WrongProfile(
      "an age without unit", line: 19,
      "  require_cash: true\n  stale_after: 90",
      "p.yaml:20:16: risk.stale_after: `90` has no unit; write a duration above 0 s and at most 366 d, such as `90 s`, or `unlimited`"
    ),
    WrongProfile(
      "an age in another unit", line: 19,
      "  require_cash: true\n  stale_after: 90 seconds",
      "p.yaml:20:16: risk.stale_after: `90 seconds` doesn't fit; write a duration above 0 s and at most 366 d, such as `90 s`, or `unlimited`"
    ),
    WrongProfile(
      "an age of nothing", line: 19,
      "  require_cash: true\n  stale_after: 0 s",
      "p.yaml:20:16: risk.stale_after: `0 s` is out of range; write a duration above 0 s and at most 366 d, such as `90 s`, or `unlimited`"
    ),
    WrongProfile(
      "an age beyond a year", line: 19,
      "  require_cash: true\n  stale_after: 367 d",
      "p.yaml:20:16: risk.stale_after: `367 d` is out of range; write a duration above 0 s and at most 366 d, such as `90 s`, or `unlimited`"
    ),
    WrongProfile(
      "an age finer than a nanosecond", line: 19,
      "  require_cash: true\n  stale_after: 0.0000001 ms",
      "p.yaml:20:16: risk.stale_after: `0.0000001 ms` is finer than a nanosecond; write a duration above 0 s and at most 366 d, such as `90 s`, or `unlimited`"
    ),
    WrongProfile(
      "an age below zero", line: 19,
      "  require_cash: true\n  stale_after: -1 s",
      "p.yaml:20:16: risk.stale_after: `-1 s` is out of range; write a duration above 0 s and at most 366 d, such as `90 s`, or `unlimited`"
    ),
    WrongProfile(
      "a rate without window", line: 19,
      "  require_cash: true\n  max_order_rate: {count: 10}",
      "p.yaml:20:3: risk.max_order_rate: `within` is missing; add a duration above 0 s and at most 366 d, such as `1 min`"
    ),
    WrongProfile(
      "a rate of none", line: 19,
      "  require_cash: true\n  max_order_rate: {count: 0, within: 1 s}",
      "p.yaml:20:27: risk.max_order_rate.count: `0` is out of range; write a whole number of at least 1 and at most 10_000"
    ),
    WrongProfile(
      "a window of nothing", line: 19,
      "  require_cash: true\n  max_repeats: {count: 3, within: 0 s}",
      "p.yaml:20:35: risk.max_repeats.within: `0 s` is out of range; write a duration above 0 s and at most 366 d, such as `1 min`"
    ),
    WrongProfile(
      "a rate as a number", line: 19,
      "  require_cash: true\n  max_repeats: 3",
      "p.yaml:20:16: risk.max_repeats: `3` doesn't fit; write a mapping with the keys `count` and `within`, or `unlimited`"
    ),
    WrongProfile(
      "fewer located than none", line: 19,
      "  require_cash: true\n  locate: -1",
      "p.yaml:20:11: risk.locate: `-1` is out of range; write a number of at least 0 and at most 4_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "hours that end before they begin", line: 19,
      "  require_cash: true\n  hours: 15:45-09:45",
      "p.yaml:20:10: risk.hours: the hours must begin before they end, on one day; change one of the values"),
    WrongProfile(
      "hours of nothing", line: 19,
      "  require_cash: true\n  hours: 10:00-10:00",
      "p.yaml:20:10: risk.hours: the hours must begin before they end, on one day; change one of the values"),
    WrongProfile(
      "hours beyond the day", line: 19,
      "  require_cash: true\n  hours: 09:30-24:01",
      "p.yaml:20:10: risk.hours: `09:30-24:01` doesn't fit; write local times from 00:00 to 24:00, such as `09:45-15:45`"
    ),
    WrongProfile(
      "hours without minutes", line: 19,
      "  require_cash: true\n  hours: 9-16",
      "p.yaml:20:10: risk.hours: `9-16` doesn't fit; write local times from 00:00 to 24:00, such as `09:45-15:45`"),
    WrongProfile(
      "hours with a sixtieth minute", line: 19,
      "  require_cash: true\n  hours: 09:60-16:00",
      "p.yaml:20:10: risk.hours: `09:60-16:00` doesn't fit; write local times from 00:00 to 24:00, such as `09:45-15:45`"
    ),
    WrongProfile(
      "an allowance that is a list", line: 19,
      "  require_cash: true\n  allowed: [AAPL]",
      "p.yaml:20:12: risk.allowed: a list stands here; write `true` or `false`"),
    WrongProfile(
      "self crossing in other words", line: 19,
      "  require_cash: true\n  forbid_self_crossing: yes",
      "p.yaml:20:25: risk.forbid_self_crossing: `yes` doesn't fit; write `true` or `false`"),
    WrongProfile(
      "a limit of a strategy that isn't there", line: 19,
      "  require_cash: true\n  strategies: {1: {max_gross: 5}}",
      "p.yaml:20:16: risk.strategies: unknown strategy `1`; did you mean `0`?"),
    WrongProfile(
      "a limit of a misspelt strategy", line: 19,
      "  require_cash: true\n  strategies: {prob: {max_gross: 5}}",
      "p.yaml:20:16: risk.strategies: unknown strategy `prob`; did you mean `probe`?"),
    WrongProfile(
      "limits of one strategy by place and name", line: 19,
      "  require_cash: true\n  strategies: {0: {max_gross: 5}, probe: {max_gross: 6}}",
      "p.yaml:20:35: risk.strategies: `probe` is given again, first in line 20; keep one of them"),
    WrongProfile(
      "a limit of a name that stands twice",
      whole:
        "name: sample\nuniverse: [AAPL, MSFT]\nstart: 2004-01-01\nend: 2013-01-01\ncurrency: USD\ncash: 100_000\nstrategies:\n  - probe: {count: 1}\n  - probe: {count: 2}\nsizing: {shares: 100}\nexecution: {order: market}\nexits: {stop_loss: 2 %}\nfills:\n  volume_share: 10 %\n  slippage: none\n  fees: none\nlots: average\nrisk:\n  allow_short: false\n  require_cash: true\n  strategies: {probe: {max_gross: 5}}\njournal: {threads: 1}\n",
      "p.yaml:21:16: risk.strategies: `probe` stands in the list of strategies at `0` and `1`, counted from 0; write the place instead of the name"
    ),
    WrongProfile(
      "limits of strategies as a list", line: 19,
      "  require_cash: true\n  strategies: [{max_gross: 5}]",
      "p.yaml:20:15: risk.strategies: a list stands here; write a mapping from names to limits, such as `{0: {max_position: 100}}`"
    ),
    WrongProfile(
      "a wrong limit of a strategy", line: 19,
      "  require_cash: true\n  strategies: {probe: {max_gros: 5}}",
      "p.yaml:20:24: risk.strategies.probe: unknown key `max_gros`; did you mean `max_gross`?"),
    WrongProfile(
      "a limit of a misspelt symbol", line: 19,
      "  require_cash: true\n  symbols: {APPL: {max_gross: 5}}",
      "p.yaml:20:13: risk.symbols: `APPL` is not in the universe; did you mean `AAPL`?"),
    WrongProfile(
      "a limit of a symbol that isn't in the universe", line: 19,
      "  require_cash: true\n  symbols: {GOOG: {max_gross: 5}}",
      "p.yaml:20:13: risk.symbols: `GOOG` is not in the universe; add it there or remove this"),
    WrongProfile(
      "a symbol's limits that are a number", line: 19,
      "  require_cash: true\n  symbols: {AAPL: 5}",
      "p.yaml:20:19: risk.symbols.AAPL: `5` doesn't fit; write a mapping with the keys `allowed`, `hours`, `stale_after`, `min_confidence`, `price_guard`, `price_collar`, `close_collar`, `max_order_rate`, `max_repeats`, `locate`, `max_order_quantity`, `max_order_notional`, `max_volume_share`, `max_position`, `max_shares`, `max_position_notional`, `max_gross`, `max_net`, `max_daily_net` and `max_leverage`"
    ),
    WrongProfile(
      "a sector's wrong limit", line: 19,
      "  require_cash: true\n  sectors: {technology: {max_gross: 0}}",
      "p.yaml:20:37: risk.sectors.technology.max_gross: `0` is out of range; write a number above 0 and at most 1_000_000_000_000_000, or `unlimited`"
    ),
    WrongProfile(
      "sectors as a word", line: 19,
      "  require_cash: true\n  sectors: technology",
      "p.yaml:20:12: risk.sectors: `technology` doesn't fit; write a mapping from names to limits, such as `{technology: {max_gross: 100_000}}`"
    ),
    WrongProfile(
      "a symbol twice among the limits", line: 19,
      "  require_cash: true\n  symbols:\n    AAPL: {max_gross: 5}\n    AAPL: {max_gross: 6}",
      "p.yaml:22:5: risk.symbols: `AAPL` is given again, first in line 21; keep one of them"),
    WrongProfile(
      "a correlation without a cap", line: 19,
      "  require_cash: true\n  correlation: {at_least: 0.8}",
      "p.yaml:20:3: risk.correlation: `max_gross` is missing; add a number above 0 and at most 1_000_000_000_000_000"),
    WrongProfile(
      "a correlation above one", line: 19,
      "  require_cash: true\n  correlation: {at_least: 1.1, max_gross: 5}",
      "p.yaml:20:27: risk.correlation.at_least: `1.1` is out of range; write a number above 0 and at most 1"),
    WrongProfile(
      "a correlation that never forgets", line: 19,
      "  require_cash: true\n  correlation: {at_least: 0.8, max_gross: 5, decay: 1}",
      "p.yaml:20:53: risk.correlation.decay: `1` is out of range; write a number of at least 0.000001 and at most 0.999999"
    ),
    WrongProfile(
      "a kill without steps", line: 19,
      "  require_cash: true\n  kill: {collar: []}",
      "p.yaml:20:18: risk.kill.collar: the list is empty; add a share above 0 % and at most 100 %, such as `5 %`"),
    WrongProfile(
      "a kill whose steps don't widen", line: 19,
      "  require_cash: true\n  kill: {collar: [1 %, 2 %, 2 %]}",
      "p.yaml:20:29: risk.kill.collar[2]: each step must be wider than the one before; change one of the values"),
    WrongProfile(
      "a kill with one collar", line: 19,
      "  require_cash: true\n  kill: {collar: 1 %}",
      "p.yaml:20:18: risk.kill.collar: `1 %` doesn't fit; write a list of shares, each wider than the one before, such as `[1 %, 2 %, 5 %]`"
    ),
    WrongProfile(
      "a kill that ends at market without a collar", line: 19,
      "  require_cash: true\n  kill: {then: market}",
      "p.yaml:20:16: risk.kill.then: this has a meaning only with `collar`; add that or remove this"),
    WrongProfile(
      "a kill that ends in other words", line: 19,
      "  require_cash: true\n  kill: {collar: [1 %], then: wait}",
      "p.yaml:20:31: risk.kill.then: unknown word `wait`; use `repeat` or `market`"),
    WrongProfile(
      "a kill file that is no path", line: 19,
      "  require_cash: true\n  kill: {file: [x]}",
      "p.yaml:20:16: risk.kill.file: a list stands here; write a path, such as `data/aapl.zst`"),
    WrongProfile(
      "a currency without its rate", line: 20,
      "currencies: {EUR: {cash: 5, start: 1.1}}",
      "p.yaml:20:14: currencies.EUR: `rate` is missing; add a symbol of 1 to 64 characters without blanks, such as `AAPL`"
    ),
    WrongProfile(
      "a currency that is the run's own", line: 20,
      "currencies: {USD: {rate: EURUSD}}",
      "p.yaml:20:14: currencies: `USD` doesn't fit; write `convert`, `cost`, or the code of another currency than the profile's own, such as `EUR`"
    ),
    WrongProfile(
      "a traded rate whose money is turned at once", line: 20,
      "currencies: {EUR: {rate: EURUSD, trade: true}}",
      "p.yaml:20:13: currencies: a rate that is traded owes its currency, and `convert` is `at_once`: what it brings would be turned back at its own price and nothing won or lost; write `convert: never`; change one of the values"
    ),
    WrongProfile(
      "a conversion that nobody knows", line: 20,
      "currencies: {EUR: {rate: EURUSD}, convert: later}",
      "p.yaml:20:44: currencies.convert: unknown word `later`; use `at_once` or `never`"),
    WrongProfile(
      "corporate actions with another word", line: 20,
      "corporate_actions: {missing_split: ignore}",
      "p.yaml:20:36: corporate_actions.missing_split: unknown word `ignore`; use `jump`, `alert` or `quarantine`"),
    WrongProfile(
      "sessions with another word", line: 20,
      "sessions: {outside: ignore}",
      "p.yaml:20:21: sessions.outside: unknown word `ignore`; use `accept`, `flag`, `quarantine` or `refuse`"),
    WrongProfile(
      "a closed market with another word", line: 20,
      "sessions: {closed: reject, halted: stop}",
      "p.yaml:20:20: sessions.closed: unknown word `reject`; use `wait` or `refuse`\np.yaml:20:36: sessions.halted: unknown word `stop`; use `wait` or `refuse`"
    ),
    WrongProfile(
      "hours of another kind", line: 20,
      "sessions: {hours: night}",
      "p.yaml:20:19: sessions.hours: unknown word `night`; use `regular` or `extended`"),
    WrongProfile(
      "a calendar that we don't have", line: 20,
      "sessions: {day: xnyse}",
      "p.yaml:20:17: sessions.day: unknown word `xnyse`; did you mean `xnys`?"),
    WrongProfile(
      "friction without unit", line: 15,
      "  fees: none\n  friction: {rejects: 0.01}",
      "p.yaml:16:23: fills.friction.rejects: `0.01` has no unit; write a share of at least 0 % and at most 100 %, such as `1 %`"
    ),
    WrongProfile(
      "friction with another seed", line: 15,
      "  fees: none\n  friction: {seed: -1}",
      "p.yaml:16:20: fills.friction.seed: `-1` is out of range; write a whole number of at least 0 and at most 1_000_000_000_000"
    ),
  ]
}
