"""Markets, the profile that trades it, and the exchange's faults: what the tests with real processes run over."""
import random
import subprocess
import time

SPEC = """
columns: {symbol: symbol, time: time, open: open, high: high, low: low, close: close, volume: volume}
time_format: iso
zone: UTC
bar_length: 1m
calendar: always
asset_class: crypto
currency: USDT
tick_size: 0.01
lot_size: 0.00001
"""

# Momentum is a level, not a crossing: what it wants depends on the last bars alone, so that a run that has missed some wants the same again from its next fresh bar on.
# Sizes are of shares, so that no outage changes how much is wanted.
PROFILE = """
name: restart
universe: [{universe}]
currency: USDT
cash: 1_000_000
strategies:
  - momentum: {{lookback: {lookback}}}
sizing: {{{sizing}}}
execution: {{{execution}}}
fills:
  volume_share: 100 %
  slippage: {{basis_points: 1}}
  fees: {{basis_points: 10}}
lots: average
risk:
  allow_short: false
  require_cash: true
  max_position: 10
  price_guard: {{min: 1, max: 10_000_000}}
  breakers:
    - daily_loss: {{threshold: 90 %, action: halt}}
instance: restart
interval: 1 min
instruments:
{instruments}
feeds: [{{binance: {{url: "http://127.0.0.1:{port}", stream: "ws://127.0.0.1:{port}"}}}}]
warmup: {{bars: 20}}
submit: true
{roll}
venue:
  name: binance
  keys: {{env: REHEARSAL}}
  url: "http://127.0.0.1:{port}"
  stream: "ws://127.0.0.1:{port}/ws-api/v3"
  recv_window: {window} s
  resend_within: {resend} s
  unknown_orders: halt
  unknown_positions: halt
  on_stop: cancel
  stop_wait: 10 min
clock: {{speed: {speed}}}
"""

FAULTS = """
seed: {seed}
faults:
  - {{fault: drop_after, on: order, rate: 4 %}}
  - {{fault: drop, on: order, rate: 4 %}}
  - {{fault: timeout_after, on: order, rate: 4 %}}
  - {{fault: timeout, on: order, rate: 4 %}}
  - {{fault: duplicate_message, on: user_event, rate: 5 %}}
  - {{fault: skip, on: user_event, rate: 3 %}}
  - {{fault: cut_sockets, on: user_event, rate: 1 %}}
  - {{fault: skip, on: kline_close, rate: 2 %}}
"""

# 2026-01-05T00:00Z, a Monday.
START = 1767571200


PAIR = {"BTCUSDT": 60000.0, "ETHUSDT": 3000.0}
# Twenty of them, at prices from 20 to 20,000.
TWENTY = {f"{chr(65 + place)}XXUSDT": round(20.0 * 1.44**place, 2) for place in range(20)}

INSTRUMENT = "  - {{symbol: {symbol}, market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}}"


def profile(port, speed, symbols=PAIR, execution="order: market, time_in_force: gtc", lookback=3, window=5, resend=600, roll="", sizing="shares: 1"):
    return PROFILE.format(
        port=port, speed=speed, universe=", ".join(symbols), instruments="\n".join(INSTRUMENT.format(symbol=symbol) for symbol in symbols),
        execution=execution, lookback=lookback, window=window, resend=resend, roll=roll, sizing=sizing)


def write(path, closes):
    """Bars of one minute whose closes are given, a list a symbol; each opens at the close before it."""
    with open(path, "w") as file:
        file.write("symbol,time,open,high,low,close,volume\n")
        for minute in range(min(map(len, closes.values())) - 1):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(START + 60 * minute))
            for symbol, series in closes.items():
                first, close = series[minute], series[minute + 1]
                high, low = max(first, close) * 1.0003, min(first, close) * 0.9997
                file.write(f"{symbol},{stamp},{first:.2f},{high:.2f},{low:.2f},{close:.2f},500\n")


def journal(engine, folder, closes):
    """Imports such bars; gives the journal's path."""
    write(f"{folder}/bars.csv", closes)
    with open(f"{folder}/spec.yaml", "w") as file:
        file.write(SPEC)
    subprocess.run([engine, "import", f"{folder}/bars.csv", "--spec", f"{folder}/spec.yaml", "--output", f"{folder}/bars.zst"], check=True, capture_output=True)
    return f"{folder}/bars.zst"


def walk(count, seed, symbols=PAIR):
    chance = random.Random(seed)
    closes = {symbol: [first] for symbol, first in symbols.items()}
    for series in closes.values():
        for _ in range(count):
            series.append(series[-1] * (1 + chance.gauss(0, 0.002)))
    return closes


def steps(history, moves):
    """A flat market, and then a move a bar: both symbols go up where it is +1, down where it is -1."""
    closes = {symbol: [first] for symbol, first in PAIR.items()}
    for series in closes.values():
        for move in [0] * history + moves:
            series.append(series[-1] * (1 + 0.002 * move))
    return closes
