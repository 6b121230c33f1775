#!/usr/bin/env bash
# Compares the engine with programs that others wrote, from PyPI, pinned and hash-checked: Python's decimal (arithmetic), TA-Lib (indicators),
# empyrical-reloaded (report), backtrader (fills), pymerkle and cryptography (seals and proofs), exchange_calendars and
# pandas_market_calendars (sessions), numpy, scipy, pandas and river (sizing and watches).
set -euo pipefail
cd "$(dirname "$0")/.."

# In soak the numbers are larger; the seed is printed by each program.
vectors=200000
if [[ ${ENGINE_SOAK:-} == 1 ]]; then vectors=3000000; fi
bin=.build/release
engine=$bin/engine
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# environment NAME REQUIREMENTS: a virtual environment that holds exactly the pinned packages.
environment() {
  local folder=.venv-$1 pins=$2
  if ! cmp -s "$pins" "$folder/pins"; then
    python3 -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pins"
    cp "$pins" "$folder/pins"
  fi
}

echo "decimal:"
python3 tools/parity/decimal_vectors.py --count "$vectors" --seed 1 | "$bin/decimal-check"

echo "TA-Lib:"
environment talib tools/parity/requirements-talib.txt
.venv-talib/bin/python tools/parity/talib_check.py "$bin/indicator-columns" ../shared/data/pypi/backtesting/GOOG.csv

echo "empyrical-reloaded:"
environment report tools/parity/report_requirements.txt
"$engine" import ../shared/data/us-equity/daily/{spy,ibm,aapl}.csv --spec lean-daily --output "$work/bars.zst" >/dev/null
for profile in sma_cross momentum rsi_reversion donchian; do
  "$engine" backtest --profile "config/profiles/$profile.yaml" --bars "$work/bars.zst" --output "$work/$profile.zst" >/dev/null
  "$engine" report "$work/$profile.zst" --format json >"$work/report.json"
  "$engine" export "$work/$profile.zst" --kind equity_marked --format csv >"$work/equity.csv"
  echo "$profile"
  .venv-report/bin/python tools/parity/report_check.py "$work/report.json" "$work/equity.csv"
done

echo "backtrader:"
environment backtrader tools/parity/requirements-backtrader.txt
.venv-backtrader/bin/python tools/parity/fills_backtrader_check.py "$bin/fill-scenarios"

echo "pymerkle, cryptography:"
environment proof tools/parity/requirements-proof.txt
# Every event of a whole run, and of a file that begins in the middle of one.
for journal in rules rolled-2019-06-04; do
  .venv-proof/bin/python tools/parity/proof_check.py "$engine" "journals/golden/$journal.zst"
done

echo "exchange_calendars, pandas_market_calendars:"
environment calendar tools/parity/requirements-calendar.txt
.venv-calendar/bin/python tools/parity/calendar_check.py "$engine"

echo "numpy, scipy, pandas, river:"
environment risk tools/parity/requirements-risk.txt
# A fixed seed, but a new one every time in soak.
seed=(1)
if [[ ${ENGINE_SOAK:-} == 1 ]]; then seed=(); fi
.venv-risk/bin/python tools/parity/risk_check.py "$bin/risk-figures" ../shared/data/pypi/backtesting/GOOG.csv "${seed[@]}"

echo "corporate actions, against LEAN's factors and bokeh_sampledata's adjusted closes:"
python3 tools/parity/actions_check.py "$engine" ../shared/data
