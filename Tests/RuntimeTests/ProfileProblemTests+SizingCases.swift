/// Sizes that follow an estimate, and what stands beside the model.
extension ProfileProblemTests {
  static let sizingCases = [
    WrongProfile(
      "two models with an estimate", line: 9,
      "sizing: {kelly: {fraction: 0.25, bars: 100}, risk_parity: {budget: 90 %}}",
      "p.yaml:9:1: sizing: `kelly` and `risk_parity` are given together; keep one of them"),
    WrongProfile(
      "a band without a model", line: 9,
      "sizing: {no_trade_band: 10 %}",
      "p.yaml:9:1: sizing: nothing says which model is meant; give one of `shares`, `notional`, `equity_share`, `volatility_target`, `portfolio_volatility`, `risk_per_trade`, `kelly`, `inverse_volatility` or `risk_parity`"
    ),
    WrongProfile(
      "a volatility target without a target", line: 9,
      "sizing: {volatility_target: {bars_per_year: 252}}",
      "p.yaml:9:10: sizing.volatility_target: `target` is missing; add a share above 0 % and at most 1000 %, such as `15 %`"
    ),
    WrongProfile(
      "a volatility target without bars a year", line: 9,
      "sizing: {volatility_target: {target: 15 %}}",
      "p.yaml:9:10: sizing.volatility_target: `bars_per_year` is missing; add a whole number of at least 1 and at most 31_622_400"
    ),
    WrongProfile(
      "a volatility target without unit", line: 9,
      "sizing: {volatility_target: {target: 0.15, bars_per_year: 252}}",
      "p.yaml:9:38: sizing.volatility_target.target: `0.15` has no unit; write a share above 0 % and at most 1000 %, such as `15 %`"
    ),
    WrongProfile(
      "an estimate that we don't have", line: 9,
      "sizing: {volatility_target: {target: 15 %, bars_per_year: 252, estimate: garch}}",
      "p.yaml:9:74: sizing.volatility_target.estimate: unknown word `garch`; use `ewma` or `atr`"),
    WrongProfile(
      "a decay of one", line: 9,
      "sizing: {volatility_target: {target: 15 %, bars_per_year: 252, decay: 1}}",
      "p.yaml:9:71: sizing.volatility_target.decay: `1` is out of range; write a number of at least 0.000001 and at most 0.999999"
    ),
    WrongProfile(
      "a decay of an average true range", line: 9,
      "sizing: {volatility_target: {target: 15 %, bars_per_year: 252, estimate: atr, decay: 0.94}}",
      "p.yaml:9:86: sizing.volatility_target.decay: this has a meaning only with `estimate: ewma`; add that or remove this"
    ),
    WrongProfile(
      "bars of an exponential estimate", line: 9,
      "sizing: {volatility_target: {target: 15 %, bars_per_year: 252, bars: 14}}",
      "p.yaml:9:70: sizing.volatility_target.bars: this has a meaning only with `estimate: atr`; add that or remove this"
    ),
    WrongProfile(
      "an average true range of no bars", line: 9,
      "sizing: {volatility_target: {target: 15 %, bars_per_year: 252, estimate: atr, bars: 0}}",
      "p.yaml:9:85: sizing.volatility_target.bars: `0` is out of range; write a whole number of at least 1 and at most 1_000"
    ),
    WrongProfile(
      "a maximum of nothing", line: 9,
      "sizing: {portfolio_volatility: {target: 15 %, bars_per_year: 252, max: 0 %}}",
      "p.yaml:9:72: sizing.portfolio_volatility.max: `0 %` is out of range; write a share above 0 % and at most 1000 %, such as `95 %`"
    ),
    WrongProfile(
      "no bars a year", line: 9,
      "sizing: {portfolio_volatility: {target: 15 %, bars_per_year: 0}}",
      "p.yaml:9:62: sizing.portfolio_volatility.bars_per_year: `0` is out of range; write a whole number of at least 1 and at most 31_622_400"
    ),
    WrongProfile(
      "a portfolio's volatility as a number", line: 9,
      "sizing: {portfolio_volatility: 15 %}",
      "p.yaml:9:32: sizing.portfolio_volatility: `15 %` doesn't fit; write a mapping with the keys `target`, `decay`, `bars_per_year` and `max`"
    ),
    WrongProfile(
      "a risk without a stop",
      whole:
        "name: sample\nuniverse: [AAPL, MSFT]\nstart: 2004-01-01\nend: 2013-01-01\ncurrency: USD\ncash: 100_000\nstrategies:\n  - probe: {count: 10}\nsizing: {risk_per_trade: {share: 1 %}}\nexecution: {order: market}\nexits: {take_profit: 5 %}\nfills:\n  volume_share: 10 %\n  slippage: none\n  fees: none\nlots: average\nrisk:\n  allow_short: false\n  require_cash: true\njournal: {threads: 1}\n",
      "p.yaml:9:10: sizing.risk_per_trade.stop: at `stop: exits` there must be `exits.stop_loss`, or `stop: atr` says another distance; change one of the values"
    ),
    WrongProfile(
      "a risk at the exits' stop that isn't there",
      whole:
        "name: sample\nuniverse: [AAPL, MSFT]\nstart: 2004-01-01\nend: 2013-01-01\ncurrency: USD\ncash: 100_000\nstrategies:\n  - probe: {count: 10}\nsizing: {risk_per_trade: {share: 1 %, stop: exits}}\nexecution: {order: market}\nexits: {take_profit: 5 %}\nfills:\n  volume_share: 10 %\n  slippage: none\n  fees: none\nlots: average\nrisk:\n  allow_short: false\n  require_cash: true\njournal: {threads: 1}\n",
      "p.yaml:9:45: sizing.risk_per_trade.stop: at `stop: exits` there must be `exits.stop_loss`, or `stop: atr` says another distance; change one of the values"
    ),
    WrongProfile(
      "a risk at a range without multiple", line: 9,
      "sizing: {risk_per_trade: {share: 1 %, stop: atr}}",
      "p.yaml:9:10: sizing.risk_per_trade: `multiple` is missing; add a number above 0 and at most 1_000"),
    WrongProfile(
      "a multiple at the exits' stop", line: 9,
      "sizing: {risk_per_trade: {share: 1 %, bars: 14, multiple: 2}}",
      "p.yaml:9:45: sizing.risk_per_trade.bars: this has a meaning only with `stop: atr`; add that or remove this\np.yaml:9:59: sizing.risk_per_trade.multiple: this has a meaning only with `stop: atr`; add that or remove this"
    ),
    WrongProfile(
      "a stop that we don't have", line: 9,
      "sizing: {risk_per_trade: {share: 1 %, stop: trailing}}",
      "p.yaml:9:45: sizing.risk_per_trade.stop: unknown word `trailing`; use `exits` or `atr`"),
    WrongProfile(
      "a misspelt multiple", line: 9,
      "sizing: {risk_per_trade: {share: 1 %, stop: atr, multple: 2}}",
      "p.yaml:9:50: sizing.risk_per_trade: unknown key `multple`; did you mean `multiple`?"),
    WrongProfile(
      "more than all at risk", line: 9,
      "sizing: {risk_per_trade: {share: 101 %}}",
      "p.yaml:9:34: sizing.risk_per_trade.share: `101 %` is out of range; write a share above 0 % and at most 100 %, such as `1 %`"
    ),
    WrongProfile(
      "twice Kelly's share", line: 9,
      "sizing: {kelly: {fraction: 2, bars: 100}}",
      "p.yaml:9:28: sizing.kelly.fraction: `2` is out of range; write a number above 0 and at most 1"),
    WrongProfile(
      "Kelly's share of one bar", line: 9,
      "sizing: {kelly: {fraction: 0.25, bars: 1}}",
      "p.yaml:9:40: sizing.kelly.bars: `1` is out of range; write a whole number of at least 2 and at most 10_000"),
    WrongProfile(
      "Kelly's fraction with a unit", line: 9,
      "sizing: {kelly: {fraction: 25 %, bars: 100}}",
      "p.yaml:9:28: sizing.kelly.fraction: `25 %` is no number; write a number above 0 and at most 1"),
    WrongProfile(
      "no budget", line: 9,
      "sizing: {risk_parity: {}}",
      "p.yaml:9:10: sizing.risk_parity: `budget` is missing; add a share above 0 % and at most 1000 %, such as `95 %`"),
    WrongProfile(
      "a budget beyond ten times equity", line: 9,
      "sizing: {inverse_volatility: {budget: 1001 %}}",
      "p.yaml:9:39: sizing.inverse_volatility.budget: `1001 %` is out of range; write a share above 0 % and at most 1000 %, such as `95 %`"
    ),
    WrongProfile(
      "a band of all", line: 9,
      "sizing: {shares: 1, no_trade_band: 100 %}",
      "p.yaml:9:36: sizing.no_trade_band: `100 %` is out of range; write a share of at least 0 % and below 100 %, such as `10 %`"
    ),
    WrongProfile(
      "a rebalance that we don't have", line: 9,
      "sizing: {shares: 1, rebalance: daily}",
      "p.yaml:9:32: sizing.rebalance: unknown word `daily`; use `on_signal` or `every_bar`"),
    WrongProfile(
      "a drawdown without steps", line: 9,
      "sizing: {shares: 1, drawdown: {recovery: 50 %}}",
      "p.yaml:9:21: sizing.drawdown: `steps` is missing; add a mapping from drawdowns to sizes, such as `{5 %: 75 %, 10 %: 50 %, 15 %: 0 %}`"
    ),
    WrongProfile(
      "steps that are none", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {}}}",
      "p.yaml:9:39: sizing.drawdown.steps: the list is empty; add a mapping from drawdowns to sizes, such as `{5 %: 75 %, 10 %: 50 %, 15 %: 0 %}`"
    ),
    WrongProfile(
      "steps as a list", line: 9,
      "sizing: {shares: 1, drawdown: {steps: [5 %, 10 %]}}",
      "p.yaml:9:39: sizing.drawdown.steps: a list stands here; write a mapping from drawdowns to sizes, such as `{5 %: 75 %, 10 %: 50 %, 15 %: 0 %}`"
    ),
    WrongProfile(
      "a step without unit", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {5: 75 %}}}",
      "p.yaml:9:40: sizing.drawdown.steps.5: `5` has no unit; write a share above 0 % and below 100 %, such as `5 %`"),
    WrongProfile(
      "a step that is a word", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {deep: 75 %}}}",
      "p.yaml:9:40: sizing.drawdown.steps.deep: `deep` doesn't fit; write a share above 0 % and below 100 %, such as `5 %`"
    ),
    WrongProfile(
      "a step at nothing", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {0 %: 75 %}}}",
      "p.yaml:9:40: sizing.drawdown.steps.0 %: `0 %` is out of range; write a share above 0 % and below 100 %, such as `5 %`"
    ),
    WrongProfile(
      "a size without unit", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {5 %: 0.75}}}",
      "p.yaml:9:45: sizing.drawdown.steps.5 %: `0.75` has no unit; write a share of at least 0 % and below 100 %, such as `50 %`"
    ),
    WrongProfile(
      "a size of all", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {5 %: 100 %}}}",
      "p.yaml:9:45: sizing.drawdown.steps.5 %: `100 %` is out of range; write a share of at least 0 % and below 100 %, such as `50 %`"
    ),
    WrongProfile(
      "steps of one depth", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {5 %: 75 %, -500 bp: 50 %}}}",
      "p.yaml:9:60: sizing.drawdown.steps.-500 bp: each step must be deeper than the one before; change one of the values"
    ),
    WrongProfile(
      "a size that doesn't fall", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {10 %: 50 %, 5 %: 50 %}}}",
      "p.yaml:9:46: sizing.drawdown.steps.10 %: a deeper step must have a smaller size; change one of the values"),
    WrongProfile(
      "a recovery of nothing", line: 9,
      "sizing: {shares: 1, drawdown: {steps: {5 %: 50 %}, recovery: 0 %}}",
      "p.yaml:9:62: sizing.drawdown.recovery: `0 %` is out of range; write a share above 0 % and at most 100 %, such as `50 %`"
    ),
  ]
}
