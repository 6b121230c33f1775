"""What a run of a case is written down as: one JSON text, a fill a line, so that a difference shows as a line.

Fills of one bar, symbol, side and price are one: some peers say a turn from long to short as two.
"""

import decimal
import json
import pathlib
import sys

import cases
import scenarios


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def merged(fills):
    """(time, symbol, side, quantity, price) in order of time and symbol; what is equal but for its quantity is added up."""
    sums = {}
    for time, symbol, side, quantity, price in fills:
        key = (time, symbol, side, price)
        sums[key] = sums.get(key, 0) + quantity
    # Sorting is stable: within a bar fills of one symbol stay in their order.
    return sorted(([time, symbol, side, quantity, price] for (time, symbol, side, price), quantity in sums.items()), key=lambda f: f[:2])


def cents(amount):
    return str(decimal.Decimal(repr(amount) if isinstance(amount, float) else str(amount)).quantize(decimal.Decimal("0.01")))


def text(case, peer, version, fills, equity):
    head = {"case": case, "peer": peer, "version": version, "equity": cents(equity)}
    lines = ",\n".join("  " + json.dumps(fill) for fill in merged(fills))
    return json.dumps(head)[:-1] + ', "fills": [\n' + lines + "\n]}\n"


def scenario_text(peer, version, fill):
    """All scenarios of one peer, a line each."""
    lines = []
    for name, scenario in scenarios.SCENARIOS.items():
        fills = [[int(bar), side, f"{float(price):.12g}", int(quantity)] for bar, side, price, quantity in fill(scenario)]
        lines.append(f"  {json.dumps(name)}: {json.dumps(fills)}")
    return json.dumps({"peer": peer, "version": version})[:-1] + ', "scenarios": {\n' + ",\n".join(lines) + "\n}}\n"


def main(version, run, fillers):
    """Runs the cases and the scenarios, or only the cases that are named, and writes each into the folder named first on the command line.

    run: from a case to (the name it goes under, fills, last equity), once or more.
    fillers: functions from a scenario to its fills, by the names they go under.
    """
    if len(sys.argv) < 2:
        print(f"usage: {sys.argv[0]} FOLDER [CASE ...]", file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or cases.NAMES:
        case = cases.load(name)
        for kind, fills, equity in run(case):
            (folder / f"{name}-{kind}.json").write_text(text(name, kind, version, fills, equity))
    if len(sys.argv) == 2:
        for kind, fill in fillers.items():
            (folder / f"scenarios-{kind}.json").write_text(scenario_text(kind, version, fill))
    return 0
