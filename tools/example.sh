#!/usr/bin/env bash
# Builds the example package, a user's own strategy on top of this one, and runs it: the third door.
set -euo pipefail
cd "$(dirname "$0")/.."

lines=$(wc -l <tools/ExampleStrategy/Sources/my-engine/VolumeBreakout.swift)
((lines < 40)) || {
  echo "the example strategy has $lines lines, not under 40" >&2
  exit 1
}
# Packages are built once more for the example's own root; debug is enough to show that it works.
swift build --package-path tools/ExampleStrategy --scratch-path .build-example 2>&1 | tail -n 1
mine=.build-example/debug/my-engine
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$mine" import ../shared/data/us-equity/daily/ibm.csv --spec lean-daily --symbol IBM --output "$work/bars.zst" >/dev/null
"$mine" backtest --profile tools/ExampleStrategy/volume_breakout.yaml --bars "$work/bars.zst" --output "$work/run.zst" | tee "$work/out"
grep -qE '^fills +[1-9]' "$work/out"
"$mine" replay "$work/run.zst"
