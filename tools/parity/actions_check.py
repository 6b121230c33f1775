#!/usr/bin/env python3
"""Proves on real data that unadjusted bars with corporate actions give what adjusted series give.

    actions_check.py ENGINE DATA

1. Buying and holding with dividends reinvested, over unadjusted bars plus actions, has the return of the adjusted series: for all ten LEAN symbols over their
   whole history, to within the rounding of their factors; for AAPL and MSFT of bokeh_sampledata against the vendor's own adjusted closes.
2. SMA and RSI, as the signals of rules that read them on every bar, are over a split what they are over bars adjusted for it; and the same run without
   actions signals otherwise, so that the comparison can fail.

Adjusted returns are computed here from the factor files and from `Adj Close` alone, in exact fractions; the engine's side is read from its journal.
A dividend D paid on a close C multiplies an adjusted series by C / (C - D): that is what is reinvested, at the price less the dividend.
"""
import csv
import gzip
import json
import subprocess
import sys
import tempfile
from fractions import Fraction

ENGINE, DATA = sys.argv[1], sys.argv[2]
LEAN = ["aapl", "bac", "eem", "fb", "goog", "ibm", "iwm", "qqq", "spy", "uso"]

PROFILE = """\
name: {name}
universe: all
currency: USD
cash: 100_000_000
strategies:
  - {strategy}
sizing: {{shares: 1000}}
execution: {{order: market, time_in_force: gtc}}
fills: {{volume_share: none, slippage: none, fees: none}}
lots: average
risk: {{allow_short: false, require_cash: true}}
"""
RSI = "rules: {enter: 'rsi(close, 14) < 50', exit: 'rsi(close, 14) >= 50'}"
SMA = "rules: {enter: 'close > sma(close, 20)', exit: 'close < sma(close, 20)'}"


def engine(*arguments):
    run = subprocess.run([ENGINE, *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"engine {' '.join(arguments)} ended with {run.returncode}:\n{run.stderr}")
    return run.stdout


def export(journal, kind):
    return [json.loads(line) for line in engine("export", journal, "--kind", kind, "--format", "jsonl").splitlines()]


def backtest(work, name, strategy, bars, actions):
    profile, run = f"{work}/{name}.yaml", f"{work}/{name}.zst"
    with open(profile, "w") as file:
        file.write(PROFILE.format(name="actions_check", strategy=strategy))
    beside = ["--actions", actions] if actions else []
    engine("backtest", "--profile", profile, "--bars", bars, *beside, "--output", run, "--replace")
    return run


def day(text):
    """The New York day on which a US daily bar opens: its open is 14:30 or 13:30 UTC."""
    return text[:10].replace("-", "")


def held(run, reference=lambda date: None):
    """Growth from the close of the bar that bought to the last close, with all that was handed out reinvested; and those two days.

    `reference` gives the close of the day before an ex-date where the bars lack it: shares are then bought at it instead of at a stale price.
    """
    bars = export(run, "bar")
    closes = {bar["sequence"]: Fraction(bar["close"]) for bar in bars}
    days = {bar["sequence"]: day(bar["open_time"]) for bar in bars}
    fills, positions, cash = (export(run, kind) for kind in ("fill", "position_changed", "cash_changed"))
    if len(fills) != 1:
        raise SystemExit(f"{run}: {len(fills)} fills where one buys for ever")
    first = fills[0]["bar"]
    order = sorted(closes)
    ex_dates = {action["sequence"]: day(action["time"]) for action in export(run, "corporate_action")}
    events = sorted(
        [("position", event) for event in positions] + [("cash", event) for event in cash if event["reason"] != "fill"],
        key=lambda entry: entry[1]["sequence"])
    before = units = None
    growth, position, last = Fraction(1), 0, None
    for kind, event in events:
        while position < len(order) and order[position] < event["sequence"]:
            last = order[position]
            position += 1
        if kind == "position":
            before, units = units, Fraction(event["quantity"])
            continue
        # The fraction that a split left over is told behind the units that it left: both were worth the units before it.
        close = reference(ex_dates[event["cause"]]) or closes[last]
        value = (units if event["reason"] == "dividend" else before) * close
        growth *= value / (value - Fraction(event["amount"]))
    final = order[-1]
    start = Fraction(fills[0]["quantity"]) * closes[first]
    return units * closes[final] / start * growth, days[first], days[final]


def factors(path):
    with open(path) as file:
        return [(row[0], Fraction(row[1]), Fraction(row[2])) for row in csv.reader(file) if row]


def factor(rows, date):
    return next((price, split) for day, price, split in rows if day >= date)


def check_lean(work, symbol):
    source, path = f"{DATA}/us-equity/daily/{symbol}.csv", f"{DATA}/us-equity/factors/{symbol}.csv"
    if symbol == "fb":
        # A ticker is not an instrument: until 2012-05-18 it belonged to another company.
        with open(source) as file:
            rows = [line for line in file if line >= "20120518"]
        source = f"{work}/fb.csv"
        with open(source, "w") as file:
            file.writelines(rows)
    bars, actions = f"{work}/{symbol}-bars.zst", f"{work}/{symbol}-actions.zst"
    engine("import", source, "--spec", "lean-daily", "--output", bars)
    rows = factors(path)
    steps = sum(a[1] != b[1] for a, b in zip(rows, rows[1:])), sum(a[2] != b[2] for a, b in zip(rows, rows[1:]))
    if steps == (0, 0):
        actions = None
    else:
        engine("import", "actions", path, "--unusual-ratio", "stock-dividend", "--output", actions)
    run = backtest(work, symbol, "buy_and_hold", bars, actions)
    by_day = {day(bar["open_time"]): Fraction(bar["close"]) for bar in export(run, "bar")}
    missing = []

    def reference(date):
        row = max(row for row in closes if row[0] < date)
        # Of BAC in 1998 the factors have NationsBank's closes and the bars BankAmerica's; of QQQ the bars lack years.
        if abs(by_day.get(row[0], 0) - row[1]) < Fraction(1, 100):
            return None
        missing.append(row[0])
        return row[1]

    with open(path) as file:
        closes = [(row[0], Fraction(row[3])) for row in csv.reader(file) if row]
    ours, first, last = held(run, reference)
    (p0, s0), (p1, s1) = factor(rows, first), factor(rows, last)
    theirs = by_day[last] * p1 * s1 / (by_day[first] * p0 * s0)
    # Half a unit of the last place: 7 decimals of price factors, 8 of split factors (6 where the file has no more).
    places = 8 if symbol != "eem" else 6
    allowed = (steps[0] + 1) * 1e-7 / float(p0) + (steps[1] + 1) * 0.5 * 10**-places / float(min(s0, s1))
    off = abs(float(ours / theirs) - 1)
    state = "ok" if off <= allowed else "WRONG"
    print(f"  {symbol:5} {first} to {last}  dividends {steps[0]:3}  splits {steps[1]}  growth {float(ours):12.6f}"
          f"  off {off:.1e}  allowed {allowed:.1e}  {state}"
          + (f"  ({len(missing)} dividends at the factors' own close, which no bar has)" if missing else ""))
    return state == "ok"


def bokeh(symbol):
    with gzip.open(f"{DATA}/pypi/bokeh_sampledata/stocks.csv.gz", "rt") as file:
        return [row for row in csv.DictReader(file) if row["Ticker"] == symbol]


def shortest(low, high):
    """The decimal with the fewest digits within an interval."""
    for digits in range(0, 10):
        nearest = Fraction(round((low + high) / 2 * 10**digits), 10**digits)
        if low <= nearest <= high and nearest > 0:
            return nearest
    return (low + high) / 2


def check_bokeh(work, symbol, splits):
    rows = bokeh(symbol)
    table = [["symbol", "ex_date", "type", "ratio", "cash"]]
    # The vendor's dividends, told from its own adjusted closes: each step of Adj Close / Close that no split explains.
    for row, following in zip(rows, rows[1:]):
        ratio = 2 if following["Date"] in splits else 1
        close = Fraction(row["Close"])
        step = Fraction(row["Adj Close"]) / close / (Fraction(following["Adj Close"]) / Fraction(following["Close"])) * ratio
        dividend = close * (1 - step)
        if dividend > Fraction(1, 200):
            slack = close * Fraction(1, 10**9)
            amount = shortest(dividend - slack, dividend + slack)
            table.append([symbol, following["Date"], "cash_dividend", "", str(float(amount))])
        if ratio != 1:
            table.append([symbol, following["Date"], "split", f"{ratio}:1", ""])
    path, bars, actions = f"{work}/{symbol}.csv", f"{work}/{symbol}-bokeh.zst", f"{work}/{symbol}-bokeh-actions.zst"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(table)
    source = f"{DATA}/pypi/bokeh_sampledata/stocks.csv.gz"
    engine("import", source, "--spec", "bokeh-stocks", "--symbol", symbol, "--output", bars)
    engine("import", "actions", path, "--output", actions)
    ours, first, last = held(backtest(work, f"{symbol}-bokeh-run", "buy_and_hold", bars, actions))
    adjusted = {row["Date"].replace("-", ""): Fraction(row["Adj Close"]) for row in rows}
    off = abs(float(ours / (adjusted[last] / adjusted[first])) - 1)
    state = "ok" if off <= 1e-7 else "WRONG"
    print(f"  {symbol:5} {first} to {last}  dividends {len(table) - 1 - len(splits):3}  splits {len(splits)}"
          f"  growth {float(ours):12.6f}  off {off:.1e}  allowed 1.0e-07  {state}  (bokeh_sampledata)")
    return state == "ok"


def check_indicators(work, symbol):
    """Signals over raw bars with splits alone, over bars adjusted for them, and over raw bars without."""
    path = f"{DATA}/us-equity/factors/{symbol}.csv"
    rows = factors(path)
    table = [["symbol", "ex_date", "type", "ratio"]]
    with open(f"{DATA}/us-equity/daily/{symbol}.csv") as file:
        raw = [row for row in csv.reader(file)]
    days = [row[0][:8] for row in raw]
    for a, b in zip(rows, rows[1:]):
        if a[2] != b[2]:
            ratio = (b[2] / a[2]).limit_denominator(20) if b[2] > a[2] else 1 / (a[2] / b[2]).limit_denominator(20)
            ex = next(day for day in days if day > a[0])
            date = f"{ex[:4]}-{ex[4:6]}-{ex[6:]}"
            table.append([symbol.upper(), date, "split", f"{ratio.numerator}:{ratio.denominator}"])
    if len(table) == 1:
        return True
    scale = {}
    for date in days:
        later = [Fraction(*map(int, row[3].split(":"))) for row in table[1:] if row[1].replace("-", "") > date]
        product = Fraction(1)
        for ratio in later:
            product *= ratio
        scale[date] = 1 / product
    splits, actions = f"{work}/{symbol}-splits.csv", f"{work}/{symbol}-splits.zst"
    with open(splits, "w", newline="") as file:
        csv.writer(file).writerows(table)
    engine("import", "actions", splits, "--output", actions)
    adjusted = f"{work}/{symbol}-adjusted.csv"
    with open(adjusted, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["date", "open", "high", "low", "close", "volume"])
        for row in raw:
            # Rounded to nine decimals, as the engine rounds what it remembers.
            prices = [round(Fraction(int(price), 10000) * scale[row[0][:8]] * 10**9) for price in row[1:5]]
            date = f"{row[0][:4]}-{row[0][4:6]}-{row[0][6:8]}"
            writer.writerow([date, *(f"{nanos // 10**9}.{nanos % 10**9:09}" for nanos in prices), row[5]])
    bars = f"{work}/{symbol}-bars.zst"
    whole = f"{work}/{symbol}-adjusted.zst"
    engine("import", adjusted, "--spec", f"{work}/adjusted.yaml", "--symbol", symbol.upper(), "--output", whole)
    good = True
    for name, strategy, feature in (("rsi", RSI, "first_feature"), ("sma", SMA, "second_feature")):
        followed, wanted, jumped = (
            export(backtest(work, f"{symbol}-{name}-{which}", strategy, source, given), "signal")
            for which, source, given in (("raw", bars, actions), ("adjusted", whole, None), ("without", bars, None)))
        same = [(s["time"], s["direction"]) for s in followed] == [(s["time"], s["direction"]) for s in wanted]
        worst = 0.0
        for ours, theirs in zip(followed, wanted):
            value = Fraction(ours[feature])
            if name == "sma":
                value *= scale[day(ours["time"])]
            worst = max(worst, abs(float(value / Fraction(theirs[feature])) - 1))
        differs = [(s["time"], s["direction"]) for s in jumped] != [(s["time"], s["direction"]) for s in wanted]
        # Over bars whose prices have nine decimals; the least price here is a few cents.
        state = "ok" if same and worst <= 1e-7 and differs else "WRONG"
        good = good and state == "ok"
        print(f"  {symbol:5} {name}  splits {len(table) - 1}  signals {len(wanted):4}  worst value off {worst:.1e}"
              f"  without actions {'other' if differs else 'the same'} signals  {state}")
    return good


def main():
    results = []
    with tempfile.TemporaryDirectory() as work:
        with open(f"{work}/adjusted.yaml", "w") as file:
            file.write(
                "columns: {time: date, open: open, high: high, low: low, close: close, volume: volume}\n"
                "time_format: yyyy-MM-dd\nzone: America/New_York\nbar_length: session\ncalendar: xnys\n"
                "asset_class: equity\ncurrency: USD\ntick_size: 0.01\nlot_size: 1\n")
        for symbol in LEAN:
            results.append(check_lean(work, symbol))
        results.append(check_bokeh(work, "AAPL", ["2000-06-21", "2005-02-28"]))
        results.append(check_bokeh(work, "MSFT", ["2003-02-18"]))
        for symbol in ("aapl", "bac", "eem", "ibm", "qqq", "uso"):
            results.append(check_indicators(work, symbol))
    print(f"corporate actions: {len(results)} comparisons, {results.count(False)} wrong")
    sys.exit(0 if all(results) else 1)


main()
