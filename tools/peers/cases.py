"""The strategies that this engine and its peers run on the same real data, and the data they run on.

A case is bars, decisions on their closes, and what a decision is to become. Decisions are computed here once, in whole numbers, so that what is
compared is how each engine turns a decision into fills and money, not how it sums an average. Prices are whole numbers of ticks; `decimals` says
how many decimals a tick has.
"""

import csv
import datetime
import fractions
import gzip
import pathlib

DATA = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
CASH = 1_000_000


class Case:
    """Bars by symbol, decisions by symbol and bar, and how orders are given.

    bars[symbol]    list of (open time in UTC, open, high, low, close, volume), prices in ticks
    targets[symbol] list as long as the bars: "long", "flat", "short" or None where nothing is decided
    entry           ("limit", n) or ("stop", n): entries are such orders n ticks better than, or beyond, the close; None for market orders
    fee_bp          what each fill pays, in basis points of its value
    stop, target    protective exits as millionths of the entry's price; None for none
    engine          the same strategy as a profile of ours names it
    """

    def __init__(
        self, name, bars, targets, *, quantity, decimals, minutes, engine, entry=None, fee_bp=0, stop=None, target=None,
        is_short=False
    ):
        self.name, self.bars, self.targets = name, bars, targets
        self.quantity, self.decimals, self.minutes, self.engine = quantity, decimals, minutes, engine
        self.entry, self.fee_bp, self.stop, self.target, self.is_short = entry, fee_bp, stop, target, is_short

    @property
    def length(self):
        """Of a bar."""
        return datetime.timedelta(minutes=self.minutes)

    def entry_price(self, close):
        """In ticks, of an entry that is no market order and buys."""
        kind, distance = self.entry
        return close + distance if kind == "stop" else close - distance

    def price(self, ticks):
        """As the floating point number nearest to it, which is what the peers take."""
        return ticks / 10**self.decimals

    def text(self, price):
        """A price that a peer printed: on a tick with its decimals, else as it is, so that it differs from all that are."""
        ticks = round(price * 10**self.decimals)
        return f"{ticks / 10**self.decimals:.{self.decimals}f}" if abs(price * 10**self.decimals - ticks) < 1e-4 else repr(price)

    def exits(self, entry):
        """Stop and target in ticks for an entry bought at so many ticks, each rounded up: the better price for who sells."""
        stop = -(-round_half_even(entry * (1_000_000 - self.stop) * 1000, 1_000_000) // 1000)
        target = -(-round_half_even(entry * (1_000_000 + self.target) * 1000, 1_000_000) // 1000)
        return stop, target


def round_half_even(numerator, denominator):
    return round(fractions.Fraction(numerator, denominator))


def crossings(closes, fast, slow, below):
    """Long where the fast mean of closes comes to be above the slow one, `below` where it comes to be below; the first bar with both
    means decides nothing, because what came before is not known."""
    targets, side, wanted = [], None, "flat"
    for place in range(len(closes)):
        target = None
        if place + 1 >= slow:
            # fast mean - slow mean, times both counts.
            now = sum(closes[place + 1 - fast : place + 1]) * slow - sum(closes[place + 1 - slow : place + 1]) * fast
            if side is not None:
                if side <= 0 < now:
                    target = "long"
                elif now < 0 <= side:
                    target = below
            side = now
        if target == wanted:
            target = None
        if target:
            wanted = target
        targets.append(target)
    return targets


def momentum(closes, lookback, top, rebalance):
    """Every `rebalance` bars the `top` symbols by return over `lookback` bars are held; ties go to the earlier symbol."""
    symbols = list(closes)
    count = len(closes[symbols[0]])
    targets = {symbol: [None] * count for symbol in symbols}
    wanted = dict.fromkeys(symbols, "flat")
    for place in range(lookback, count, rebalance):
        # Doubles, as ours: which of two returns that differ by less than a last bit is greater is a matter of rounding.
        change = {symbol: closes[symbol][place] / closes[symbol][place - lookback] - 1 for symbol in symbols}
        ranked = sorted(symbols, key=lambda symbol: (-change[symbol], symbols.index(symbol)))
        for number, symbol in enumerate(ranked):
            target = "long" if number < top else "flat"
            if target != wanted[symbol]:
                wanted[symbol] = targets[symbol][place] = target
    return targets


def ticks(text, decimals):
    """Exactly; a price off the tick is an error of the case."""
    whole, _, part = text.partition(".")
    if part[decimals:].strip("0"):
        raise ValueError(f"{text} has more than {decimals} decimals")
    return int(whole + part[:decimals].ljust(decimals, "0"))


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


def columns(path, decimals):
    """backtesting.py's CSV files: an unnamed column of times, then Open, High, Low, Close, Volume."""
    with open(path, newline="") as file:
        return [
            (utc(row[0]), *(ticks(price, decimals) for price in row[1:5]), int(row[5])) for row in list(csv.reader(file))[1:]
        ]


def spy_minutes():
    """Regular hours of six days of SPY; times of day are New York's summer time."""
    rows = []
    for path in sorted((DATA / "us-equity/minute/spy").glob("2013*.csv")):
        midnight = utc(path.stem) + datetime.timedelta(hours=4)
        with open(path, newline="") as file:
            for row in csv.reader(file):
                if not 34_200_000 <= int(row[0]) < 57_600_000:
                    continue
                prices = [ticks(str(int(price) / 10_000), 2) for price in row[1:5]]
                rows.append((midnight + datetime.timedelta(milliseconds=int(row[0])), *prices, int(row[5])))
    return rows


def twenty():
    """skfolio's 20 stocks: adjusted daily closes without range or volume, so that each bar is its close."""
    bars = {}
    with gzip.open(DATA / "pypi/skfolio/sp500_dataset.csv.gz", "rt", newline="") as file:
        reader = csv.reader(file)
        symbols = next(reader)[1:]
        bars = {symbol: [] for symbol in symbols}
        for row in reader:
            for symbol, price in zip(symbols, row[1:]):
                close = ticks(price, 3)
                bars[symbol].append((utc(row[0]), close, close, close, close, 0))
    return bars


def cross(name, symbol, bars, fast, slow, **rest):
    below = "short" if rest.get("is_short") else "flat"
    targets = crossings([bar[4] for bar in bars], fast, slow, below)
    engine = f"sma_cross: {{fast: {fast}, slow: {slow}, allow_short: {'true' if below == 'short' else 'false'}}}"
    return Case(name, {symbol: bars}, {symbol: targets}, engine=engine, **rest)


def load(name):
    if name.startswith("goog"):
        bars = columns(DATA / "pypi/backtesting/GOOG.csv", 2)
        more = {"goog": {}, "goog_limit": {"entry": ("limit", 300)}, "goog_stop": {"entry": ("stop", 150)}, "goog_fees": {"fee_bp": 5}}
        return cross(name, "GOOG", bars, 10, 30, quantity=100, decimals=2, minutes=1440, **more[name])
    if name == "eurusd":
        bars = columns(DATA / "pypi/backtesting/EURUSD.csv", 5)
        return cross(name, "EURUSD", bars, 20, 60, quantity=10_000, decimals=5, minutes=60, is_short=True)
    if name == "spy":
        return cross(name, "SPY", spy_minutes(), 10, 30, quantity=100, decimals=2, minutes=1, stop=1500, target=3000)
    if name == "twenty":
        bars = twenty()
        targets = momentum({symbol: [bar[4] / 1000 for bar in rows] for symbol, rows in bars.items()}, 126, 5, 21)
        engine = "cross_sectional_momentum: {lookback: 126, top: 5, bottom: 0, rebalance: 21}"
        return Case(name, bars, targets, quantity=100, decimals=3, minutes=1440, engine=engine)
    raise KeyError(name)


NAMES = ["goog", "goog_fees", "goog_limit", "goog_stop", "eurusd", "spy", "twenty"]
