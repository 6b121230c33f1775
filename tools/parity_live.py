#!/usr/bin/env python3
"""Paper and live against what a backtest and a replay make of the same inputs, on twenty symbols; and bursts of bars, which lose none.

    tools/parity_live.py ENGINE

1. A paper session plays twenty symbols; a backtest over its journal decides the same, and `engine diff` says so. Its bars come at once over standard input, too.
2. A live session trades twenty symbols at a rehearsal exchange; `engine replay` finds every decision equal, and `engine certify` leaves nothing unexplained. In the middle it is stopped for six bars: what came
   meanwhile comes at once, and every bar that the exchange played is in the journal once.
Prints figures; exit code 1 where one of it isn't so.
"""
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from restarts import market
from restarts.facts import Facts, check_book
from restarts.stage import Stage

HISTORY = 30


def run(engine, *arguments, ok=0, **more):
    done = subprocess.run([engine, *arguments], capture_output=True, text=True, **more)
    if done.returncode != ok:
        raise SystemExit(f"parity: BROKEN: engine {' '.join(arguments)} ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return done.stdout


def same(engine, folder, name, profile, started):
    """A backtest over a session's journal, and what `engine diff` says of the two."""
    run(engine, "replay", f"{folder}/{name}.zst")
    run(engine, "backtest", "--profile", profile, "--bars", f"{folder}/{name}.zst", "--output", f"{folder}/{name}-again.zst")
    run(engine, "diff", f"{folder}/{name}.zst", f"{folder}/{name}-again.zst")
    facts = Facts(engine, [f"{folder}/{name}.zst"])
    if len(facts.fills) < 100:
        raise SystemExit(f"parity: BROKEN: {name} traded {len(facts.fills)} times, which shows nothing")
    print(f"parity: {name}: {len(facts.bars)} bars of {len({symbol for symbol, _ in facts.bars})} symbols, {len(facts.signals)} signals, {len(facts.fills)} fills; "
          f"replay equal, a backtest over its journal the same, {time.monotonic() - started:.1f} s")
    return facts


def paper(engine, folder):
    bars = market.journal(engine, folder, market.walk(400, 5, market.TWENTY))
    profile = f"{folder}/paper.yaml"
    lines = [line for line in market.profile(9, 1, market.TWENTY).splitlines() if not line.startswith("clock:")]
    text = "\n".join(lines)
    # The same profile without a venue outside and without feeds of the world.
    text = text[:text.index("venue:")] + "venue: paper\n"
    feeds = [line for line in text.splitlines() if line.startswith("feeds:")][0]
    with open(profile, "w") as file:
        file.write(text.replace(feeds + "\n", ""))
    started = time.monotonic()
    run(engine, "paper", "--profile", profile, "--bars", bars, "--speed", "max", "--output", f"{folder}/paper.zst")
    same(engine, folder, "paper", profile, started)
    # All of it at once: some thousand times the rate at which one-minute bars come.
    burst = f"{folder}/burst.yaml"
    with open(burst, "w") as file:
        file.write(text.replace(feeds, "feeds: [stdin]").replace("warmup: {bars: 20}\n", ""))
    sent = lines_of(f"{folder}/bars.csv")
    started = time.monotonic()
    run(engine, "paper", "--profile", burst, "--output", f"{folder}/burst.zst", input="".join(json.dumps(line) + "\n" for line in sent))
    seconds = time.monotonic() - started
    facts = same(engine, folder, "burst", burst, started)
    if len(facts.bars) != len(sent) or facts.counts["bar"] != len(sent):
        raise SystemExit(f"parity: BROKEN: {len(sent)} bars came at once, {facts.counts['bar']} are in the journal")
    print(f"parity: burst: {len(sent)} bars of standard input within {seconds:.1f} s, {len(sent) / seconds:.0f} a second, where twenty symbols bring one in three: each is in the journal, once")


def lines_of(path):
    sent = []
    with open(path) as file:
        for row in file.read().splitlines()[1:]:
            symbol, stamp, first, high, low, close, volume = row.split(",")
            nanos = int(datetime.datetime.fromisoformat(stamp).timestamp()) * 1_000_000_000
            prices = {name: float(value) for name, value in zip(("open", "high", "low", "close", "volume"), (first, high, low, close, volume))}
            sent.append({"symbol": symbol, "time": nanos, **prices})
    # Slot by slot, as a feed brings them.
    return sorted(sent, key=lambda line: line["time"])


def live(engine, folder):
    os.makedirs(f"{folder}/live-bars")
    bars = market.journal(engine, f"{folder}/live-bars", market.walk(600, 6, market.TWENTY))
    stage = Stage(engine, f"{folder}/live", bars, 120, HISTORY, symbols=market.TWENTY, window=60)
    started = time.monotonic()
    try:
        stage.begin()
        time.sleep(10)
        stage.process.send_signal(signal.SIGSTOP)
        time.sleep(6 * 60 / stage.speed)
        stage.process.send_signal(signal.SIGCONT)
        time.sleep(8)
        code = stage.stop()
        book = stage.book()
    finally:
        stage.close()
    if code:
        raise SystemExit(f"parity: BROKEN: the live session ended with {code}: {stage.last_words()}")
    run(engine, "replay", stage.path)
    certificate = run(engine, "certify", stage.path)
    facts = Facts(engine, [stage.path])
    problems, orders, doubled = check_book(facts, book)
    # Every minute from the first to the last has a bar of every symbol, once.
    minutes = sorted({known for _, known in facts.bars})
    span = (datetime.datetime.fromisoformat(minutes[-1].replace("Z", "+00:00")) - datetime.datetime.fromisoformat(minutes[0].replace("Z", "+00:00"))).seconds // 60 + 1
    wanted = span * len(market.TWENTY)
    if facts.counts["bar"] != wanted or len(facts.bars) != wanted:
        problems.append(f"{span} minutes have {wanted} bars, and the journal {facts.counts['bar']}")
    fresh = len([1 for historical in facts.bars.values() if not historical])
    if not orders or fresh < 10 * len(market.TWENTY):
        problems.append(f"{orders} orders on {fresh} fresh bars show nothing")
    for problem in problems:
        print("parity: BROKEN:", problem)
    print(f"parity: live: {facts.counts['bar']} bars of {len(market.TWENTY)} symbols, {fresh} of them fresh, none lost by six bars' stop; {len(facts.signals)} signals, {orders} orders, {len(facts.fills)} fills; "
          f"replay finds every decision equal, {certified(certificate)}, book and journal agree, {time.monotonic() - started:.1f} s")
    return len(problems)


def certified(certificate):
    """The certificate's own word of what was alike."""
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in certificate.splitlines() if line.split()}
    return f"certified: {lines['twin']}, unexplained {lines['unexplained']}"


def main():
    engine = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="engine-parity-") as folder:
        paper(engine, folder)
        return 1 if live(engine, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
