"""Compares this engine with its peers, fill by fill: same bar, side, quantity and price to the tick, and the last equity to the cent.

    python3 tools/peers/compare.py ENGINE FRESH-FOLDER GOLDEN-FOLDER [--golden]

FRESH has what the peers printed just now, GOLDEN what they printed when it was last looked at: both must be the same text, so that a peer's new
version can't move a figure unseen. Each peer is compared twice: under our fill convention of its name, where no fill may be without its equal and no cent
missing, and under `pessimistic`, which a profile has that names none; there each row below says how many fills of theirs and of ours have no equal on the
other side: none, unless the reason stands there. A row with a reason must differ, so that no reason outlives its cause.
The same for the scenarios of scenarios.py; for peers that don't run here `elsewhere` has what was
recorded of them once, or what follows from their documents.
With --golden docs/fills.md is renewed, else it must show this.
Exit 0 all as said, 1 not, 2 could not run.
"""

import collections
import decimal
import json
import pathlib
import sys
import tempfile

import cases
import document
import engine
import record
import scenarios

ELSEWHERE = pathlib.Path(__file__).parent / "elsewhere"
CLOSE = "market orders fill at the close they were decided on"
#: By peer: our convention of its name, and where it isn't that convention's own the path of a bar; a peer that isn't here has none.
NAMED = {
    "backtesting": ("backtesting", None), "backtrader": ("backtrader", None), "nautilus": ("nautilus", None),
    "nautilus-adaptive": ("nautilus", "nearest_extreme"), "lean": ("lean", None), "tradingview": ("tradingview", None),
}
#: (case, peer): (fills without an equal, what the last equities differ by, why), under `pessimistic`. Under its own convention nothing may differ.
ROWS = {
    **{(case, peer): (0, "0.00", "") for case in cases.NAMES for peer in ("backtesting", "backtrader")},
    ("spy", "backtrader"): (2, "74.00", "a stop lives from the bar after the entry's"),
    **{(case, "nautilus-open"): (0, "0.00", "") for case in ("goog", "eurusd", "twenty")},
    ("goog_fees", "nautilus-open"): (0, "0.04", "each fee is rounded to the cent"),
    ("goog", "nautilus"): (130, "4498.00", CLOSE),
    ("goog_fees", "nautilus"): (130, "4497.83", CLOSE),
    ("goog_limit", "nautilus"): (62, "1796.00", CLOSE + "; a resting limit in a gap fills at the limit"),
    ("goog_stop", "nautilus"): (84, "5632.00", CLOSE + "; a stop in a gap fills at the stop"),
    ("eurusd", "nautilus"): (180, "4.40", CLOSE),
    ("spy", "nautilus"): (173, "75.00", CLOSE + "; exits in a gap fill at their own price"),
    ("twenty", "nautilus"): (2274, "5914.90", CLOSE),
}


NEXT_CLOSE = "fills at the close of the bar behind the decision"
WORST = "the worse of both comes first here"
GAP = "fills at its own price, which the bar never showed"
PATH = CLOSE + "; exits go by an assumed path inside the bar, at their own prices"
#: By peer: which scenarios fill otherwise there than under `pessimistic`, and why. What a peer's file leaves out, its documents don't say.
SCENARIOS = {
    "backtesting": {"stop-limit, gap": GAP},
    "backtrader": {"bracket, both in the entry bar": "stop and target live from the bar after the entry's"},
    "nautilus": {
        "market": CLOSE, "five times the volume": CLOSE + "; what exceeds a quarter of the volume slips a tick", "no volume": CLOSE,
        "limit, gap": GAP, "stop, gap": GAP, "stop-limit, gap": "triggered at the open, fills at the low on the path to it",
        **{name: PATH for name in scenarios.SCENARIOS if name.startswith("bracket")},
    },
    "lean": {
        "market": CLOSE, "five times the volume": CLOSE, "no volume": CLOSE, "limit, touched": "a limit must be penetrated",
    },
    "vectorbt": {
        name: CLOSE for name in scenarios.SCENARIOS if name.startswith(("market", "bracket", "five", "no "))
    },
    "freqtrade": {
        "bracket, open below the stop, high above": "a stop that the bar's high is above fills at its own price",
        "bracket, target in a gap": "a target fills at its own price, or the low where that is above it",
    },
    "jesse": {
        name: CLOSE for name in scenarios.SCENARIOS if name.startswith(("market", "bracket", "five", "no "))
    },
    "zipline": {
        "limit, gap": NEXT_CLOSE, "stop, gap": NEXT_CLOSE, "market": NEXT_CLOSE, "five times the volume": NEXT_CLOSE,
        "no volume": NEXT_CLOSE + "; a bar without volume fills nothing",
        **{name: "only closes are looked at" for name in ("limit, touched", "limit, inside", "stop, touched", "stop, inside")},
        **{name: "only closes are looked at" for name in ("stop-limit, inside", "stop-limit, gap")},
    },
    "tradingview": {"bracket, both, open near the high": "the nearer extreme comes first; " + WORST},
}
SCENARIOS["nautilus-adaptive"] = SCENARIOS["nautilus"]
NAUTILUS_OWN = {
    "stop-limit, gap": "a price that no order asked for: it triggers at the open, and fills where the path to the low ends",
    "five times the volume": "what exceeds a quarter of the volume goes a tick worse there; here volume is a matter of the profile",
}
#: By peer: which scenarios fill otherwise even under our convention of its name, and why ours.
BEYOND = {
    "backtesting": {"stop-limit, gap": "the bar never showed the stop's price, and the limit was touched at its own"},
    "nautilus": NAUTILUS_OWN, "nautilus-adaptive": NAUTILUS_OWN,
}


def unmatched(ours, theirs):
    """Fills of one side that the other lacks, both ways."""
    left, right = (collections.Counter(map(tuple, fills)) for fills in (ours, theirs))
    return sorted((left - right).elements()), sorted((right - left).elements())


def compared(name, peer, ours, theirs, convention, row):
    """Prints a comparison; whether it is as said, and what it found: fills without an equal, and the money apart."""
    count_said, money_said, why = row
    fills, equity = ours
    only_ours, only_theirs = unmatched(fills, theirs["fills"])
    count = len(only_ours) + len(only_theirs)
    money = str(abs(decimal.Decimal(equity) - decimal.Decimal(theirs["equity"])))
    right = (count, money) == (count_said, money_said)
    print(
        f"{name:11s} {peer + ' ' + theirs['version']:23s} under {convention:11s} {len(theirs['fills']):5d} fills, {count:4d} without an equal, equity "
        f"{theirs['equity']}, {money} apart" + (f"  ({why})" if why else "") + ("" if right else f"  NOT AS SAID: {count_said}, {money_said}"))
    for who, some in (("ours", only_ours), ("theirs", only_theirs)):
        for fill in some[:3] if count and (count <= 6 or not right) else []:
            print(f"            only {who:6s} {' '.join(map(str, fill))}")
    return right, count, money


def compare_cases(ours, fresh, golden):
    """Prints each case with each peer, under both conventions; how many are not as said, and the rows for the document."""
    wrong, shown, count = 0, [], 0
    for name in cases.NAMES:
        case = cases.load(name)
        bars, ran = ours.bars(case), {}
        for peer, row in ((key[1], row) for key, row in ROWS.items() if key[0] == name):
            theirs = json.loads((fresh / f"{name}-{peer}.json").read_text())
            wrong += not is_golden(fresh, golden, f"{name}-{peer}.json")
            cells = []
            for convention in [(None, None)] + ([NAMED[peer]] if peer in NAMED else []):
                if convention not in ran:
                    fills, equity = ours.run(case, bars, *convention)
                    ran[convention] = (record.merged(fills), record.cents(equity))
                said = row if convention == (None, None) else (0, "0.00", "")
                right, *found = compared(name, peer, ran[convention], theirs, convention[0] or "pessimistic", said)
                wrong += not right
                count += 1
                cells.append((convention[0], *found))
            shown.append((name, f"{peer} {theirs['version']}", len(theirs["fills"]), theirs["equity"], cells, row[2]))
    print(f"peers: {count} comparisons, {wrong} not as said")
    return wrong, shown


def is_as_said(peer, theirs, ours, convention, why):
    """Whether a scenario fills the same where no reason stands, and otherwise where one does; prints what differs."""
    same = theirs == ours
    if not same:
        print(f"    {peer:18s} {document.said(theirs)}, under {convention} {document.said(ours)}  ({why})")
    if same != (why is None):
        print(f"    {peer:18s} NOT AS SAID: ours under {convention} is {document.said(ours)}")
    return same == (why is None)


def compare_scenarios(ours, found):
    """Prints each scenario with what differs; how many are not as said, our fills, and what differs under a peer's own convention."""
    wrong, ran, beyond, count = 0, {}, [], 0
    for name, scenario in scenarios.SCENARIOS.items():
        for convention in {(None, None), *NAMED.values()}:
            ran[name, convention] = ours.scenario(scenario, *convention)
        plain = ran[name, (None, None)]
        print(f"{name}: {document.said(plain)}")
        for peer, theirs in found.items():
            fills = theirs["scenarios"].get(name)
            if fills is None:
                continue
            count += 1
            wrong += not is_as_said(peer, fills, plain, "pessimistic", SCENARIOS[peer].get(name))
            if peer not in NAMED:
                continue
            count += 1
            own, why = ran[name, NAMED[peer]], BEYOND.get(peer, {}).get(name)
            wrong += not is_as_said(peer, fills, own, NAMED[peer][0], why)
            if own != fills:
                beyond.append((peer, name, fills, NAMED[peer], own, why))
    print(f"peers: {len(scenarios.SCENARIOS)} scenarios, {count} comparisons, {wrong} not as said")
    return wrong, {name: ran[name, (None, None)] for name in scenarios.SCENARIOS}, beyond


def is_golden(fresh, golden, name):
    """Whether a peer printed what it did when the golden file was made."""
    if (fresh / name).read_text() == (golden / name).read_text():
        return True
    print(f"{name}: not what it was when the golden file was made; look at `git diff` after tools/peers.sh --golden")
    return False


def main():
    if len(sys.argv) not in (4, 5) or sys.argv[4:] not in ([], ["--golden"]):
        print(__doc__, file=sys.stderr)
        return 2
    fresh, golden = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    with tempfile.TemporaryDirectory() as work:
        ours = engine.Engine(sys.argv[1], work)
        wrong, shown = compare_cases(ours, fresh, golden)
        found = {}
        for peer in SCENARIOS:
            path = ELSEWHERE / f"{peer}.json"
            if not path.exists():
                path = fresh / f"scenarios-{peer}.json"
                wrong += not is_golden(fresh, golden, path.name)
            found[peer] = json.loads(path.read_text())
        more, filled, beyond = compare_scenarios(ours, found)
        wrong += more
    tables = {"cases": document.cases_table(shown), "scenarios": document.scenarios_table(filled, found)}
    tables["beyond"] = document.beyond_table(beyond)
    wrong += not document.check(tables, writes=sys.argv[4:] == ["--golden"])
    known = {f"{name}-{peer}.json" for name, peer in ROWS} | {f"scenarios-{peer}.json" for peer in SCENARIOS}
    for path in sorted(golden.glob("*.json")):
        if path.name not in known:
            print(f"{path}: nothing compares it")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, RuntimeError, ValueError) as error:
        print(f"compare: {error}", file=sys.stderr)
        sys.exit(2)
