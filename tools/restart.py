#!/usr/bin/env python3
"""Kills a live engine at random moments and starts it again, while a rehearsal exchange plays on: then the exchange's own book says whether any intent became two
orders, and the journal whether any fill was lost.

    tools/restart.py ENGINE [--kills N] [--seed S] [--faults]

Prints one line of figures; exit code 1 where a promise is broken.
"""
import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

PROFILE = """
name: restart
universe: [BTCUSDT, ETHUSDT]
currency: USDT
cash: 1_000_000
strategies:
  - sma_cross: {{fast: 2, slow: 4}}
sizing: {{notional: 200}}
execution: {{order: market, time_in_force: gtc}}
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
  - {{symbol: BTCUSDT, market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}}
  - {{symbol: ETHUSDT, market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.0001, calendar: always}}
feeds: [{{binance: {{url: "http://127.0.0.1:{port}", stream: "ws://127.0.0.1:{port}"}}}}]
warmup: {{bars: 20}}
submit: true
venue:
  name: binance
  keys: {{env: REHEARSAL}}
  url: "http://127.0.0.1:{port}"
  stream: "ws://127.0.0.1:{port}/ws-api/v3"
  recv_window: 5 s
  resend_within: 10 min
  unknown_orders: halt
  unknown_positions: ignore
  on_stop: cancel
  stop_wait: 60 s
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


def bars(path, count, seed):
    random_walk = random.Random(seed)
    last = {"BTCUSDT": 60000.0, "ETHUSDT": 3000.0}
    with open(path, "w") as file:
        file.write("symbol,time,open,high,low,close,volume\n")
        for minute in range(count):
            for symbol, first in last.items():
                close = first * (1 + random_walk.gauss(0, 0.002))
                high, low = max(first, close) * 1.0003, min(first, close) * 0.9997
                last[symbol] = close
                stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(1767571200 + 60 * minute))
                file.write(f"{symbol},{stamp},{first:.2f},{high:.2f},{low:.2f},{close:.2f},500\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=int, default=60)
    parser.add_argument("--faults", action="store_true")
    options = parser.parse_args()
    engine = os.path.abspath(options.engine)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="engine-restart-") as folder:
        os.chdir(folder)
        bars("bars.csv", 3000, options.seed)
        open("spec.yaml", "w").write(SPEC)
        subprocess.run([engine, "import", "bars.csv", "--spec", "spec.yaml", "--output", "bars.zst"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        command = [engine, "rehearse", "--bars", "bars.zst", "--speed", str(options.speed), "--history", "50", "--balance", "USDT=1000000"]
        if options.faults:
            open("faults.yaml", "w").write(FAULTS.format(seed=options.seed))
            command += ["--faults", "faults.yaml"]
        exchange = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            return rehearse(engine, exchange, options, chance)
        finally:
            exchange.send_signal(signal.SIGTERM)
            exchange.wait(20)


def rehearse(engine, exchange, options, chance):
    port = json.loads(exchange.stdout.readline())["port"]
    open("p.yaml", "w").write(PROFILE.format(port=port, speed=options.speed))
    environment = dict(os.environ, REHEARSAL_KEY="engine-test-key", REHEARSAL_SECRET="engine-test-secret", ALLOW_SUBMIT="1")
    live = [engine, "live", "--profile", "p.yaml", "--i-accept-live-orders", "--output", "run.zst"]
    log = open("live.log", "ab")
    kills = 0
    started = time.monotonic()
    for _ in range(options.kills):
        process = subprocess.Popen(live, env=environment, stdout=log, stderr=log)
        time.sleep(chance.uniform(0.05, 3.0))
        if process.poll() is not None:
            print(open("live.log", errors="replace").read()[-3000:], file=sys.stderr)
            print(f"restart: the engine ended by itself with {process.returncode}")
            return 1
        process.kill()
        process.wait()
        kills += 1
    # The last process runs on for a while, and ends in good order.
    process = subprocess.Popen(live, env=environment, stdout=log, stderr=log)
    time.sleep(6)
    process.send_signal(signal.SIGTERM)
    code = process.wait(60)
    book = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/rehearsal/book"))
    problems = []
    if code != 0:
        problems.append(f"the last run ended with {code}")
    doubled = [name for name, count in counts(book).items() if count > 1]
    if doubled:
        problems.append(f"sent twice: {doubled}")
    replay = subprocess.run([engine, "replay", "run.zst"], capture_output=True, text=True)
    if replay.returncode:
        problems.append("replay differs: " + replay.stdout[-300:] + replay.stderr[-300:])
    fills = [json.loads(line) for line in subprocess.run(
        [engine, "export", "run.zst", "--kind", "fill", "--format", "jsonl"], capture_output=True, text=True, check=True).stdout.splitlines()]
    booked = {}
    for fill in fills:
        booked[fill["client_order_id"]] = booked.get(fill["client_order_id"], 0) + round(float(fill["quantity"]) * 1e8)
    traded = {name: round(quantity * 1e8) for name, quantity in executed(book).items() if quantity}
    if booked != traded:
        different = {name: (booked.get(name), traded.get(name)) for name in booked.keys() | traded.keys() if booked.get(name) != traded.get(name)}
        problems.append(f"fills differ (booked, traded): {different}")
    print(
        f"restart: {kills} kills in {time.monotonic() - started:.0f} s, {len(counts(book))} orders at the exchange, {len(fills)} fills booked, "
        f"{len(doubled)} sent twice, {0 if booked == traded else 1} lost or doubled, seed {options.seed}{', with faults' if options.faults else ''}")
    for problem in problems:
        print("restart: BROKEN:", problem)
    if problems:
        keep = f"/tmp/engine-restart-{options.seed}.zst"
        subprocess.run(["cp", "run.zst", keep], check=False)
        subprocess.run(["cp", "live.log", keep + ".log"], check=False)
        json.dump(book, open(keep + ".book.json", "w"))
        print("restart: kept", keep)
    return 1 if problems else 0


def counts(book):
    result = {}
    for order in book["orders"]:
        result[order["client_order_id"]] = result.get(order["client_order_id"], 0) + 1
    return result


def executed(book):
    result = {}
    for order in book["orders"]:
        result[order["client_order_id"]] = result.get(order["client_order_id"], 0.0) + float(order["executed"])
    return result


if __name__ == "__main__":
    sys.exit(main())
