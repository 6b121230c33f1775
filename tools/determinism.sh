#!/usr/bin/env bash
# Two runs of a backtest give the same bytes: over processes, debug and release builds, TZ, LANG, working folder, 1 or 2 threads,
# snapshots on or off. Compares journal, exports and reports of each variant with those of the first.
set -euo pipefail
# A command that fails inside $(…) must stop the script, not be compared.
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

root=$PWD
release=$root/.build/release/engine
debug=$root/.build/debug/engine
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
data=$root/../shared/data/us-equity/daily
"$release" import "$data"/{aapl,ibm,spy}.csv --spec lean-daily --output "$work/bars.zst" >/dev/null
"$debug" import "$data"/{aapl,ibm,spy}.csv --spec lean-daily --output "$work/bars-debug.zst" >/dev/null
cmp "$work/bars.zst" "$work/bars-debug.zst"
"$release" bench --write-bars "$work/walk.zst" --bars 30000 --symbols 5
count=0
# Put in front of every run of a variant.
prefix=(env)

# artifacts NAME ENGINE PROFILE BARS [OPTION…]: one hash over journal, CSV, JSON lines and both reports.
artifacts() {
  local name=$1 engine=$2 profile=$3 bars=$4
  shift 4
  local run=$work/$name/run.zst
  mkdir -p "$work/$name"
  "${prefix[@]}" "$engine" backtest --profile "$profile" --bars "$bars" --output "$run" "$@" >/dev/null
  {
    cat "$run"
    "${prefix[@]}" "$engine" export "$run" --kind fill --format csv
    "${prefix[@]}" "$engine" export "$run" --format jsonl
    (cd "$work/$name" && "${prefix[@]}" "$engine" report run.zst && "${prefix[@]}" "$engine" report run.zst --format json)
  } | sha256sum | cut -d' ' -f1
  rm -rf "${work:?}/$name"
}

check() {
  local name=$1 expected=$2 found=$3
  if [[ $expected != "$found" ]]; then
    echo "determinism: $name differs: $found, not $expected" >&2
    exit 1
  fi
  count=$((count + 1))
}

for profile in sma_cross sma_cross_rules limit_brackets momentum bollinger; do
  for bars in bars walk; do
    file=$root/config/profiles/$profile.yaml
    input=$work/$bars.zst
    first=$(artifacts first "$release" "$file" "$input")
    check "$profile on $bars again" "$first" "$(artifacts again "$release" "$file" "$input")"
    check "$profile on $bars, debug" "$first" "$(artifacts debug "$debug" "$file" "$input")"
    check "$profile on $bars, TZ" "$first" "$(prefix=(env TZ=Asia/Kathmandu) && artifacts tz "$release" "$file" "$input")"
    check "$profile on $bars, LANG" "$first" "$(prefix=(env LANG=tr_TR.UTF-8 LC_ALL=de_DE.UTF-8) && artifacts lang "$release" "$file" "$input")"
    check "$profile on $bars, folder" "$first" "$(cd / && artifacts folder "$release" "$file" "$input")"
    check "$profile on $bars, 1 thread" "$first" "$(artifacts one "$release" "$file" "$input" --threads 1)"
    check "$profile on $bars, 2 threads" "$first" "$(artifacts two "$release" "$file" "$input" --threads 2)"
    check "$profile on $bars, snapshots" "$first" "$(artifacts snapshots "$release" "$file" "$input" --snapshots 1000)"
  done
done
echo "determinism: $count comparisons, all equal"
