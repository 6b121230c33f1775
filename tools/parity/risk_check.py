"""Recomputes the statistics of sizing and watches with numpy, scipy, pandas and river, value by value.

    tools/parity/risk_check.py PATH-TO-risk-figures BARS.csv [SEED]

Feeds the same random numbers (the seed is printed) and real daily bars to both sides and prints the largest difference of each column.
Figures in Double agree to 1e-9 relative, in which a figure may be measured against the size of what it is made of where it is a difference;
figures in integers agree exactly, but where the exact figure is within 1e-9 of half way between two of them.
Exit 0 all agree, 1 some don't, 2 could not run.
"""

import csv
import subprocess
import sys
from fractions import Fraction

import numpy
import pandas
from river import drift
from scipy import optimize

TOLERANCE = 1e-9
agrees = True


def run(program, formula, lines, **settings):
    words = [f"{key}={value}" for key, value in settings.items()]
    text = "".join(f"{line}\n" for line in lines)
    result = subprocess.run([program, formula, *words], input=text, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"risk-figures {formula} {' '.join(words)}: {result.stderr.strip()}")
    return [line.split(",") for line in result.stdout.splitlines()]


def report(good, name, text):
    global agrees
    agrees = agrees and good
    print(f"  {'same' if good else 'DIFFERENT':9} {name:42} {text}")


def doubles(cells):
    return numpy.array([float(cell) if cell else numpy.nan for cell in cells])


def close(name, found, expected, scale=None):
    """Doubles: missing in the same places, and near."""
    found, expected = numpy.asarray(found, dtype=float), numpy.asarray(expected, dtype=float)
    same_places = found.shape == expected.shape and bool((numpy.isnan(found) == numpy.isnan(expected)).all())
    worst = numpy.inf
    if same_places:
        size = numpy.abs(expected) if scale is None else scale
        with numpy.errstate(invalid="ignore", divide="ignore"):
            error = numpy.where(found == expected, 0, numpy.abs(found - expected) / size)
        worst = float(numpy.nanmax(error))
    note = "" if same_places else ", values in other places"
    count = int((~numpy.isnan(expected)).sum())
    report(same_places and count > 0 and worst <= TOLERANCE, name, f"largest relative difference {worst:.1e} of {count}{note}")


def equal(name, found, expected):
    """Integers: equal."""
    wrong = [place for place, pair in enumerate(zip(found, expected)) if str(pair[0]) != str(pair[1])]
    good = len(found) == len(expected) and len(found) > 0 and not wrong
    text = f"all {len(found)} equal" if good else f"{len(wrong)} of {len(found)} differ"
    if wrong:
        text += f", first at {wrong[0]}: {found[wrong[0]]!r} instead of {expected[wrong[0]]!r}"
    report(good, name, text)


def quantised(name, found, exact):
    """Integers that are a rounded Double: equal to what the other program's rounds to, which may lie at a half itself."""
    wrong = 0
    shown = 0
    for cell, value in zip(found, exact):
        if numpy.isnan(value):
            wrong += cell != ""
            continue
        shown += 1
        near_half = abs(abs(value - numpy.floor(value)) - 0.5) <= TOLERANCE * max(1, abs(value))
        wrong += int(cell) not in ({int(numpy.floor(value)), int(numpy.ceil(value))} if near_half else {round(value)})
    report(len(found) == len(exact) and shown > 0 and wrong == 0, name, f"{wrong} of {shown} differ")


def half_even(value):
    return round(value)  # of a Fraction: exact, half to even


def text(value):
    return repr(float(value))


def check_functions(program, random):
    values = numpy.concatenate([numpy.exp(random.uniform(-700, 700, 20_000)), random.uniform(0.5, 2, 20_000), 1 + random.normal(0, 1e-9, 2_000)])
    close("natural logarithm (numpy)", doubles(row[0] for row in run(program, "log", map(text, values))), numpy.log(values))
    halves = [1, 2, 3, 5, 10, 20, 63, 252, 10_000, 1_000_000]
    close("decay of a half-life (numpy)", doubles(row[0] for row in run(program, "half-life", halves)), numpy.exp(-numpy.log(2) / numpy.array(halves)))


def check_volatility(program, title, returns, decays):
    for decay in decays:
        rows = run(program, "ewma", map(text, returns), **{"lambda": decay}, warm_up=20, bars_per_year=252)
        mean = pandas.Series(returns**2).ewm(alpha=1 - decay / 1e6, adjust=True, min_periods=20).mean().to_numpy()
        for column, (name, expected) in enumerate([("variance", mean), ("volatility", mean**0.5), ("annual", (252 * mean) ** 0.5)]):
            close(f"EWMA {name}, {title}, {decay / 1e6:g} (pandas)", doubles(row[column] for row in rows), expected)


def risk_parity(matrix):
    """Minimises x'Cx/2 - sum(ln x)/n by Newton's method in ln x, then polishes with scipy's root finder: another way than ours."""
    count = len(matrix)
    def residual(logs):
        x = numpy.exp(logs)
        return x * (matrix @ x) - 1 / count
    def slope(logs):
        x = numpy.exp(logs)
        return numpy.diag(x * (matrix @ x)) + x[:, None] * matrix * x[None, :]
    start = -numpy.log(numpy.sqrt(numpy.diag(matrix)))
    x = numpy.exp(start)
    start -= numpy.log(numpy.sqrt(x @ matrix @ x))
    solution = optimize.root(residual, start, jac=slope, method="hybr", options={"xtol": 1e-15, "maxfev": 10_000})
    logs = solution.x
    for _ in range(5):
        logs = logs - numpy.linalg.solve(slope(logs), residual(logs))
    assert numpy.abs(residual(logs)).max() < 1e-12, "scipy found no risk parity"
    weights = numpy.exp(logs)
    return weights / weights.sum()


def check_covariance(program, random):
    count, slots, decay, warm_up, every = 7, 3_000, 970_000, 40, 25
    factor = random.normal(0, 0.01, slots)
    returns = numpy.round(factor[:, None] * random.uniform(-0.3, 1.2, count) + random.normal(0, 0.008, (slots, count)), 9)
    present = random.uniform(0, 1, (slots, count)) > numpy.array([0, 0, 0.05, 0.5, 0, 0.2, 0.9])
    # One instrument is listed late.
    present[:400, 4] = False
    lines = [",".join(text(r) if here else "" for r, here in zip(row, mask)) for row, mask in zip(returns, present)]
    rows = run(program, "covariance", lines, **{"lambda": decay}, warm_up=warm_up, every=every, instruments=count)

    # Independently: the sums as matrix products over all weights, no recursion.
    lambda_ = decay / 1e6
    seen = numpy.where(present, returns, 0)
    begins = present.argmax(axis=0)
    weights = numpy.array([(i + 1) * (-1 if i % 2 == 0 else 1) / count for i in range(count)])
    lower = [(row, column) for row in range(count) for column in range(row + 1)]
    variances, matrices = [], []
    for slot in range(slots):
        powers = (1 - lambda_) * lambda_ ** numpy.arange(slot, -1, -1.0)
        ages = slot - begins + 1
        sums = (seen[: slot + 1] * powers[:, None]).T @ seen[: slot + 1]
        masses = numpy.where(ages > 0, 1 - lambda_ ** numpy.maximum(ages, 0), 1)
        matrix = sums / numpy.sqrt(numpy.outer(masses, masses))
        matrices.append(matrix)
        variances.append(weights @ matrix @ weights if (ages >= warm_up).all() else numpy.nan)
    variances = numpy.array(variances)
    close("covariance portfolio variance (numpy)", doubles(row[0] for row in rows), variances)
    scale = numpy.minimum(100_000 / numpy.sqrt(variances * 252), 2_000_000)
    quantised("portfolio scale in millionths (numpy)", [row[1] for row in rows], scale)
    found = numpy.array([[float(cell) for cell in row[2 : 2 + len(lower)]] for row in rows])
    expected = numpy.array([[matrix[pair] for pair in lower] for matrix in matrices])
    deviations = numpy.array([[numpy.sqrt(matrix[i, i] * matrix[j, j]) for i, j in lower] for matrix in matrices])
    close("covariance matrix (numpy)", found.ravel(), expected.ravel(), numpy.where(deviations > 0, deviations, 1).ravel())
    product = pandas.Series(seen[:, 0] * seen[:, 1]).ewm(alpha=1 - lambda_, adjust=True).mean()
    close("covariance of two always there (pandas)", found[:, 1], product, numpy.sqrt(found[:, 0] * found[:, 2]))
    found_weights, expected_weights, outcomes = [], [], set()
    for slot in range(every - 1, slots, every):
        ready = numpy.flatnonzero(slot - begins + 1 >= warm_up)
        if len(ready) == 0:
            continue
        tail = rows[slot][2 + len(lower) :]
        outcomes.add(tail[0])
        expected_row = numpy.zeros(count)
        expected_row[ready] = risk_parity(matrices[slot][numpy.ix_(ready, ready)])
        found_weights.append([float(cell) for cell in tail[1 : 1 + count]])
        expected_weights.append(expected_row)
        if sum(int(cell) for cell in tail[1 + count :]) != 1_000_000:
            report(False, "risk parity in millionths", f"sum of slot {slot} is not one")
    close("risk parity weights (scipy)", numpy.ravel(found_weights), numpy.ravel(expected_weights))
    equal("risk parity is reached", sorted(outcomes), ["exact"])


def check_range_share(program, title, bars):
    period = 14
    rows = run(program, "atr", [",".join(bar) for bar in bars], period=period)
    open_, high, low, close_ = numpy.array(bars, dtype=float).T
    before = numpy.concatenate([[numpy.nan], close_[:-1]])
    ranges = pandas.concat([pandas.Series(high - low), pandas.Series(abs(high - before)), pandas.Series(abs(low - before))], axis=1).max(axis=1)
    # Wilder's smoothing is an exponential mean of 1/period that begins with a plain one.
    seeded = ranges.copy()
    seeded[period] = ranges[1 : period + 1].mean()
    mean = seeded[period:].ewm(alpha=1 / period, adjust=False).mean()
    expected = numpy.full(len(bars), numpy.nan)
    expected[period:] = mean / close_[period:]
    close(f"ATR share, {title} (pandas)", doubles(row[0] for row in rows), expected)


def check_sizes(program, random):
    targets = random.integers(1, 500_000, 5_000)
    volatilities = numpy.exp(random.uniform(-12, 3, 5_000))
    caps = random.integers(1, 5_000_000, 5_000)
    rows = run(program, "target", [f"{t},{text(v)},{c}" for t, v, c in zip(targets, volatilities, caps)])
    exact = [min(half_even(Fraction(int(t)) / Fraction(float(v))), int(c)) for t, v, c in zip(targets, volatilities, caps)]
    equal("volatility target in millionths (fractions)", [row[0] for row in rows], exact)

    lines, exact = [], []
    for _ in range(5_000):
        equity = int(random.integers(-(10**9), 10**18)) * 10 ** int(random.integers(0, 12))
        risk, distance = int(random.integers(0, 1_000_001)), int(random.integers(-(10**12), 10**12)) >> int(random.integers(0, 40))
        multiplier = int(random.integers(1, 1_000)) * 10**9
        lines.append(f"{equity},{risk},{distance},{multiplier}")
        loss = abs(distance) * (multiplier // 10**9)
        most = 4_000_000_000_000_000_000 // (multiplier // 10**9)
        exact.append(min(equity * risk * 1_000 // loss, most) if equity > 0 and risk > 0 and loss > 0 else 0)
    equal("risk per trade in nanos (integers)", [row[0] for row in run(program, "risk", lines)], exact)

    volatilities = numpy.exp(random.uniform(-9, 0, (500, 12)))
    rows = run(program, "inverse", [",".join(map(text, row)) for row in volatilities])
    inverse = 1 / volatilities
    weights = inverse / inverse.sum(axis=1, keepdims=True)
    close("inverse volatility weights (numpy)", numpy.array([[float(c) for c in row[:12]] for row in rows]).ravel(), weights.ravel())
    micros = numpy.array([[int(c) for c in row[12:]] for row in rows])
    report(bool((micros.sum(axis=1) == 1_000_000).all() and (abs(micros - weights * 1e6) < 1).all()), "the same in millionths", "sum to one, each less than 1 off")


def check_kelly(program, title, returns):
    nanos = [int(value) for value in numpy.rint(returns * 1e9)]
    for window, least, fraction, cap in [(60, 20, 500_000, 4_000_000), (250, 250, 1_000_000, 1_000_000_000)]:
        rows = run(program, "kelly", nanos, window=window, sample_min=least, fraction=fraction, cap=cap)
        exact, doubles_ = [], []
        for end in range(1, len(nanos) + 1):
            part = nanos[max(0, end - window) : end]
            if len(part) < least:
                exact.append("")
                continue
            mean = Fraction(sum(part), len(part))
            variance = sum((value - mean) ** 2 for value in part) / (len(part) - 1)
            exact.append(min(max(half_even(mean / variance * 10**9 * fraction), 0), cap))
        equal(f"Kelly, {title}, {window} (fractions)", [row[0] for row in rows], exact)
        rolling = pandas.Series(numpy.array(nanos) / 1e9).rolling(window, min_periods=least)
        with numpy.errstate(invalid="ignore"):
            share = numpy.clip(rolling.mean() / rolling.var() * fraction, 0, cap)
        found = doubles(row[0] for row in rows)
        # Half a millionth is the rounding's own.
        report(bool(numpy.nanmax(abs(found - share)) <= 0.5 + 1e-3), f"the same within a half of 1e-6 (pandas)", f"largest difference {numpy.nanmax(abs(found - share)):.3f}e-6")


def check_stability(program, random):
    reference, window, bins = 600, 300, 10
    drifting = numpy.concatenate([random.beta(4, 3, 1_500), random.beta(3, 3, 1_000), random.beta(2, 6, 800), numpy.full(400, 0.5)])
    # Whole hundredths now and then, so that values stand on edges and tie.
    drifting = numpy.where(random.uniform(0, 1, len(drifting)) < 0.2, numpy.round(drifting, 2), drifting)
    micros = numpy.rint(drifting * 1e6).astype(int)
    for binning, name in [(0, "equal width"), (1, "equal frequency")]:
        rows = run(program, "psi", micros, reference=reference, window=window, bins=bins, binning=binning)
        first = micros[:reference]
        if binning == 0:
            edges = numpy.array([1_000_000 * (i + 1) // bins for i in range(bins - 1)])
        else:
            edges = numpy.quantile(first, [(i + 1) / bins for i in range(bins - 1)], method="inverted_cdf")
        def shares(values):
            counts = numpy.bincount(numpy.searchsorted(edges, values, side="left"), minlength=bins)
            return numpy.maximum(counts / len(values), 1e-4)
        q = shares(first)
        expected = numpy.full(len(micros), numpy.nan)
        for end in range(reference + window, len(micros) + 1):
            p = shares(micros[end - window : end])
            expected[end - 1] = numpy.sum((p - q) * numpy.log(p / q))
        close(f"PSI, {name} (numpy)", doubles(row[0] for row in rows), expected)
        quantised(f"PSI in millionths, {name} (numpy)", [row[1] for row in rows], expected * 1e6)


def check_page_hinkley(program, random):
    levels = numpy.repeat(random.uniform(0, 1, 40), 250)
    micros = numpy.rint((levels + random.normal(0, 0.05, len(levels))) * 1e6).astype(int)
    changes = 0
    for direction, mode in enumerate(["up", "down", "both"]):
        for delta, threshold, alpha in [(5_000, 5_000_000, 999_900), (0, 2_000_000, 1_000_000), (20_000, 1_000_000, 990_000)]:
            rows = run(program, "page-hinkley", micros, delta=delta, threshold=threshold, alpha=alpha, count_min=30, direction=direction)
            other = drift.PageHinkley(min_instances=30, delta=delta / 1e6, threshold=threshold / 1e6, alpha=alpha / 1e6, mode=mode)
            flags, risen, fallen = [], [], []
            for value in micros:
                other.update(int(value) / 1e6)
                flags.append(int(other.drift_detected))
                risen.append(other._sum_increase - other._min_increase)
                fallen.append(other._max_decrease - other._sum_decrease)
            changes += sum(flags)
            title = f"{mode} {delta / 1e6:g} {threshold / 1e6:g} {alpha / 1e6:g}"
            equal(f"Page-Hinkley changes, {title} (river)", [row[0] for row in rows], flags)
            close(f"Page-Hinkley statistics, {title} (river)", numpy.concatenate([doubles(r[1] for r in rows), doubles(r[2] for r in rows)]), risen + fallen)
    report(changes >= 30, "Page-Hinkley", f"{changes} changes in all")


def check_watches(program, random):
    values = random.integers(0, 3, 20_000) * (random.uniform(0, 1, 20_000) < 0.3)
    stuck, run_ = [], 0
    for place, value in enumerate(values):
        run_ = run_ + 1 if place and value == values[place - 1] else 1
        stuck.append(f"{int(run_ == 6)},{int(run_ >= 6)}")
    equal("stuck value (naive)", [",".join(row) for row in run(program, "stuck", values, limit=6)], stuck)

    times = numpy.cumsum(random.integers(0, 40, 20_000)) - 10**18
    happens = random.integers(0, 2, 20_000)
    rows = run(program, "rate", [f"{t},{h}" for t, h in zip(times, happens)], capacity=40, window=1_000)
    events = times[happens == 1]
    held = numpy.searchsorted(events, times, side="right") - numpy.searchsorted(events, times - 1_000, side="right")
    # Events of the same instant that stand on later lines are not there yet.
    later = [int(((times[i + 1 :][: 50] == times[i]) & (happens[i + 1 :][: 50] == 1)).sum()) for i in range(len(times))]
    equal("rate within a window (numpy)", [row[0] for row in rows], list(numpy.minimum(held - later, 40)))

    equity = [int(value) for value in numpy.rint(10**15 * numpy.exp(numpy.cumsum(random.normal(0, 0.02, 20_000))))]
    for recovery in (0, 500_000, 1_000_000):
        peak, level, scales = equity[0], 0, []
        steps = [(Fraction(5, 100), 750_000), (Fraction(10, 100), 500_000), (Fraction(15, 100), 0)]
        for value in equity:
            peak = max(peak, value)
            drawdown = 1 - Fraction(value, peak)
            while level and drawdown <= steps[level - 1][0] * Fraction(recovery, 10**6):
                level -= 1
            while level < 3 and drawdown >= steps[level][0]:
                level += 1
            scales.append(steps[level - 1][1] if level else 1_000_000)
        equal(f"drawdown steps, recovery {recovery / 1e6:g} (fractions)", [row[0] for row in run(program, "drawdown", equity, recovery=recovery)], scales)


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    program = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) == 4 else int(numpy.random.SeedSequence().entropy % 2**32)
    print(f"  seed {seed}")
    random = numpy.random.default_rng(seed)
    with open(sys.argv[2], newline="") as file:
        bars = [[row[name] for name in ("Open", "High", "Low", "Close")] for row in csv.DictReader(file)]
    closes = numpy.array([float(bar[3]) for bar in bars])
    real = closes[1:] / closes[:-1] - 1
    noise = random.standard_t(4, 5_000) * 0.01

    check_functions(program, random)
    check_volatility(program, "bars", real, [940_000, 970_000])
    check_volatility(program, "random", noise, [500_000, 940_000, 999_000])
    check_covariance(program, random)
    check_range_share(program, "bars", bars)
    check_sizes(program, random)
    check_kelly(program, "bars", real)
    check_kelly(program, "random", noise[:1_500] + 0.0005)
    check_stability(program, random)
    check_page_hinkley(program, random)
    check_watches(program, random)
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
