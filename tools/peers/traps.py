"""Takes the defence against each trap of Tests/CoreTests/TrapTests.swift out of the sources, one at a time, and shows that its test fails.

    python3 tools/peers/traps.py [NUMBER ...]

Works on a copy of the pure rooms in a temporary folder, or in the one that TRAPS_FOLDER names, which is kept. Seventeen builds: minutes. Exit 0 each
test failed without its defence and passed with it, 1 not, 2 could not run.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = "Sources/Core/"
#: Number: (file, what stands there, what would let the trap shut).
DEFENCES = {
    1: (CORE + "FillCondition.swift", "return fills(open, sign, .marketAtOpen, atOpen: true, takes: true)\n    case .limit",
        "return fills(close, sign, .marketAtOpen, atOpen: true, takes: true)\n    case .limit"),
    2: (CORE + "FillCondition.swift", "if best <= limit { return fills(limit, sign, .limitTouched", "if best < limit { return fills(limit, sign, .limitTouched"),
    3: (CORE + "FillCondition.swift", "if open <= limit { return fills(open, sign, .limitGapAtOpen", "if open <= limit { return fills(limit, sign, .limitGapAtOpen"),
    4: (CORE + "FillCondition.swift", "if open >= stop { return fills(open, sign, .stopGapAtOpen", "if open >= stop { return fills(stop, sign, .stopGapAtOpen"),
    5: (CORE + "Engine+Orders.swift", "let stop = moved(price, by: -micros", "let stop = moved(side == .buy ? bar.high : bar.low, by: -micros"),
    6: (CORE + "Engine+Orders.swift", "strategy: strategy, eligibleFrom: bar.openTime,", "strategy: strategy, eligibleFrom: bar.knownAt,"),
    7: (CORE + "Engine+Venue.swift", "let quantity = volume.take(", "var fresh = volume\n    let quantity = fresh.take("),
    8: (CORE + "Engine+Venue.swift", "quantity: quantity, notional: notional, isMaker:",
        "quantity: quantity, notional: quote.price.notional(quantity, multiplier: instrument.multiplierNanos), isMaker:"),
    9: (CORE + "Engine+Venue.swift", "min(order.leaves, held) : order.leaves)",
        "min(order.leaves, held) : min(order.leaves, configuration.sizing.fullPosition(mark: quote.price, multiplier: "
        "instruments[index].multiplierNanos, lot: instruments[index].lotSize, equity: ledger.equity)))"),
    10: (CORE + "VolumeBudget.swift", "isIgnored = shareMicros == 0\n", "isIgnored = shareMicros == 0 || bar.volume == .zero\n"),
    11: (CORE + "Sizing/Sizing+Quantity.swift", "Quantity(nanos: Int64(bounded)).roundedDown", "Quantity(nanos: Int64(bounded) + lot.nanos - 1).roundedDown"),
    12: (CORE + "Engine+CorporateActions.swift", "books[index].position.split(\n      numerator: action.numerator, denominator: action.denominator,",
         "books[index].position.split(\n      numerator: 1, denominator: 1,"),
    13: (CORE + "Engine+Reduce.swift", "    if counts.bars > 0 { mark(cause: sequence, into: &out) }\n    now = time",
         "    for index in books.indices { books[index].position = Position() }\n    if counts.bars > 0 { mark(cause: sequence, into: &out) }\n    now = time"),
    14: (CORE + "Engine+Venue.swift", "if bar.openTime >= order.eligibleFrom, case .fills", "if bar.knownAt >= order.eligibleFrom, case .fills"),
    15: (CORE + "Slippage+Price.swift", "Int128(quoted.nanos.magnitude) * Int128(micros)", "Int128(bar.close.nanos.magnitude) * Int128(micros)"),
    16: (CORE + "Engine+Reduce.swift", "if last.nanos <= 0 || open.nanos <= 0 { return false }", "if last.nanos <= 0 || open.nanos <= 0 { return true }"),
    17: ("Sources/Strategies/Indicators/WantedPosition.swift", "== raw || bar.isHistorical { return false }", "== raw { return false }"),
}


def failures(folder):
    """Numbers of the traps whose tests fail; all of them where the tests end by a trap of the program's own."""
    environment = dict(os.environ, ENGINE_ROOMS="pure", CI="1", SWIFT_BACKTRACE="enable=no")
    build = subprocess.run(
        ["swift", "build", "--build-tests", "--ignore-lock"], cwd=folder, env=environment, capture_output=True, text=True)
    if build.returncode != 0:
        raise RuntimeError(f"the build failed: {build.stdout[-2000:]}{build.stderr[-2000:]}")
    done = subprocess.run(
        ["swift", "test", "--skip-build", "--ignore-lock", "--filter", "TrapTests"], cwd=folder, env=environment, capture_output=True, text=True)
    text = done.stdout + done.stderr
    passed = {int(number) for number in re.findall(r'✔ Test "(\d+)\.', text)}
    failed = {int(number) for number in re.findall(r'✘ Test "(\d+)\.', text)}
    if done.returncode != 0 and not failed:
        failed = set(DEFENCES) - passed
    return failed


def main():
    wanted = [int(number) for number in sys.argv[1:]] or list(DEFENCES)
    kept = os.environ.get("TRAPS_FOLDER")
    folder = pathlib.Path(kept or tempfile.mkdtemp())
    try:
        for name in ("Package.swift", "Sources", "Tests", "tools"):
            source, target = ROOT / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target)
        if failures(folder):
            print("traps: tests fail with every defence in its place")
            return 1
        wrong = 0
        for number in wanted:
            path, defence, without = DEFENCES[number]
            file = folder / path
            before = file.read_text()
            if before.count(defence) < 1:
                raise RuntimeError(f"trap {number}: {path} no longer has `{defence}`")
            file.write_text(before.replace(defence, without))
            try:
                failed = failures(folder)
            finally:
                file.write_text(before)
            wrong += number not in failed
            print(f"trap {number:2d}: {'its test fails' if number in failed else 'NOT SEEN'}; failing without the defence: {sorted(failed)}", flush=True)
        print(f"traps: {len(wanted)} defences taken out, {wrong} not seen")
        return 1 if wrong else 0
    finally:
        if not kept:
            shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, RuntimeError) as error:
        print(f"traps: {error}", file=sys.stderr)
        sys.exit(2)
