#!/usr/bin/env python3
"""Stops and targets that rest at an exchange, with real processes: an engine that is killed again and again trades at a rehearsal exchange that has Binance's habits
(units on sale are held back, fees are taken in what was bought).

    tools/exits_live.py ENGINE

Sessions with a stop, with a target, and with both as OCO lists, each once undisturbed and once killed again and again. After each: no order was refused for want of balance, no more was on sale in the journal than was held, no client order id was accepted twice, what protects
was placed and filled, replay finds every decision equal, and the certificate leaves nothing unexplained, has compared orders that protect with the twin's
(of an undisturbed session fills of theirs, too) and takes no order for its own excuse. Prints figures; exit code 1 where one of it isn't so.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from restarts import market
from restarts.stage import Stage

HISTORY, SPEED, SECONDS, KILLS = 30, 120, 40, 4
SESSIONS = {
    "stop": "exits: {stop_loss: 0.3 %}\n",
    "target": "exits: {take_profit: 0.3 %}\n",
    "pair": "exits: {stop_loss: 0.3 %, take_profit: 0.3 %}\n",
}


def walked(engine, path):
    """What the journal shows of sales: refusals, the most on sale beyond what was held, and what protected."""
    text = subprocess.run([engine, "export", path, "--format", "jsonl"], capture_output=True, text=True, check=True).stdout
    held, working, pair, problems = {}, {}, {}, []
    counts = {"intents": 0, "protective": 0, "protective_fills": 0, "lists": 0}
    last = None
    for line in text.splitlines():
        event = json.loads(line)
        kind = event["kind"]
        if kind == "position_changed":
            held[event["instrument"]] = Decimal(str(event["quantity"]))
        elif kind == "order_intent":
            counts["intents"] += 1
            order = dict(event, leaves=Decimal(str(event["quantity"])))
            if event["purpose"] in ("stop_loss", "take_profit"):
                counts["protective"] += 1
            if event["purpose"] == "take_profit" and last and last["purpose"] == "stop_loss" and event["sequence"] - last["sequence"] == 2:
                pair[event["sequence"]] = last["sequence"]
                counts["lists"] += 1
            working[event["sequence"]] = last = order
            if event["side"] == "sell":
                sale = sum(row["leaves"] for row in working.values()
                           if row["side"] == "sell" and row["instrument"] == event["instrument"] and pair.get(row["sequence"]) not in working)
                if sale > held.get(event["instrument"], 0):
                    problems.append(f"order {event['sequence']} puts {sale} on sale where {held.get(event['instrument'], 0)} are held")
        elif kind in ("order_cancelled", "order_rejected", "order_expired"):
            working.pop(event["order"], None)
        elif kind == "fill":
            order = working.get(event["order"])
            if order is not None:
                counts["protective_fills"] += order["purpose"] in ("stop_loss", "take_profit")
                order["leaves"] = Decimal(str(event["leaves"]))
                if not order["leaves"]:
                    working.pop(event["order"])
        elif kind == "execution_report" and event["type"] == "rejected" and "insufficient" in event["reason"]:
            problems.append(f"event {event['sequence']}: {event['reason']}")
    return counts, problems


def certified(stage, kills):
    """What is wrong with a session's certificate, and how many orders that protect it has compared."""
    done = stage.run("certify", stage.path, "--format", "json")
    if done.returncode:
        return [f"engine certify says {done.returncode}: {done.stdout[-600:]}{done.stderr[-300:]}"], 0
    twin = json.loads(done.stdout)["twin"]
    problems = []
    pairs = [row for row in twin["orders"] if row["purpose"] in ("stop_loss", "take_profit") and row["run"] and row["twin"]]
    if len(pairs) != twin["protective_compared"]:
        problems.append(f"{twin['protective_compared']} protective orders are said to be compared, and {len(pairs)} are")
    if not pairs or not kills and not any(Decimal(row["run"]["filled"]) and Decimal(row["twin"]["filled"]) for row in pairs):
        problems.append(f"none of {twin['protective']} protective orders was compared with a fill of its twin's")
    for row in twin["orders"]:
        if row["run"] and row["why"] == f"follows from event {row['run']['order']}":
            problems.append(f"order {row['run']['order']} is its own excuse")
    return problems, len(pairs)


def session(engine, folder, name, exits, bars, kills):
    stage = Stage(engine, f"{folder}/{name}-{kills}", bars, SPEED, HISTORY, is_twin=False, more=exits, window=60)
    started = time.monotonic()
    code, book = stage.endure(f"exits: {name}", kills, SECONDS, random.Random(name))
    counts, problems = walked(engine, stage.path)
    if code:
        problems.append(f"ended with {code}: {stage.last_words()}")
    problems += [f"{row['client_order_id']} was accepted {row['orders']} times" for row in book["client_order_ids"] if row["orders"] != 1]
    kinds = {}
    for row in book["orders"]:
        kinds[row["type"]] = kinds.get(row["type"], 0) + 1
    if not counts["protective"] or not counts["protective_fills"] or (name == "pair") != (counts["lists"] > 0):
        problems.append(f"{counts} show nothing")
    done = stage.run("replay", stage.path)
    if done.returncode:
        problems.append(f"engine replay says {done.returncode}: {done.stdout[-600:]}{done.stderr[-300:]}")
    found, compared = certified(stage, kills)
    problems += found
    for problem in problems:
        print(f"exits: BROKEN: {name}:", problem)
    print(f"exits: {name}: {kills} kills; {counts['intents']} orders, {counts['protective']} of them protect ({counts['lists']} lists), {counts['protective_fills']} fills of these; at the exchange {kinds}; "
          f"nothing refused for want of balance, replay equal, {compared} compared with the twin's, certified, {time.monotonic() - started:.1f} s")
    return len(problems)


def main():
    engine = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="engine-exits-") as folder:
        bars = market.journal(engine, folder, market.walk(600, 11))
        return 1 if sum(session(engine, folder, name, exits, bars, kills) for name, exits in SESSIONS.items() for kills in (0, KILLS)) else 0


if __name__ == "__main__":
    sys.exit(main())
