#!/usr/bin/env python3
"""Twenty trading days of one-minute bars, four symbols, at rehearsal exchanges with faults, at many times real time: what grows, and which errors were told.

    tools/soak.py ENGINE [--days N] [--speed S] [--instances M]

A trading day has 390 bars; the days are shared out over engines that run side by side, each at an exchange of its own. Exit code 1 where resident memory or open files of engine or exchange grow, where a bar is lost, where book and journal differ, or where
an error was told that no fault of the plan accounts for.
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from restarts import market
from restarts.facts import Facts, check_book
from restarts.stage import Stage

HISTORY = 50
MINUTES = 390
SYMBOLS = {"BTCUSDT": 60000.0, "ETHUSDT": 3000.0, "SOLUSDT": 150.0, "ADAUSDT": 12.0}
# Growth that is none: an allocator's habits, and what a journal's writer keeps of blocks. Of the measured span, whose first quarter is left out.
MEMORY_KILOBYTES = 4_096
FILES = 6
# Errors that a plan of faults leads to, and what has to have fired for it; any other is one that nobody can account for.
ACCOUNTED = {
    "outcome_unknown": ("drop", "drop_after", "timeout", "timeout_after"),
    "gap_left": ("skip",),
    "fills_missing": ("skip", "cut_sockets", "drop_after", "timeout_after"),
    "late_fill": ("drop_after", "timeout_after", "skip"),
    "cancel_refused": ("drop", "drop_after", "timeout", "timeout_after", "cut_sockets", "skip"),
}


class Meter:
    """What a process uses, over time."""

    def __init__(self, name, process):
        self.name, self.process, self.readings = name, process, []

    def read(self, seconds):
        folder = f"/proc/{self.process.pid}"
        with open(f"{folder}/status") as file:
            resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        self.readings.append((seconds, resident, len(os.listdir(f"{folder}/fd"))))

    def line(self, seconds, days):
        """Figures, and what is wrong with them."""
        settled = [reading for reading in self.readings if reading[0] > seconds / 4]
        half = len(settled) // 2
        problems = []
        (slope, files_slope) = (self.slope(settled, place) for place in (1, 2))
        span = settled[-1][0] - settled[0][0]
        resident = [reading[1] for reading in settled]
        files = [reading[2] for reading in settled]
        grown, more = slope * span, files_slope * span
        if grown > MEMORY_KILOBYTES:
            problems.append(f"{self.name}: resident memory grew by {grown:.0f} KiB in three quarters of {days} days, from {resident[0]} to {resident[-1]}")
        if more > FILES or max(files[half:]) > max(files[:half]) + FILES:
            problems.append(f"{self.name}: open files grew by {more:.1f}, {max(files[:half])} at most in the first half and {max(files[half:])} in the second")
        return (f"soak: {self.name}: {min(resident)} to {max(resident)} KiB resident, slope {slope * seconds / days:+.1f} KiB a day; {min(files)} to {max(files)} open files, "
                f"slope {files_slope * seconds / days:+.3f} a day; {len(settled)} readings"), problems

    @staticmethod
    def slope(readings, place):
        """Least squares, a second."""
        count = len(readings)
        mean_x, mean_y = sum(r[0] for r in readings) / count, sum(r[place] for r in readings) / count
        spread = sum((r[0] - mean_x) ** 2 for r in readings)
        return sum((r[0] - mean_x) * (r[place] - mean_y) for r in readings) / spread if spread else 0.0


def minutes_between(first, last):
    parse = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((parse(last) - parse(first)).total_seconds()) // 60


def errors(engine, path):
    """Notices and alerts by code and severity."""
    counts = {}
    for line in subprocess.run([engine, "export", path, "--format", "jsonl"], capture_output=True, text=True, check=True).stdout.splitlines():
        event = json.loads(line)
        if event["kind"] in ("notice", "alert"):
            key = (event["severity"], event["code"])
            counts[key] = counts.get(key, 0) + 1
    return counts


class Soak(threading.Thread):
    """An engine at an exchange for some days, and what both use meanwhile."""

    def __init__(self, number, engine, folder, bars, speed, minutes):
        super().__init__()
        self.minutes, self.failure = minutes, None
        self.stage = Stage(engine, f"{folder}/{number}", bars, speed, HISTORY, faults=9 + number, symbols=SYMBOLS, lookback=8, window=60)
        self.meters = []

    def run(self):
        try:
            self.live()
        except Exception as error:  # Told with the figures: which engine, and what.
            self.failure = f"{type(error).__name__}: {error}"

    def live(self):
        stage = self.stage
        stage.begin()
        started = time.monotonic()
        self.meters = [Meter("engine", stage.process), Meter("exchange", stage.exchange)]
        while stage.minute() - HISTORY < self.minutes:
            if not stage.is_running:
                raise RuntimeError("the engine ended by itself: " + stage.last_words())
            for meter in self.meters:
                meter.read(time.monotonic() - started)
            time.sleep(0.5)
        self.seconds = time.monotonic() - started
        self.code = stage.stop(120)
        self.book = stage.book()
        self.replay = stage.run("replay", stage.path)
        self.facts = Facts(stage.engine, [stage.path])
        self.told = errors(stage.engine, stage.path)


def check(soak, total, faults, told):
    """What is wrong with one of them; adds its figures to the sums."""
    facts = soak.facts
    problems = [f"the engine ended with {soak.code}: {soak.stage.last_words()}"] if soak.code else []
    if soak.replay.returncode:
        problems.append("replay differs: " + soak.replay.stdout[-300:])
    found, orders, doubled = check_book(facts, soak.book)
    problems += found
    known = sorted({known for _, known in facts.bars})
    missing = (minutes_between(known[0], known[-1]) + 1) * len(SYMBOLS) - len(facts.bars)
    fired = {}
    for fault in soak.book["faults"]:
        fired[fault["fault"]] = fired.get(fault["fault"], 0) + 1
        faults[fault["fault"]] = faults.get(fault["fault"], 0) + 1
    for (severity, code), number in soak.told.items():
        told[(severity, code)] = told.get((severity, code), 0) + number
        if severity == "error" and not any(fired.get(fault) for fault in ACCOUNTED.get(code, ())):
            problems.append(f"{number} errors {code} that no fault accounts for")
    # A message that was skipped may come too late for its slot, and is told; a bar that nobody told of is lost.
    late = sum(number for (_, code), number in soak.told.items() if code in ("late_bar", "gap_left", "slot_incomplete"))
    if missing > late:
        problems.append(f"{missing} bars are missing, {late} were told")
    for name, value in dict(
            bars=len(facts.bars), fresh=sum(1 for historical in facts.bars.values() if not historical), missing=missing, signals=len(facts.signals),
            orders=orders, doubled=doubled, fills=len(facts.fills)).items():
        total[name] = total.get(name, 0) + value
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--speed", type=int, default=1000)
    parser.add_argument("--instances", type=int, default=4)
    options = parser.parse_args()
    engine = os.path.abspath(options.engine)
    days = options.days / options.instances
    minutes = int(days * MINUTES)
    problems, total, faults, told, soaks = [], {}, {}, {}, []
    with tempfile.TemporaryDirectory(prefix="engine-soak-") as folder:
        bars = market.journal(engine, folder, market.walk(HISTORY + minutes + 400, 9, SYMBOLS))
        try:
            for number in range(options.instances):
                soaks.append(Soak(number, engine, folder, bars, options.speed, minutes))
            for soak in soaks:
                soak.start()
            for soak in soaks:
                soak.join()
        finally:
            for soak in soaks:
                soak.stage.close()
        for number, soak in enumerate(soaks):
            if soak.failure:
                problems.append(f"{number}: {soak.failure}")
                continue
            problems += [f"{number}: {problem}" for problem in check(soak, total, faults, told)]
            for meter in soak.meters:
                line, wrong = meter.line(soak.seconds, days)
                problems += [f"{number}: {problem}" for problem in wrong]
                print(line)
        lasted = max((soak.seconds for soak in soaks if not soak.failure), default=0)
    print(f"soak: {options.days} trading days at {options.instances} exchanges in {lasted:.0f} s: " + ", ".join(f"{value} {name}" for name, value in total.items())
          + f"; {sum(faults.values())} faults fired")
    print("soak: faults:", ", ".join(f"{name} {number}" for name, number in sorted(faults.items())))
    print("soak: told:", ", ".join(f"{severity} {code} {number}" for (severity, code), number in sorted(told.items())))
    for problem in problems:
        print("soak: BROKEN:", problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
