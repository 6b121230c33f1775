"""A process that dies at each named point of an order's life, against one that doesn't: a stage each, all at once."""
import os
import subprocess
import threading
import time

from . import market
from .facts import Facts, check_book
from .stage import Stage

HISTORY = 30
# Both symbols rise, fall and rise: a buy behind the first bar, a sell behind the third, a buy behind the fifth.
MOVES = [+1, +1, -1, -1, +1, +1, +1, +1, +1, +1, +1]
# When somebody acts: minutes of the exchange's clock behind the first live bar's opening, a third into a bar.
KILL, CANCEL, STOP = 7.35, 4.35, 9.35

# Point -> (scenario, how often it is reached before the process dies). Of what comes twice or more, the second: the first stands beside the journal's beginning.
MARKET = {
    "slot-arrived": 3, "order-appended": 2, "order-durable": 2, "order-handed-over": 2, "order-sent": 2,
    "answer-arrived": 3, "answer-appended": 3, "answer-durable": 3, "fill-arrived": 3, "fill-appended": 3, "fill-durable": 3,
    "flatten-appended": 1, "flatten-durable": 1, "flatten-handed-over": 1, "flatten-sent": 1,
    "restart-appended": 1, "restart-durable": 1, "reconciliation-appended": 1, "end-appended": 1, "end-durable": 1,
}
RESTING = {"cancel-appended": 1, "cancel-durable": 1, "cancel-handed-over": 1, "cancel-sent": 1, "cancelled-arrived": 1}
POINTS = MARKET | RESTING
# The bars of a step that died before its commit are history to the next process: nothing is ordered on them any more.
LOSES_BARS = {"slot-arrived", "order-appended"}


class Life(threading.Thread):
    """One stage from its first bar to its end, with a process that dies at a point; None: with none that does."""

    def __init__(self, point, engine, exchange, folder, bars, speed, rests):
        super().__init__()
        self.point, self.rests, self.failure, self.death = point, rests, None, None
        execution = "order: limit, time_in_force: gtc, limit_offset_ticks: 400_000" if rests else "order: market, time_in_force: gtc"
        self.stage = Stage(engine, folder, bars, speed, HISTORY, exchange=exchange, execution=execution, lookback=2, resend=50)

    def run(self):
        try:
            self.live()
        except Exception as error:  # Told with the table: a thread's own traceback says nothing of the point.
            self.failure = f"{type(error).__name__}: {error}"

    def live(self):
        stage = self.stage
        variable = {"ENGINE_END_AT": f"{self.point}:{POINTS[self.point]}"} if self.point else {}
        # A restart has to be one: something else ends the first process.
        first = {"ENGINE_END_AT": "order-sent:2"} if self.point and self.point.startswith("restart-") else variable
        stage.begin(**first)
        told = {"kill": self.rests, "cancel": not self.rests, "stop": False}
        while True:
            time.sleep(0.02)
            if not stage.is_running:
                if stage.process.returncode != -9:
                    break
                if first is not variable:
                    first = variable
                    stage.begin(**variable)
                    continue
                if self.death is not None:
                    raise RuntimeError("the process died twice")
                self.death = stage.minute() - HISTORY
                stage.begin()
                continue
            minute = stage.minute() - HISTORY
            if minute > 30:
                raise RuntimeError("it doesn't end: " + stage.last_words()[-400:])
            if not told["kill"] and minute >= KILL:
                # Said again until a run that is there has taken it.
                told["kill"] = stage.run("kill", stage.path, "--reason", "test").returncode == 0
            if not told["cancel"] and minute >= CANCEL:
                told["cancel"] = stage.run("cancel-all", stage.path, "--reason", "test").returncode == 0
            if minute >= STOP + (3 if told["stop"] else 0) and stage.is_running:
                stage.process.terminate()
                told["stop"] = True
                time.sleep(0.2)
        self.code = stage.process.returncode
        self.book = stage.book()
        self.replay = stage.run("replay", stage.path)
        self.facts = Facts(stage.engine, [stage.path])


def run(engine, folder, names, speed, exchange):
    """Prints the table; gives the number of promises broken."""
    market.write(f"{folder}/bars.csv", market.steps(HISTORY, MOVES + [0] * 30))
    with open(f"{folder}/spec.yaml", "w") as file:
        file.write(market.SPEC)
    bars = f"{folder}/bars.zst"
    subprocess.run([engine, "import", f"{folder}/bars.csv", "--spec", f"{folder}/spec.yaml", "--output", bars], check=True, capture_output=True)
    whole = {}
    lives = []
    try:
        for rests in (False, True):
            whole[rests] = Life(None, engine, exchange, f"{folder}/undisturbed{int(rests)}", bars, speed, rests)
            lives.append(whole[rests])
        for name in names:
            lives.append(Life(name, engine, exchange, f"{folder}/{name}", bars, speed, name in RESTING))
        for life in lives:
            life.start()
        for life in lives:
            life.join()
    finally:
        for life in lives:
            life.stage.close()
    return sum(report(life, whole[life.rests]) for life in lives)


def report(life, whole):
    name = life.point or f"(undisturbed, {'resting limits' if life.rests else 'market orders'})"
    if life.failure:
        print(f"restart: {name:36} BROKEN: {life.failure}")
        return 1
    problems, orders, doubled = check_book(life.facts, life.book)
    if life.code != (0 if life.rests else 6):
        problems.append(f"it ended with {life.code}: {life.stage.last_words()[-300:]}")
    if life.replay.returncode:
        problems.append("replay differs: " + life.replay.stdout[-300:])
    if life.point and life.death is None:
        problems.append("no process died there")
    missed = sorted(whole.facts.fresh_times - life.facts.fresh_times) if whole.failure is None else ["?"]
    ours, theirs = life.facts.story(), whole.facts.story() if whole.failure is None else None
    same = "equal" if ours == theirs else "differ"
    if life.point and not missed and ours != theirs:
        problems.append(f"decisions or fills differ: {[x for x in ours[0] + ours[1] if x not in theirs[0] + theirs[1]]} and not {[x for x in theirs[0] + theirs[1] if x not in ours[0] + ours[1]]}")
    if whole.failure is None and life.facts.positions != whole.facts.positions and any(life.facts.positions.values()) | any(whole.facts.positions.values()):
        problems.append(f"positions {life.facts.positions}, undisturbed {whole.facts.positions}")
    if life.point and not missed and life.facts.cash != whole.facts.cash:
        problems.append(f"cash {life.facts.cash}, undisturbed {whole.facts.cash}")
    where = f"died in minute {life.death:5.2f}" if life.death is not None else " " * 20
    print(f"restart: {name:36} {where}, {life.stage.processes} processes, {orders} orders, {doubled} sent twice, {len(life.facts.fills)} fills, "
          f"{len(missed)} bars missed; orders, fills and prices {same}, cash {life.facts.cash}")
    for problem in problems:
        print("restart: BROKEN:", problem)
    life.missed = len(missed)
    return len(problems)


def late(lives):
    return [life.point for life in lives if life.point and life.missed and life.point not in LOSES_BARS]
