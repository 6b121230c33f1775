"""Times one peer: PEER CSV. Prints bars, fills, last equity, and processor and wall seconds of loading and of the run, as JSON.

The strategy is written as that peer's users write it, with its own indicators: SMA 10/30 of the close, long 100 above, flat below.
"""

import csv
import datetime
import json
import sys
import time

CASH, SHARES, FAST, SLOW = 10_000_000, 100, 10, 30


def rows(path):
    with open(path, newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return [(datetime.datetime.fromisoformat(row[0].replace("Z", "")), *map(float, row[1:])) for row in reader]


def backtesting(bars):
    import numpy
    import pandas
    from backtesting import Backtest, Strategy
    from backtesting.lib import crossover

    frame = pandas.DataFrame(
        [bar[1:] for bar in bars], columns=["Open", "High", "Low", "Close", "Volume"], index=pandas.DatetimeIndex([bar[0] for bar in bars]))

    def mean(values, count):
        return pandas.Series(numpy.asarray(values)).rolling(count).mean()

    class Cross(Strategy):
        def init(self):
            self.fast, self.slow = self.I(mean, self.data.Close, FAST), self.I(mean, self.data.Close, SLOW)

        def next(self):
            if crossover(self.fast, self.slow):
                self.buy(size=SHARES)
            elif crossover(self.slow, self.fast):
                self.position.close()

    def run():
        result = Backtest(frame, Cross, cash=CASH, finalize_trades=False).run()
        trades = result["_strategy"]
        return 2 * len(trades.closed_trades) + len(trades.trades), float(result["Equity Final [$]"])

    return run


def backtrader(bars):
    import backtrader

    class Feed(backtrader.feed.DataBase):
        def start(self):
            super().start()
            self.place = 0

        def _load(self):
            if self.place == len(bars):
                return False
            moment, self.lines.open[0], self.lines.high[0], self.lines.low[0], self.lines.close[0], self.lines.volume[0] = bars[self.place]
            self.lines.datetime[0], self.lines.openinterest[0] = backtrader.date2num(moment), 0.0
            self.place += 1
            return True

    class Cross(backtrader.Strategy):
        def __init__(self):
            self.cross = backtrader.ind.CrossOver(backtrader.ind.SMA(period=FAST), backtrader.ind.SMA(period=SLOW))
            self.fills = 0

        def notify_order(self, order):
            self.fills += order.status == order.Completed

        def next(self):
            if self.cross[0] > 0 and not self.position:
                self.buy(size=SHARES)
            elif self.cross[0] < 0 and self.position:
                self.sell(size=SHARES)

    def run():
        cerebro = backtrader.Cerebro(stdstats=False)
        cerebro.adddata(Feed())
        cerebro.addstrategy(Cross)
        cerebro.broker.setcash(CASH)
        return cerebro.run()[0].fills, cerebro.broker.getvalue()

    return run


def nautilus(bars):
    import run_nautilus
    from nautilus_trader.indicators import SimpleMovingAverage
    from nautilus_trader.model.data import Bar, BarType
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.enums import OrderSide
    from nautilus_trader.model.identifiers import InstrumentId, Symbol
    from nautilus_trader.model.instruments import Equity
    from nautilus_trader.model.objects import Price, Quantity
    from nautilus_trader.trading.strategy import Strategy

    identity = InstrumentId(Symbol("A"), run_nautilus.VENUE)
    instrument = Equity(identity, identity.symbol, USD, 4, Price(0.0001, 4), Quantity.from_int(1), 0, 0)
    kind, volume = BarType.from_str(f"{identity}-1-MINUTE-LAST-EXTERNAL"), Quantity.from_int(run_nautilus.VOLUME)
    data = []
    for moment, *prices, _ in bars:
        known = (int(moment.replace(tzinfo=datetime.timezone.utc).timestamp()) + 60) * 1_000_000_000
        data.append(Bar(kind, *(Price(price, 4) for price in prices), volume, known, known))
    engine = run_nautilus.venue_engine(CASH)
    engine.add_instrument(instrument)
    engine.add_data(data)

    class Cross(Strategy):
        fills, side, held = 0, None, False

        def on_start(self):
            self.fast, self.slow = SimpleMovingAverage(FAST), SimpleMovingAverage(SLOW)
            self.register_indicator_for_bars(kind, self.fast)
            self.register_indicator_for_bars(kind, self.slow)
            self.subscribe_bars(kind)

        def on_bar(self, bar):
            if not self.slow.initialized:
                return
            side, before = self.fast.value - self.slow.value, self.side
            self.side = side
            if before is None:
                return
            if before <= 0 < side and not self.held:
                self.held = True
                self.submit_order(self.order_factory.market(identity, OrderSide.BUY, instrument.make_qty(SHARES)))
            elif side < 0 <= before and self.held:
                self.held = False
                self.submit_order(self.order_factory.market(identity, OrderSide.SELL, instrument.make_qty(SHARES)))

        def on_order_filled(self, event):
            self.fills += 1

    strategy = Cross()
    engine.add_strategy(strategy)

    def run():
        engine.run()
        equity = engine.cache.account_for_venue(run_nautilus.VENUE).balance_total(USD).as_decimal()
        for position in engine.cache.positions_open():
            equity += position.unrealized_pnl(Price(bars[-1][4], 4)).as_decimal()
        return strategy.fills, float(equity)

    return run


def main():
    peers = {"backtesting": backtesting, "backtrader": backtrader, "nautilus": nautilus}
    if len(sys.argv) != 3 or sys.argv[1] not in peers:
        print(__doc__, file=sys.stderr)
        return 2
    moments = [(time.process_time(), time.perf_counter())]
    bars = rows(sys.argv[2])
    run = peers[sys.argv[1]](bars)
    moments.append((time.process_time(), time.perf_counter()))
    fills, equity = run()
    moments.append((time.process_time(), time.perf_counter()))
    load, ran = ([after - before for before, after in zip(*pair)] for pair in zip(moments, moments[1:]))
    print(json.dumps({"bars": len(bars), "fills": fills, "equity": equity, "load": load, "run": ran}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
