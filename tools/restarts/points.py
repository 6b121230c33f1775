"""A process that dies at each named point of an order's life, against one that doesn't: a stage each, all at once."""
import os
import threading
import time

from . import market
from .facts import Facts, check_book
from .stage import Stage

HISTORY = 30
# Both symbols rise, fall and rise: a buy behind the first bar, a sell behind the third, a buy behind the fifth.
MOVES = [+1, +1, -1, -1, +1, +1, +1, +1, +1, +1, +1]
# When somebody acts: minutes of the exchange's clock behind the first live bar's opening.
KILL, STOP = 7.08, 9.35

# Point -> (scenario, how often it is reached before the process dies). Of what comes twice or more, the second: the first stands beside the journal's beginning.
MARKET = {
    "journal-made": 1, "slot-arrived": 3, "order-appended": 2, "order-durable": 2, "order-handed-over": 2, "order-sent": 2,
    "answer-arrived": 3, "answer-appended": 3, "answer-durable": 3, "fill-arrived": 3, "fill-appended": 3, "fill-durable": 3,
    "flatten-appended": 1, "flatten-durable": 1, "flatten-handed-over": 1, "flatten-sent": 1,
    "restart-appended": 1, "restart-durable": 1, "reconciliation-appended": 1, "end-appended": 1, "end-durable": 1,
}
RESTING = {"cancel-appended": 1, "cancel-durable": 1, "cancel-handed-over": 1, "cancel-sent": 1, "cancelled-arrived": 1}
# An order that rests and is changed with each bar; the second change, so that the first has been one.
AMENDING = {"amend-appended": 2, "amend-durable": 2, "amend-handed-over": 2, "amend-sent": 2}
POINTS = MARKET | RESTING | AMENDING
# The bars of a step that died before its commit are history to the next process: nothing is ordered on them any more.
LOSES_BARS = {"slot-arrived", "order-appended", "amend-appended"}


class Life(threading.Thread):
    """One stage from its first bar to its end, with a process that dies at a point; None: with none that does."""

    def __init__(self, point, engine, exchange, folder, bars, speed, rests, amends=False):
        super().__init__()
        self.point, self.rests, self.amends, self.failure, self.death, self.is_equal = point, rests, amends, None, None, False
        self.label = point or ("(undisturbed, changed)" if amends else "(undisturbed, limits)" if rests else "(undisturbed, market)")
        execution = "order: limit, time_in_force: gtc, limit_offset_ticks: 400_000" if rests else "order: market, time_in_force: gtc"
        sizing = "shares: 1"
        if amends:
            execution, sizing = execution + ", replace: amend", "notional: 10_000, rebalance: every_bar"
        # Made by the thread: an exchange's clock goes on from its start, and the first bars are to find every engine ready.
        self.stage = None
        self.make = lambda: Stage(engine, folder, bars, speed, HISTORY, exchange=exchange, execution=execution, lookback=2, resend=58, sizing=sizing)

    def run(self):
        try:
            self.stage = self.make()
            self.live()
        except Exception as error:  # Told with the table: a thread's own traceback says nothing of the point.
            self.failure = f"{type(error).__name__}: {error}"

    def live(self):
        stage = self.stage
        variable = {"ENGINE_END_AT": f"{self.point}:{POINTS[self.point]}"} if self.point else {}
        # A restart has to be one: something else ends the first process.
        first = {"ENGINE_END_AT": "order-sent:2"} if self.point and self.point.startswith("restart-") else variable
        stage.begin(**first)
        told = {"kill": self.rests, "stop": False}
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
            if minute >= STOP + (3 if told["stop"] else 0) and stage.is_running:
                stage.process.terminate()
                told["stop"] = True
                time.sleep(0.2)
        self.code = stage.process.returncode
        self.book = stage.book()
        self.replay = stage.run("replay", stage.path)
        self.facts = Facts(stage.engine, [stage.path])


def run(engine, folder, names, speed, exchange):
    """Prints the table; gives what is wrong."""
    bars = market.journal(engine, folder, market.steps(HISTORY, MOVES + [0] * 30))
    whole = {}
    lives = []
    try:
        for rests, amends in ((False, False), (True, False), (True, True)):
            whole[rests, amends] = Life(None, engine, exchange, f"{folder}/undisturbed{int(rests)}{int(amends)}", bars, speed, rests, amends)
            lives.append(whole[rests, amends])
        for name in names:
            lives.append(Life(name, engine, exchange, f"{folder}/{name}", bars, speed, name in RESTING or name in AMENDING, name in AMENDING))
        for life in lives:
            life.start()
        for life in lives:
            life.join()
    finally:
        for life in lives:
            if life.stage:
                life.stage.close()
    broken, others, equal = [], 0, 0
    for life in lives:
        problems = report(life, whole[life.rests, life.amends])
        broken += [f"{life.label}: {problem}" for problem in problems]
        if life.point and life.point not in LOSES_BARS:
            others += 1
            equal += life.is_equal
    # A machine that is busy for a whole bar misses it; one that misses most of them shows nothing.
    if equal < others * 2 / 3:
        broken.append(f"only {equal} of {others} came to what nobody disturbed: run it where less else runs, or at a lower --speed")
    print(f"restart: {len(lives) - 3} points, {equal} of the {others} at which no bar is lost came to the orders, fills, prices, positions and cash of the undisturbed run")
    return broken


def report(life, whole):
    """Prints a row; gives what is wrong."""
    if life.failure or whole.failure:
        return [life.failure or f"the undisturbed run failed: {whole.failure}"]
    facts = life.facts
    problems, orders, doubled = check_book(facts, life.book)
    if life.code != (0 if life.rests else 6):
        problems.append(f"it ended with {life.code}: {life.stage.last_words()[-300:]}")
    if life.replay.returncode:
        problems.append("replay differs: " + life.replay.stdout[-300:])
    if life.point and life.death is None:
        problems.append("no process died there")
    if {symbol for symbol, held in facts.positions.items() if held}:
        problems.append(f"it is over, and holds {facts.positions}")
    missed = len(whole.facts.fresh_times - facts.fresh_times)
    # Which orders were proved absent when their bar was over: then they are decided on anew.
    late = facts.reports.get("never_arrived", 0) - whole.facts.reports.get("never_arrived", 0)
    ours, theirs = facts.story(), whole.facts.story()
    life.is_equal = ours == theirs and facts.cash == whole.facts.cash
    if not missed and not late and not life.is_equal:
        problems.append(
            f"it decided or filled otherwise: {[x for x in ours[0] + ours[1] if x not in theirs[0] + theirs[1]]} and not "
            f"{[x for x in theirs[0] + theirs[1] if x not in ours[0] + ours[1]]}, cash {facts.cash} and not {whole.facts.cash}")
    where = f"dies in minute {life.death:4.2f}" if life.death is not None else " " * 19
    print(f"restart: {life.label:24} {where}, {life.stage.processes} processes, {orders} orders, {doubled} sent twice, {len(facts.fills)} fills, {missed} bars missed, "
          f"{late} orders too late: {'as undisturbed' if life.is_equal else 'other prices'}, cash {facts.cash}")
    return problems
