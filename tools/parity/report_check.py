"""Compares the ratios of `engine report` with empyrical-reloaded.

    engine report RUN --format json > report.json
    engine export RUN --kind equity_marked --format csv > equity.csv
    python tools/parity/report_check.py report.json equity.csv

The equity of the exported daily marks becomes a series of returns, the first against the report's starting capital; what
empyrical makes of it must be what the report says, to 1e-9 (relative above 1, absolute below; the report has nine decimals).
Where a ratio has no value empyrical gives nan or infinity and the report null. Exit code 0 equal, 1 different, 2 could not run.
"""

import csv
import json
import math
import sys
import warnings
from decimal import Decimal

TOLERANCE = 1e-9


def daily_equity(path):
    """The last mark of each UTC day, in order."""
    days = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            days[row["as_of"][:10]] = Decimal(row["equity"])
    return [days[day] for day in sorted(days)]


def returns(start, equity):
    levels = [start] + equity
    # Exact difference, one rounding: as the engine computes it.
    return [float((after - before) / before) for before, after in zip(levels, levels[1:])]


def is_equal(ours, theirs):
    if ours is None:
        return not math.isfinite(theirs)
    return math.isfinite(theirs) and abs(ours - theirs) <= TOLERANCE * max(1.0, abs(theirs))


def main(report_path, equity_path):
    warnings.simplefilter("ignore")
    import empyrical
    import numpy
    import pandas

    with open(report_path) as file:
        report = json.load(file)
    equity = daily_equity(equity_path)
    if len(equity) != report["days"]:
        print(f"the export has {len(equity)} days, the report {report['days']}")
        return 1
    if not equity:
        print("no marks to compare")
        return 2
    series = pandas.Series(returns(Decimal(report["start_equity"]), equity))
    year = report["periods_per_year"]
    drawdown = report["max_drawdown"]["share"] if report["max_drawdown"] else 0.0
    with numpy.errstate(all="ignore"):
        pairs = {
            "total_return": (report["total_return"], empyrical.cum_returns_final(series)),
            "cagr": (report["cagr"], empyrical.annual_return(series, annualization=year)),
            "annual_volatility": (report["annual_volatility"], empyrical.annual_volatility(series, annualization=year)),
            "sharpe": (report["sharpe"], empyrical.sharpe_ratio(series, annualization=year)),
            "sortino": (report["sortino"], empyrical.sortino_ratio(series, annualization=year)),
            "calmar": (report["calmar"], empyrical.calmar_ratio(series, annualization=year)),
            "max_drawdown": (-drawdown, empyrical.max_drawdown(series)),
        }
    failed = 0
    for name, (ours, theirs) in pairs.items():
        verdict = "equal" if is_equal(ours, float(theirs)) else "DIFFERENT"
        failed += verdict != "equal"
        print(f"{name:18} {ours!s:>20} {float(theirs):>24.15g}  {verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1], sys.argv[2]))
