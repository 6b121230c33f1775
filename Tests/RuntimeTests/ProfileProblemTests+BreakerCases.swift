/// Breakers: names, units, windows, scopes and how they come back.
extension ProfileProblemTests {
  static let breakerCases = [
    WrongProfile(
      "breakers as a mapping", line: 19,
      "  require_cash: true\n  breakers: {drawdown: {threshold: 5 %, action: halt}}",
      "p.yaml:20:13: risk.breakers: a mapping stands here; write a list of breakers, such as `- daily_loss: {threshold: 2 %, action: halt}`"
    ),
    WrongProfile(
      "a breaker that is a word", line: 19,
      "  require_cash: true\n  breakers: [drawdown]",
      "p.yaml:20:14: risk.breakers[0].drawdown: `threshold` is missing; add a share above 0 % and at most 100 %, such as `15 %`\np.yaml:20:14: risk.breakers[0].drawdown: `action` is missing; add `alert`, `reduce_only`, `halt` or `flatten`"
    ),
    WrongProfile(
      "a misspelt breaker", line: 19,
      "  require_cash: true\n  breakers: [{drawdon: {threshold: 5 %, action: halt}}]",
      "p.yaml:20:15: risk.breakers[0]: unknown breaker `drawdon`; did you mean `drawdown`?"),
    WrongProfile(
      "a breaker that we don't have", line: 19,
      "  require_cash: true\n  breakers: [{margin: {threshold: 5 %, action: halt}}]",
      "p.yaml:20:15: risk.breakers[0]: unknown breaker `margin`; use `daily_loss`, `drawdown`, `consecutive_losses`, `order_rate`, `reject_rate`, `slippage`, `feed_gap`, `reconciliation`, `clock_jump`, `confidence_drift`, `confidence_shift`, `confidence_stuck`, `prediction_bounds`, `signal_rate`, `signal_silence` or `position_drift`"
    ),
    WrongProfile(
      "two breakers in one item", line: 19,
      "  require_cash: true\n  breakers: \n    - drawdown:\n      threshold: 5 %",
      "p.yaml:21:7: risk.breakers[0]: an item of the list is one breaker, its settings in braces or indented deeper than its name; change one of the values"
    ),
    WrongProfile(
      "a breaker without action", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5 %}}]",
      "p.yaml:20:15: risk.breakers[0].drawdown: `action` is missing; add `alert`, `reduce_only`, `halt` or `flatten`"),
    WrongProfile(
      "a breaker without threshold", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {action: halt}}]",
      "p.yaml:20:15: risk.breakers[0].drawdown: `threshold` is missing; add a share above 0 % and at most 100 %, such as `15 %`"
    ),
    WrongProfile(
      "a breaker with another action", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5 %, action: stop}}]",
      "p.yaml:20:50: risk.breakers[0].drawdown.action: unknown word `stop`; use `alert`, `reduce_only`, `halt` or `flatten`"
    ),
    WrongProfile(
      "a breaker that flattens and comes back by itself", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5 %, action: flatten, rearm: next_session}}]",
      "p.yaml:20:66: risk.breakers[0].drawdown.rearm: after it has flattened, a breaker is armed again by `operator` alone; change one of the values"
    ),
    WrongProfile(
      "a breaker that comes back in another way", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5 %, action: halt, rearm: tomorrow}}]",
      "p.yaml:20:63: risk.breakers[0].drawdown.rearm: unknown word `tomorrow`; use `next_session` or `operator`"),
    WrongProfile(
      "a breaker of a sector", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 5 %, action: halt, scope: sector}}]",
      "p.yaml:20:65: risk.breakers[0].daily_loss.scope: unknown word `sector`; use `account`, `strategy` or `symbol`"),
    WrongProfile(
      "a drawdown of a symbol", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5 %, action: halt, scope: symbol}}]",
      "p.yaml:20:63: risk.breakers[0].drawdown.scope: unknown word `symbol`; use `account`"),
    WrongProfile(
      "a loss that is a word", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: much, action: halt}}]",
      "p.yaml:20:39: risk.breakers[0].daily_loss.threshold: `much` doesn't fit; write a number above 0 and at most 9_000_000_000, in the run's currency, or a share above 0 % and at most 100 %, such as `2 %`"
    ),
    WrongProfile(
      "a loss of all and more", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 101 %, action: halt}}]",
      "p.yaml:20:39: risk.breakers[0].daily_loss.threshold: `101 %` is out of range; write a number above 0 and at most 9_000_000_000, in the run's currency, or a share above 0 % and at most 100 %, such as `2 %`"
    ),
    WrongProfile(
      "a loss of nothing", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 0, action: halt}}]",
      "p.yaml:20:39: risk.breakers[0].daily_loss.threshold: `0` is out of range; write a number above 0 and at most 9_000_000_000, in the run's currency, or a share above 0 % and at most 100 %, such as `2 %`"
    ),
    WrongProfile(
      "a loss beyond 64 bits", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 10_000_000_000, action: halt}}]",
      "p.yaml:20:39: risk.breakers[0].daily_loss.threshold: `10_000_000_000` is out of range; write a number above 0 and at most 9_000_000_000, in the run's currency, or a share above 0 % and at most 100 %, such as `2 %`"
    ),
    WrongProfile(
      "a loss with open positions in other words", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 1, with_open: no, action: halt}}]",
      "p.yaml:20:53: risk.breakers[0].daily_loss.with_open: `no` doesn't fit; write `true` or `false`"),
    WrongProfile(
      "a loss that is unlimted", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: unlimted}]",
      "p.yaml:20:27: risk.breakers[0].daily_loss: unknown word `unlimted`; did you mean `unlimited`?"),
    WrongProfile(
      "a drawdown that is unlimited", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: unlimited}]",
      "p.yaml:20:25: risk.breakers[0].drawdown: `unlimited` doesn't fit; write a mapping with the keys `threshold`, `scope`, `only`, `action` and `rearm`"
    ),
    WrongProfile(
      "a drawdown in money", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5000, action: halt}}]",
      "p.yaml:20:37: risk.breakers[0].drawdown.threshold: `5000` has no unit; write a share above 0 % and at most 100 %, such as `15 %`"
    ),
    WrongProfile(
      "open positions of a drawdown", line: 19,
      "  require_cash: true\n  breakers: [{drawdown: {threshold: 5 %, with_open: true, action: halt}}]",
      "p.yaml:20:42: risk.breakers[0].drawdown: unknown key `with_open`; use `threshold`, `scope`, `only`, `action` or `rearm`"
    ),
    WrongProfile(
      "losses in a row as a share", line: 19,
      "  require_cash: true\n  breakers: [{consecutive_losses: {threshold: 5 %, action: halt}}]",
      "p.yaml:20:47: risk.breakers[0].consecutive_losses.threshold: `5 %` is no number; write a whole number of at least 1 and at most 10_000"
    ),
    WrongProfile(
      "no losses in a row", line: 19,
      "  require_cash: true\n  breakers: [{consecutive_losses: {threshold: 0, action: halt}}]",
      "p.yaml:20:47: risk.breakers[0].consecutive_losses.threshold: `0` is out of range; write a whole number of at least 1 and at most 10_000"
    ),
    WrongProfile(
      "a rate breaker without window", line: 19,
      "  require_cash: true\n  breakers: [{order_rate: {threshold: 5, action: halt}}]",
      "p.yaml:20:15: risk.breakers[0].order_rate: `within` is missing; add a duration above 0 s and at most 366 d, such as `1 min`"
    ),
    WrongProfile(
      "a rate breaker with a window of nothing", line: 19,
      "  require_cash: true\n  breakers: [{reject_rate: {threshold: 5, within: 0 min, action: halt}}]",
      "p.yaml:20:51: risk.breakers[0].reject_rate.within: `0 min` is out of range; write a duration above 0 s and at most 366 d, such as `1 min`"
    ),
    WrongProfile(
      "a rate breaker over values", line: 19,
      "  require_cash: true\n  breakers: [{signal_rate: {threshold: 5, over: 5, action: halt}}]",
      "p.yaml:20:15: risk.breakers[0].signal_rate: `within` is missing; add a duration above 0 s and at most 366 d, such as `1 min`\np.yaml:20:43: risk.breakers[0].signal_rate: unknown key `over`; use `threshold`, `within`, `scope`, `only`, `action` or `rearm`"
    ),
    WrongProfile(
      "a silence as a duration", line: 19,
      "  require_cash: true\n  breakers: [{signal_silence: {threshold: 1 h, within: 1 d, action: alert}}]",
      "p.yaml:20:43: risk.breakers[0].signal_silence.threshold: `1 h` is no number; write a whole number of at least 1 and at most 10_000"
    ),
    WrongProfile(
      "slippage over one fill", line: 19,
      "  require_cash: true\n  breakers: [{slippage: {threshold: 5 bp, over: 1, action: halt}}]",
      "p.yaml:20:49: risk.breakers[0].slippage.over: `1` is out of range; write a whole number of at least 2 and at most 10_000"
    ),
    WrongProfile(
      "slippage within a time", line: 19,
      "  require_cash: true\n  breakers: [{slippage: {threshold: 5 bp, within: 1 h, action: halt}}]",
      "p.yaml:20:15: risk.breakers[0].slippage: `over` is missing; add a whole number of at least 2 and at most 10_000\np.yaml:20:43: risk.breakers[0].slippage: unknown key `within`; use `threshold`, `over`, `scope`, `only`, `action` or `rearm`"
    ),
    WrongProfile(
      "a feed gap without unit", line: 19,
      "  require_cash: true\n  breakers: [{feed_gap: {threshold: 60, action: halt}}]",
      "p.yaml:20:37: risk.breakers[0].feed_gap.threshold: `60` has no unit; write a duration above 0 s and at most 366 d, such as `90 s`"
    ),
    WrongProfile(
      "a feed gap of a strategy", line: 19,
      "  require_cash: true\n  breakers: [{feed_gap: {threshold: 60 s, action: halt, scope: strategy}}]",
      "p.yaml:20:64: risk.breakers[0].feed_gap.scope: unknown word `strategy`; use `account` or `symbol`"),
    WrongProfile(
      "a difference below zero", line: 19,
      "  require_cash: true\n  breakers: [{reconciliation: {threshold: -1, action: halt}}]",
      "p.yaml:20:43: risk.breakers[0].reconciliation.threshold: `-1` is out of range; write a number of at least 0 and at most 4_000_000_000"
    ),
    WrongProfile(
      "a clock jump as a share", line: 19,
      "  require_cash: true\n  breakers: [{clock_jump: {threshold: 5 %, action: halt}}]",
      "p.yaml:20:39: risk.breakers[0].clock_jump.threshold: `5 %` doesn't fit; write a duration above 0 s and at most 366 d, such as `90 s`"
    ),
    WrongProfile(
      "a drift without values", line: 19,
      "  require_cash: true\n  breakers: [{confidence_drift: {threshold: 0.25, action: alert}}]",
      "p.yaml:20:15: risk.breakers[0].confidence_drift: `over` is missing; add a whole number of at least 2 and at most 10_000"
    ),
    WrongProfile(
      "a shift as a share", line: 19,
      "  require_cash: true\n  breakers: [{confidence_shift: {threshold: 5 %, over: 10, action: alert}}]",
      "p.yaml:20:45: risk.breakers[0].confidence_shift.threshold: `5 %` is no number; write a number above 0 and at most 1_000_000"
    ),
    WrongProfile(
      "a threshold of bounds that are fixed", line: 19,
      "  require_cash: true\n  breakers: [{prediction_bounds: {threshold: 1, action: halt}}]",
      "p.yaml:20:35: risk.breakers[0].prediction_bounds: unknown key `threshold`; use `scope`, `only`, `action` or `rearm`"
    ),
    WrongProfile(
      "a position's drift as a number", line: 19,
      "  require_cash: true\n  breakers: [{position_drift: {threshold: 0.5, action: alert}}]",
      "p.yaml:20:43: risk.breakers[0].position_drift.threshold: `0.5` has no unit; write a share above 0 % and at most 10000 %, such as `10 %`"
    ),
    WrongProfile(
      "a breaker of one symbol without scope", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 5, action: halt, only: AAPL}}]",
      "p.yaml:20:62: risk.breakers[0].daily_loss.only: this has a meaning only with `scope: symbol`; add that or remove this"
    ),
    WrongProfile(
      "a breaker of a misspelt symbol", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 5, action: halt, scope: symbol, only: APL}}]",
      "p.yaml:20:77: risk.breakers[0].daily_loss.only: `APL` is not in the universe; did you mean `AAPL`?"),
    WrongProfile(
      "a breaker of a misspelt strategy", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 5, action: halt, scope: strategy, only: prob}}]",
      "p.yaml:20:79: risk.breakers[0].daily_loss.only: unknown strategy `prob`; did you mean `probe`?"),
    WrongProfile(
      "a breaker of a list of symbols", line: 19,
      "  require_cash: true\n  breakers: [{daily_loss: {threshold: 5, action: halt, scope: symbol, only: [AAPL]}}]",
      "p.yaml:20:77: risk.breakers[0].daily_loss.only: a list stands here; write a symbol of 1 to 64 characters without blanks, such as `AAPL`"
    ),
  ]
}
