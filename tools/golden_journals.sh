#!/usr/bin/env bash
# Remakes the golden journals: tools/golden_journals.sh [FOLDER]. Without a folder those in journals/golden are replaced, which takes a reason in
# CHANGELOG.md. ENGINE names the program; by default the release build, else the debug build.
set -euo pipefail
cd "$(dirname "$0")/.."

export LC_ALL=C
golden=journals/golden
out=${1:-$golden}
engine=${ENGINE:-.build/release/engine}
[[ -x $engine ]] || engine=.build/debug/engine
"$engine" import "$golden"/inputs/*.csv --spec lean-daily --output "$out/bars.zst" --replace
for profile in "$golden"/profiles/*.yaml; do
  "$engine" backtest --profile "$profile" --bars "$out/bars.zst" --output "$out/$(basename "$profile" .yaml).zst" --replace
done
