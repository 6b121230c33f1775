#!/usr/bin/env python3
"""Measures a live engine on sockets: from the arrival of a slot's last bar to its decision, to its being durable, and to its orders' bytes being handed to the socket.

    tools/latency.py ENGINE [--symbols 20] [--slots 120]

The rehearsal exchange plays random bars at 60 times real time; the engine commits with fdatasync before anything leaves. Beside it, in the same run, a bare write and fdatasync of as
many bytes as a commit has, in the same folder: what the disk alone takes. Prints figures; judges nothing.
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

from restart import SPEC

HEAD = """
name: latency
universe: [{symbols}]
currency: USDT
cash: 10_000_000
strategies: [{{sma_cross: {{fast: 1, slow: 2}}}}]
sizing: {{shares: 1}}
execution: {{order: market, time_in_force: gtc}}
fills: {{volume_share: 100 %, slippage: none, fees: none}}
lots: average
risk:
  allow_short: false
  require_cash: false
  max_position: 10
  price_guard: {{min: 1, max: 10_000_000}}
  breakers: [{{daily_loss: {{threshold: 90 %, action: halt}}}}]
instance: latency
interval: 1 min
feeds: [{{binance: {{url: "http://127.0.0.1:{port}", stream: "ws://127.0.0.1:{port}"}}}}]
warmup: {{bars: 5}}
submit: true
venue: {{name: binance, keys: {{env: REHEARSAL}}, url: "http://127.0.0.1:{port}", stream: "ws://127.0.0.1:{port}/ws-api/v3", unknown_positions: ignore, unknown_orders: ignore}}
clock: {{speed: 60}}
instruments:
"""


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--symbols", type=int, default=20)
    parser.add_argument("--slots", type=int, default=120)
    options = parser.parse_args()
    engine = os.path.abspath(options.engine)
    names = [f"S{place}USDT" for place in range(options.symbols)]
    chance = random.Random(5)
    with tempfile.TemporaryDirectory(prefix="engine-latency-", dir=os.environ.get("LATENCY_FOLDER")) as folder:
        os.chdir(folder)
        with open("bars.csv", "w") as file:
            file.write("symbol,time,open,high,low,close,volume\n")
            last = dict.fromkeys(names, 100.0)
            for minute in range(options.slots + 60):
                for name in names:
                    close = max(last[name] + chance.choice((-0.05, 0.05)), 50)
                    stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(1767571200 + 60 * minute))
                    file.write(f"{name},{stamp},{last[name]:.2f},{max(last[name], close):.2f},{min(last[name], close):.2f},{close:.2f},5000\n")
                    last[name] = close
        open("spec.yaml", "w").write(SPEC)
        subprocess.run([engine, "import", "bars.csv", "--spec", "spec.yaml", "--output", "bars.zst"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        exchange = subprocess.Popen(
            [engine, "rehearse", "--bars", "bars.zst", "--speed", "60", "--history", "20", "--balance", "USDT=10000000"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = json.loads(exchange.stdout.readline())["port"]
            with open("p.yaml", "w") as file:
                file.write(HEAD.format(symbols=", ".join(names), port=port))
                for name in names:
                    file.write(f"  - {{symbol: {name}, market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}}\n")
            environment = dict(os.environ, REHEARSAL_KEY="engine-test-key", REHEARSAL_SECRET="engine-test-secret", ALLOW_SUBMIT="1")
            run = subprocess.run(
                [engine, "live", "--profile", "p.yaml", "--i-accept-live-orders", "--output", "run.zst", "--minutes", str(options.slots)],
                env=environment, capture_output=True, text=True, timeout=options.slots + 60)
            if run.returncode:
                print(run.stderr[-2000:], file=sys.stderr)
                return 2
        finally:
            exchange.send_signal(signal.SIGTERM)
            exchange.wait(20)
        lines = subprocess.run([engine, "export", "run.zst", "--kind", "measurement", "--format", "jsonl"], capture_output=True, text=True, check=True).stdout.splitlines()
        slots = [row for row in map(json.loads, lines) if row["subject"] == "decision_latency"]
        orders = len(subprocess.run([engine, "export", "run.zst", "--kind", "order_intent", "--format", "jsonl"], capture_output=True, text=True, check=True).stdout.splitlines())
        bare = []
        descriptor = os.open("bare", os.O_CREAT | os.O_WRONLY)
        for _ in range(200):
            start = time.perf_counter_ns()
            os.pwrite(descriptor, b"x" * 8192, 0)
            os.fdatasync(descriptor)
            bare.append(time.perf_counter_ns() - start)
        text = lambda values: f"p50 {percentile(values, 0.5) / 1e3:.0f} us, p99 {percentile(values, 0.99) / 1e3:.0f} us, most {max(values, default=0) / 1e3:.0f} us"
        print(f"latency: {len(slots)} slots of {options.symbols} symbols, {orders} orders")
        print("latency: bar to decision      ", text([row["first"] for row in slots]))
        print("latency: bar to durable       ", text([row["second"] for row in slots]))
        sent = [row["third"] for row in slots if row["third"]]
        print("latency: bar to order's bytes ", text(sent), f"({len(sent)} slots with orders)")
        print("latency: without the disk     ", text([row["first"] + row["third"] - row["second"] for row in slots if row["third"]]))
        print("latency: bare write+fdatasync ", text(bare), f"ratio of p50s {percentile(sent, 0.5) / max(percentile(bare, 0.5), 1):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
