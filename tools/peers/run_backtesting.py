"""Runs the cases in backtesting.py: FOLDER [CASE ...].

It knows one instrument a run, so that a case of several is several runs whose gains are added. A share of the entry's price must be given with the
order, before that price is known: the strategy looks at the next open for it, and for nothing else.
"""

import sys
import warnings

import pandas
from backtesting import Backtest, Strategy, __version__

import cases
import record
import scenarios

warnings.filterwarnings("ignore")


def one(case, symbol):
    bars, targets = case.bars[symbol], case.targets[symbol]
    frame = pandas.DataFrame(
        [[*(case.price(ticks) for ticks in bar[1:5]), float(bar[5])] for bar in bars],
        columns=["Open", "High", "Low", "Close", "Volume"], index=pandas.DatetimeIndex([bar[0].replace(tzinfo=None) for bar in bars]))

    class Runner(Strategy):
        def init(self):
            pass

        def next(self):
            place = len(self.data) - 1
            target = targets[place]
            if target is None:
                return
            for order in [order for order in self.orders if not order.is_contingent]:
                order.cancel()
            wanted = {"long": case.quantity, "flat": 0, "short": -case.quantity}[target]
            change = wanted - self.position.size
            if target == "flat":
                self.position.close()
            elif change > 0:
                more = {}
                if case.entry:
                    more[case.entry[0]] = case.price(case.entry_price(bars[place][4]))
                if case.stop is not None and place + 1 < len(bars):
                    stop, profit = case.exits(bars[place + 1][1])
                    more["sl"], more["tp"] = case.price(stop), case.price(profit)
                self.buy(size=change, **more)
            elif change < 0:
                self.sell(size=-change)

    result = Backtest(frame, Runner, cash=cases.CASH, commission=case.fee_bp / 10_000, finalize_trades=False).run()
    fills = []
    trades = [*result["_strategy"].closed_trades, *result["_strategy"].trades]
    for trade in trades:
        side, other = ("buy", "sell") if trade.size > 0 else ("sell", "buy")
        size = int(abs(trade.size))
        fills.append((record.stamp(bars[trade.entry_bar][0]), symbol, side, size, case.text(trade.entry_price)))
        if trade.exit_bar is not None:
            fills.append((record.stamp(bars[trade.exit_bar][0]), symbol, other, size, case.text(trade.exit_price)))
    # Trades come sorted by their ends; within a bar what closes comes before what opens.
    fills.sort(key=lambda fill: fill[0])
    return fills, float(result["Equity Final [$]"])


def run(case):
    fills, equity = [], float(cases.CASH)
    for symbol in case.bars:
        more, end = one(case, symbol)
        fills += more
        equity += end - cases.CASH
    yield "backtesting", fills, equity


def fill(scenario):
    """The fills of a scenario as (bar, side, price, quantity)."""
    frame = pandas.DataFrame(
        [list(map(float, bar)) for bar in scenario.bars], columns=["Open", "High", "Low", "Close", "Volume"],
        index=pandas.date_range("2024-01-01", periods=len(scenario.bars), freq="D"))
    kind, *prices = scenario.order
    words = {"market": [], "limit": ["limit"], "stop": ["stop"], "stop_limit": ["stop", "limit"], "bracket": ["sl", "tp"]}[kind]

    class OneOrder(Strategy):
        def init(self):
            pass

        def next(self):
            if len(self.data) - 1 == scenarios.DECISION:
                self.buy(size=scenario.quantity, **dict(zip(words, prices)))

    result = Backtest(frame, OneOrder, cash=10 * cases.CASH, finalize_trades=False).run()["_strategy"]
    fills = []
    for trade in [*result.closed_trades, *result.trades]:
        fills.append((trade.entry_bar, "buy", trade.entry_price, trade.size))
        if trade.exit_bar is not None:
            fills.append((trade.exit_bar, "sell", trade.exit_price, trade.size))
    return fills


if __name__ == "__main__":
    sys.exit(record.main(__version__, run, {"backtesting": fill}))
