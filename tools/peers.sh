#!/usr/bin/env bash
# Runs the same strategies on the same real data, and hand-made bars, in backtesting.py, backtrader and NautilusTrader from PyPI, pinned and
# hash-checked, and in this engine, and compares fill by fill. With --golden the peers' output becomes the golden files, and
# docs/fills.md shows it; look at the diff.
set -euo pipefail
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

# run PEER REQUIREMENTS: in a virtual environment that holds exactly the pinned packages.
run() {
  local folder=.venv-$1 pins=$2
  if ! cmp -s "$pins" "$folder/pins"; then
    python3 -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pins"
    cp "$pins" "$folder/pins"
  fi
  "$folder/bin/python" "tools/peers/run_$1.py" "$fresh"
}

run backtesting tools/peers/requirements-backtesting.txt
run backtrader tools/parity/requirements-backtrader.txt
run nautilus tools/peers/requirements-nautilus.txt

if [[ ${1:-} == --golden ]]; then
  cp "$fresh"/*.json tools/peers/golden/
fi
python3 tools/peers/compare.py .build/release/engine "$fresh" tools/peers/golden "$@"
