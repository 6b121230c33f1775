"""Runs the cases in backtrader: FOLDER [CASE ...]."""

import datetime
import sys

import backtrader

import cases
import record
import scenarios


class Bars(backtrader.feed.DataBase):
    """Bars from a list."""

    params = (("case", None), ("rows", ()))

    def start(self):
        super().start()
        self.place = 0

    def _load(self):
        if self.place == len(self.p.rows):
            return False
        time, *prices, volume = self.p.rows[self.place]
        self.lines.datetime[0] = backtrader.date2num(time.replace(tzinfo=None))
        self.lines.open[0], self.lines.high[0], self.lines.low[0], self.lines.close[0] = map(self.p.case.price, prices)
        self.lines.volume[0], self.lines.openinterest[0] = float(volume), 0.0
        self.place += 1
        return True


class Runner(backtrader.Strategy):
    params = (("case", None),)

    def __init__(self):
        self.fills = []
        self.resting = {data._name: [] for data in self.datas}
        # Ticks of an entry that has no stop and target yet; cases with them have one instrument.
        self.entered = None

    def notify_order(self, order):
        case, data = self.p.case, order.data
        if order.status == order.Completed:
            time = case.bars[data._name][len(data) - 1][0]
            side, size = ("buy" if order.isbuy() else "sell"), int(abs(order.executed.size))
            self.fills.append((record.stamp(time), data._name, side, size, case.text(order.executed.price)))
            if order.isbuy() and case.stop is not None:
                self.entered = round(order.executed.price * 10**case.decimals)
        elif order.status in (order.Margin, order.Rejected):
            raise RuntimeError(f"{order.getstatusname()} in {case.name}: a case must not run out of money")

    def protect(self, data):
        """Stop and target for what was bought in this bar. Not in notify_order: what is given there can't be cancelled in the same bar."""
        stop, profit = map(self.p.case.price, self.p.case.exits(self.entered))
        size = self.getposition(data).size
        first = self.sell(data=data, size=size, exectype=backtrader.Order.Stop, price=stop)
        second = self.sell(data=data, size=size, exectype=backtrader.Order.Limit, price=profit, oco=first)
        self.resting[data._name] = [first, second]
        self.entered = None

    def next(self):
        case = self.p.case
        for data in self.datas:
            target = case.targets[data._name][len(data) - 1]
            if target is None:
                if self.entered is not None:
                    self.protect(data)
                continue
            self.entered = None
            for order in self.resting[data._name]:
                self.cancel(order)
            self.resting[data._name] = []
            wanted = {"long": case.quantity, "flat": 0, "short": -case.quantity}[target]
            change = wanted - self.getposition(data).size
            if change > 0 and case.entry:
                price = case.price(case.entry_price(case.bars[data._name][len(data) - 1][4]))
                kind = {"limit": backtrader.Order.Limit, "stop": backtrader.Order.Stop}[case.entry[0]]
                order = self.buy(data=data, size=change, exectype=kind, price=price)
                self.resting[data._name].append(order)
            elif change > 0:
                self.buy(data=data, size=change)
            elif change < 0:
                self.sell(data=data, size=-change)


def run(case):
    cerebro = backtrader.Cerebro(stdstats=False)
    for symbol, rows in case.bars.items():
        cerebro.adddata(Bars(case=case, rows=rows), name=symbol)
    cerebro.addstrategy(Runner, case=case)
    cerebro.broker.setcash(cases.CASH)
    cerebro.broker.setcommission(case.fee_bp / 10_000)
    runner = cerebro.run()[0]
    yield "backtrader", runner.fills, cerebro.broker.getvalue()


class OneOrder(backtrader.Strategy):
    """Gives a scenario's order and notes its fills."""

    params = (("scenario", None),)

    def __init__(self):
        self.fills = []

    def notify_order(self, order):
        if order.status == order.Completed:
            self.fills.append(
                (len(self) - 1, "buy" if order.isbuy() else "sell", order.executed.price, abs(order.executed.size)))

    def next(self):
        if len(self) - 1 != scenarios.DECISION:
            return
        kind, *prices = self.p.scenario.order
        size, types = self.p.scenario.quantity, backtrader.Order
        if kind == "bracket":
            self.buy_bracket(size=size, exectype=types.Market, stopprice=prices[0], limitprice=prices[1])
        elif kind == "stop_limit":
            self.buy(size=size, exectype=types.StopLimit, price=prices[0], plimit=prices[1])
        else:
            kinds = {"market": types.Market, "limit": types.Limit, "stop": types.Stop}
            self.buy(size=size, exectype=kinds[kind], price=prices[0] if prices else None)


class Dollars:
    """Prices of scenarios as the feed above takes them."""

    @staticmethod
    def price(dollars):
        return float(dollars)


def fill(scenario):
    """The fills of a scenario as (bar, side, price, quantity)."""
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    rows = [(start + datetime.timedelta(days=place), *bar) for place, bar in enumerate(scenario.bars)]
    cerebro = backtrader.Cerebro(stdstats=False)
    cerebro.adddata(Bars(case=Dollars, rows=rows))
    cerebro.addstrategy(OneOrder, scenario=scenario)
    cerebro.broker.setcash(10 * cases.CASH)
    return cerebro.run()[0].fills


if __name__ == "__main__":
    sys.exit(record.main(backtrader.__version__, run, {"backtrader": fill}))
