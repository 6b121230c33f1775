"""Compares how the simulated venue fills with how backtrader fills the same orders on the same bars.

    .venv-backtrader/bin/python tools/parity/fills_backtrader_check.py PATH-TO-fill-scenarios [SEED COUNT]

The program prints the golden rows (peers.md A7) and a sweep of random single market, limit and stop orders with its own fills; backtrader
runs the same: three neutral bars, a decision on the close of bar 2, the row's bars, one neutral bar. Rows that are marked as differing must
differ: row 12, where backtrader activates a bracket's children a bar later. Exit 0 all as said, 1 not, 2 could not run.
"""

import datetime
import json
import subprocess
import sys

import backtrader

NEUTRAL = (100.0, 101.0, 99.0, 100.0)
CLOSE = 100.0
TICK = 0.01
QUANTITY = 100


class Bars(backtrader.feed.DataBase):
    """Daily bars from a list."""

    params = (("rows", ()),)

    def start(self):
        super().start()
        self.position_in_rows = 0

    def _load(self):
        if self.position_in_rows == len(self.p.rows):
            return False
        row = self.p.rows[self.position_in_rows]
        day = datetime.datetime(2024, 1, 1) + datetime.timedelta(days=self.position_in_rows)
        self.lines.datetime[0] = backtrader.date2num(day)
        self.lines.open[0], self.lines.high[0], self.lines.low[0], self.lines.close[0] = row
        self.lines.volume[0] = 1000.0
        self.lines.openinterest[0] = 0.0
        self.position_in_rows += 1
        return True


class OneOrder(backtrader.Strategy):
    """Gives the scenario's order on the close of bar 2 and notes every fill."""

    params = (("order", None), ("direction", "long"))

    def __init__(self):
        self.fills = []

    def notify_order(self, order):
        if order.status == order.Completed:
            side = "buy" if order.isbuy() else "sell"
            self.fills.append([len(self) - 1, side, order.executed.price, abs(order.executed.size)])

    def next(self):
        if len(self) - 1 != 2:
            return
        order, sign = self.p.order, 1 if self.p.direction == "long" else -1
        give = self.buy if sign == 1 else self.sell
        limit = CLOSE - sign * order.get("limit", 0) * TICK
        stop = CLOSE + sign * order.get("stop", 0) * TICK
        kind = order.get("type", "market")
        if "sl" in order:
            self.buy_bracket(
                size=QUANTITY, exectype=backtrader.Order.Market, stopprice=CLOSE * (1 - order["sl"]),
                limitprice=CLOSE * (1 + order["tp"]))
        elif kind == "market":
            give(size=QUANTITY)
        elif kind == "limit":
            give(size=QUANTITY, exectype=backtrader.Order.Limit, price=round(limit, 2))
        elif kind == "stop":
            give(size=QUANTITY, exectype=backtrader.Order.Stop, price=round(stop, 2))
        else:
            # Our limit offset of a stop-limit order counts from its stop.
            plimit = stop - sign * order["limit"] * TICK
            give(
                size=QUANTITY, exectype=backtrader.Order.StopLimit, price=round(stop, 2), plimit=round(plimit, 2))


def parsed(text):
    """The profile words of a scenario, numbers as numbers."""
    order = {}
    for word in text.split():
        key, value = word.split("=")
        if value.endswith("%"):
            order[key] = float(value[:-1]) / 100
        else:
            order[key] = value if key == "type" else int(value)
    return order


def backtrader_fills(row):
    cerebro = backtrader.Cerebro()
    cerebro.adddata(Bars(rows=[NEUTRAL] * 3 + [tuple(map(float, bar)) for bar in row["bars"]] + [NEUTRAL]))
    cerebro.addstrategy(OneOrder, order=parsed(row["order"]), direction=row["direction"])
    cerebro.broker.setcash(10_000_000)
    return cerebro.run()[0].fills


def is_same(ours, theirs):
    return len(ours) == len(theirs) and all(
        a[:2] == b[:2] and abs(a[2] - b[2]) < 1e-9 and a[3] == b[3] for a, b in zip(ours, theirs))


def main():
    if len(sys.argv) not in (2, 4):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        printed = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"fills_backtrader_check: {error}", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in printed.splitlines()]
    wrong = filled = 0
    for row in rows:
        theirs = backtrader_fills(row)
        filled += bool(theirs)
        if is_same(row["fills"], theirs) != row["is_backtrader"]:
            wrong += 1
            print(f"row {row['row']} ({row['direction']} {row['order'] or 'market'}) {row['bars']}")
            print(f"  ours       {row['fills']}\n  backtrader {theirs}")
    print(f"backtrader {backtrader.__version__}: {len(rows)} rows, {filled} of them filled, {wrong} not as said")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
