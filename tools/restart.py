#!/usr/bin/env python3
"""Kills live engines and starts them again, while rehearsal exchanges play on: then the exchanges' own books say whether any intent became two orders, the
journals whether any fill was lost, and a run that nobody disturbed what it should all have come to.

    tools/restart.py ENGINE [--kills N] [--instances M] [--seed S] [--faults] [--roll EVENTS]    at random moments
    tools/restart.py DEBUG-ENGINE --at POINT|all [--exchange ENGINE]             at named points of an order's life; debug builds alone can die there

Prints figures; exit code 1 where a promise is broken.
"""
import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from restarts import market, points
from restarts.facts import Facts, check_book
from restarts.stage import Stage

HISTORY = 50
# Bars behind the last kill that nobody disturbs: what is wanted by then is held by then.
SETTLING = 10
SYMBOLS = ("BTCUSDT", "ETHUSDT")
LOOKBACK = 3


class Instance(threading.Thread):
    """A stage whose engine is killed at random moments."""

    def __init__(self, number, stage, kills, seed):
        super().__init__()
        self.number, self.stage, self.kills, self.chance = number, stage, kills, random.Random(seed)
        self.failure = None

    def run(self):
        try:
            self.live()
        except Exception as error:  # Told with the figures: which instance, and what.
            self.failure = f"{type(error).__name__}: {error}"

    def live(self):
        stage = self.stage
        for _ in range(self.kills):
            stage.begin()
            # From before the first byte of the journal is read to some bars into the run.
            time.sleep(self.chance.uniform(0.01, 0.1) if self.chance.random() < 0.3 else self.chance.uniform(0.1, 0.9))
            if not stage.is_running:
                raise RuntimeError(f"the engine ended by itself with {stage.process.returncode}: {stage.last_words()}")
            stage.kill()
        stage.begin()
        time.sleep(SETTLING * 60 / stage.speed + 1)
        self.code = stage.stop()
        self.book = stage.book()
        self.replay = stage.run("replay", *stage.journals)
        self.facts = Facts(stage.engine, stage.journals)


def check(instance, whole):
    """What is wrong with an instance, and a line of figures."""
    facts, problems = instance.facts, []
    found, orders, doubled = check_book(facts, instance.book)
    problems += found
    if instance.code:
        problems.append(f"the last run ended with {instance.code}: {instance.stage.last_words()[-400:]}")
    if instance.replay.returncode:
        problems.append("replay differs: " + instance.replay.stdout[-300:] + instance.replay.stderr[-300:])
    # What an outage hides is history when it is found, and never ordered on; what a skipped message hides comes too late for its slot, and indicators lack it.
    # Where both runs have seen the bars that a decision is made of, and both decided, they want the same.
    both, finals = 0, 0
    for symbol in SYMBOLS:
        last = None
        for time in sorted(facts.wished):
            if not facts.is_fresh(symbol, time):
                continue
            last = None
            if not whole.is_fresh(symbol, time) or not facts.has_whole(symbol, time, LOOKBACK) or not whole.has_whole(symbol, time, LOOKBACK):
                continue
            both, last = both + 1, time
            ours, theirs = facts.wished[time].get(symbol, "flat"), whole.wished[time].get(symbol, "flat")
            if ours != theirs:
                problems.append(f"at {time} it wants {symbol} {ours}, undisturbed {theirs}")
        # Its last decision is one that the undisturbed run made, too: what came of it is held, unless the run was ended before the order's absence was proved.
        if last is not None and symbol not in facts.taken_back:
            finals += 1
            ours, theirs = facts.positions.get(symbol, 0), whole.held[last].get(symbol, 0)
            if ours != theirs:
                problems.append(f"it holds {ours} {symbol}, undisturbed {theirs} behind {last}")
    missed = len([time for time in whole.fresh_times if time in facts.wished and time not in facts.fresh_times])
    return problems, dict(orders=orders, doubled=doubled, fills=len(facts.fills), both=both, missed=missed, finals=finals)


def random_kills(options, engine, folder):
    bars = market.journal(engine, folder, market.walk(4000, options.seed))
    started = time.monotonic()
    share = [options.kills // options.instances + (1 if place < options.kills % options.instances else 0) for place in range(options.instances)]
    stages = []
    roll = f"journal: {{roll: {options.roll}}}" if options.roll else ""
    try:
        whole = Stage(engine, f"{folder}/undisturbed", bars, options.speed, HISTORY, lookback=LOOKBACK, window=60, roll=roll)
        stages.append(whole)
        whole.begin()
        instances = []
        for place, kills in enumerate(share):
            faults = options.seed * 100 + place if options.faults else None
            stage = Stage(engine, f"{folder}/{place}", bars, options.speed, HISTORY, faults=faults, lookback=LOOKBACK, window=60, roll=roll)
            stages.append(stage)
            instances.append(Instance(place, stage, kills, options.seed * 1000 + place))
        for instance in instances:
            instance.start()
        for instance in instances:
            instance.join()
        # The undisturbed run has to have seen every bar that another one has.
        time.sleep(3 * 60 / options.speed + 1)
        code = whole.stop()
        undisturbed = Facts(engine, whole.journals)
        broken = [f"the undisturbed run ended with {code}: {whole.last_words()[-400:]}"] if code else []
        broken += [f"the undisturbed run: {problem}" for problem in check_book(undisturbed, whole.book())[0]]
    finally:
        for stage in stages:
            stage.close()
    total = dict(orders=0, doubled=0, fills=0, both=0, missed=0, finals=0)
    for instance in instances:
        if instance.failure:
            broken.append(f"instance {instance.number}: {instance.failure}")
            continue
        problems, figures = check(instance, undisturbed)
        broken += [f"instance {instance.number}: {problem}" for problem in problems]
        total = {name: total[name] + figures[name] for name in total}
    if total["finals"] < len(SYMBOLS) * len(instances) / 2:
        broken.append(f"only {total['finals']} final positions could be compared")
    seconds = time.monotonic() - started
    files = sum(len(stage.journals) for stage in stages)
    print(
        f"restart: {sum(share)} kills in {seconds:.0f} s, {options.instances} instances, seed {options.seed}{', with faults at the exchange' if options.faults else ''}{f', {files} files of {options.roll} events' if options.roll else ''}: "
        f"{total['orders']} orders at the exchange, {total['doubled']} sent twice, {total['fills']} fills booked, each once and as the exchange has it; "
        f"positions and cash equal the exchange's; {total['both']} decisions as undisturbed, {total['missed']} bars missed by outages, {total['finals']} of {len(SYMBOLS) * len(instances)} final positions compared, all equal"
        if not broken else f"restart: {sum(share)} kills in {seconds:.0f} s: {len(broken)} promises broken")
    return broken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--instances", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=int)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--roll", type=int, help="every journal rolls after so many events")
    parser.add_argument("--at", help="a named point, several with commas, or all")
    parser.add_argument("--exchange", help="the program that plays the exchange, where it is another")
    options = parser.parse_args()
    engine = os.path.abspath(options.engine)
    with tempfile.TemporaryDirectory(prefix="engine-restart-") as folder:
        if options.at:
            names = list(points.POINTS) if options.at == "all" else options.at.split(",")
            unknown = [name for name in names if name not in points.POINTS]
            if unknown:
                parser.error(f"no such point: {', '.join(unknown)}; there are {', '.join(points.POINTS)}")
            exchange = os.path.abspath(options.exchange) if options.exchange else None
            broken = points.run(engine, folder, names, options.speed or 15, exchange)
        else:
            options.speed = options.speed or 120
            broken = random_kills(options, engine, folder)
        for problem in broken:
            print("restart: BROKEN:", problem)
        if broken:
            keep = tempfile.mkdtemp(prefix="engine-restart-broken-")
            shutil.copytree(folder, keep, dirs_exist_ok=True)
            print("restart: kept", keep)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
