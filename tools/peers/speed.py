"""Times the same strategy on the same bars in this engine and in its peers, in turns, and prints each one's bars a second and the ratio.

    python3 tools/peers/speed.py ENGINE [--bars N] [--rounds N] [--json]

SMA 10/30 of one-minute closes, 100 shares, market orders; a random walk from a fixed seed. All must make as many fills, and those that fill at
the next open the same last equity, or nothing is printed. Taken is the lowest of the rounds, because what else
the machine does only ever adds. Processor seconds are those of all threads; wall seconds mean little on a machine that is shared.

What is counted: for the peers the run alone, with bars in memory as that peer wants them (backtrader fetches each from a list while it runs), interpreter
and imports left out, and nothing written. For the engine the whole process: start, reading the bars' journal from disk, risk gate, and every bar, signal,
decision, order, fill and equity mark written to a compressed, hashed journal. Virtual environments are those of tools/peers.sh.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import resource
import subprocess
import sys
import tempfile
import time

import engine as engines

PEERS = {"backtesting": "backtesting.py", "backtrader": "backtrader", "nautilus": "NautilusTrader"}
#: A walk of 200,000 bars on which the two means are never equal and do not cross on the last bar, where who fills at the close has one fill more.
SEED = 3
ROOT = pathlib.Path(__file__).resolve().parents[2]


def walk(count, seed):
    """Bars of a random walk in hundredths of a cent, so fine that two means are never equal, as rows of CSV; volume is of no account."""
    state, close = seed, 1_000_000
    for place in range(count):
        prices = [close]
        for _ in range(4):
            state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
            prices.append(max(10_000, prices[-1] + (state >> 33) % 2001 - 1000))
        close = prices[-1]
        day, minute = divmod(place, 1440)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_577_836_800 + day * 86_400 + minute * 60))
        yield [stamp, *(f"{price / 10_000:.4f}" for price in (prices[0], max(prices), min(prices), close)), 1_000_000]


def timed(command):
    """(processor seconds of all threads, wall seconds) of a whole process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return [after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start]


def measure(arguments, work):
    source = pathlib.Path(work) / "bars.csv"
    with open(source, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", "open", "high", "low", "close", "volume"])
        writer.writerows(walk(arguments.bars, SEED))
    ours = engines.Engine(arguments.engine, work)
    strategy = '"sma_cross": {"fast": 10, "slow": 30}'
    profile = ours.profile("speed", strategy, 100, ["A"], order={"order": "market"}, cash=10_000_000)
    bars, journal = pathlib.Path(work) / "bars.zst", pathlib.Path(work) / "speed.zst"
    importing = [
        arguments.engine, "import", source, "--spec", "ohlcv", "--symbol", "A", "--output", bars, "--replace", "--set", "asset_class=equity", "--set",
        "tick_size=0.0001", "--set", "lot_size=1"]
    running = [arguments.engine, "backtest", "--profile", profile, "--bars", bars, "--output", journal, "--replace"]
    found = {name: [] for name in ["engine", *PEERS]}
    for _ in range(arguments.rounds):
        load, run = timed(importing), timed(running)
        report = json.loads(ours.call("report", journal, "--format", "json"))
        fills = len(ours.call("export", journal, "--kind", "fill", "--format", "csv").splitlines()) - 1
        found["engine"].append(
            {"bars": arguments.bars, "fills": fills, "equity": float(report["final_equity"]), "load": load, "run": run})
        for peer in PEERS:
            python = ROOT / f".venv-{peer}/bin/python"
            done = subprocess.run(
                [python, pathlib.Path(__file__).with_name("speed_peer.py"), peer, source], check=True, capture_output=True, text=True)
            found[peer].append(json.loads(done.stdout))
    return found


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("engine")
    parser.add_argument("--bars", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        found = measure(arguments, work)
    rows = {}
    for name, rounds in found.items():
        run, load = (min((each[key] for each in rounds), key=lambda seconds: seconds[0]) for key in ("run", "load"))
        rows[name] = {
            "bars": arguments.bars, "fills": rounds[0]["fills"], "equity": rounds[0]["equity"], "processor_seconds": run[0], "wall_seconds": run[1],
            "load_processor_seconds": load[0]}
    same = {row["fills"] for row in rows.values()}, {f"{rows[name]['equity']:.2f}" for name in ("engine", "backtesting", "backtrader")}
    if any(len(values) > 1 for values in same):
        raise RuntimeError(f"what was timed isn't the same work: {rows}")
    if arguments.json:
        print(json.dumps({"machine": machine(), "rows": rows}))
        return 0
    print(f"{machine()}; {arguments.bars} bars, lowest of {arguments.rounds} rounds in turns")
    for name, row in rows.items():
        ratio = row["processor_seconds"] / rows["engine"]["processor_seconds"]
        print(
            f"{PEERS.get(name, name):15s} {arguments.bars / row['processor_seconds']:12,.0f} bars a processor second, {ratio:7.1f} times the engine's time; wall "
            f"{row['wall_seconds']:.2f} s; loading {row['load_processor_seconds']:.2f} s more; {row['fills']} fills, equity {row['equity']:.2f}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"speed: {error}{getattr(error, 'stderr', '') or ''}", file=sys.stderr)
        sys.exit(2)
