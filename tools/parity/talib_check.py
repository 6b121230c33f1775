"""Compares this project's indicators with TA-Lib's, value by value.

    tools/parity/talib_check PATH-TO-indicator-columns [BARS.csv]

Runs the program over real daily bars and over a random series of 100,000 bars, computes the same with TA-Lib, and demands that each column
has its first value on the same bar and agrees to 1e-9 relative to the size of the values; prints the largest difference of each column.
Exit 0 all agree, 1 some don't, 2 could not run.
"""

import csv
import subprocess
import sys

import numpy
import talib

TOLERANCE = 1e-9


def real_bars(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return [[row[name] for name in ("Open", "High", "Low", "Close", "Volume")] for row in rows]


def random_bars(count):
    """A random walk in cents, with calm stretches, between 20 and 2,000."""
    random = numpy.random.RandomState(20260101)
    close, rows = 15_000, []
    for _ in range(count):
        start = close
        if random.randint(10):
            close += int(random.randint(-60, 61))
            close = min(max(close, 2_000), 200_000)
        high = max(start, close) + int(random.randint(0, 30))
        low = min(start, close) - int(random.randint(0, 30))
        volume = int(random.randint(0, 1_000_000))
        rows.append([f"{price / 100:.2f}" for price in (start, high, low, close)] + [str(volume)])
    return rows


def ours(program, rows):
    text = "".join(",".join(row) + "\n" for row in rows)
    result = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    lines = result.stdout.splitlines()
    names = lines[0].split(",")
    table = [[float(cell) if cell else numpy.nan for cell in line.split(",")] for line in lines[1:]]
    return {name: numpy.array(column) for name, column in zip(names, zip(*table))}


def theirs(rows):
    open_, high, low, close, volume = (numpy.array(column, dtype=float) for column in zip(*rows))
    upper, middle, lower = talib.BBANDS(close, 20, 2, 2, 0)
    macd, signal, histogram = talib.MACD(close, 12, 26, 9)
    slow_k, slow_d = talib.STOCH(high, low, close, 14, 3, 0, 3, 0)
    return {
        "sma": talib.SMA(close, 30),
        "sma_doubles": talib.SMA(close, 30),
        "ema": talib.EMA(close, 20),
        "wma": talib.WMA(close, 20),
        "rsi": talib.RSI(close, 14),
        "atr": talib.ATR(high, low, close, 14),
        "stddev": talib.STDDEV(close, 20, 1),
        "band_upper": upper,
        "band_middle": middle,
        "band_lower": lower,
        "macd": macd,
        "macd_signal": signal,
        "macd_histogram": histogram,
        "roc": talib.ROC(close, 10),
        "max": talib.MAX(high, 20),
        "min": talib.MIN(low, 20),
        "stoch_k": slow_k,
        "stoch_d": slow_d,
        "obv": talib.OBV(close, volume),
    }, close


# Columns that are differences of prices pass through zero: their error is measured against the prices they are made of.
DIFFERENCES_OF_PRICES = {"macd", "macd_signal", "macd_histogram"}
PERCENTAGES = {"rsi", "roc", "stoch_k", "stoch_d"}


def compare(title, program, rows):
    found, (expected, close) = ours(program, rows), theirs(rows)
    print(f"{title}, {len(rows)} bars")
    agrees = True
    for name, column in expected.items():
        mine = found[name]
        first, first_mine = (int(numpy.argmax(~numpy.isnan(values))) for values in (column, mine))
        scale = numpy.abs(column)
        if name in DIFFERENCES_OF_PRICES:
            scale = numpy.abs(close)
        elif name in PERCENTAGES:
            scale = numpy.maximum(scale, 1)
        with numpy.errstate(invalid="ignore", divide="ignore"):
            error = numpy.where(mine == column, 0, numpy.abs(mine - column) / scale)
        worst = float(numpy.nanmax(error[first:]))
        same_places = bool((numpy.isnan(mine) == numpy.isnan(column)).all())
        good = same_places and worst <= TOLERANCE
        agrees = agrees and good
        note = "" if same_places else f", first value on bar {first_mine} instead of {first}"
        print(f"  {'same' if good else 'DIFFERENT':9} {name:15} largest relative difference {worst:.1e}{note}")
    return agrees


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    agrees = True
    if len(sys.argv) == 3:
        agrees = compare(sys.argv[2], sys.argv[1], real_bars(sys.argv[2]))
    agrees = compare("random walk", sys.argv[1], random_bars(100_000)) and agrees
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
