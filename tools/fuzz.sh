#!/usr/bin/env bash
# Fuzzes what reads journals with libFuzzer under the address sanitizer: tools/fuzz.sh [SECONDS], without SECONDS until stopped.
#
# FuzzJournal takes whole files (as they are, with hashes put right, or made of blocks) through reading, seeking, verify, reopening and sealing;
# FuzzBlock single canonical blocks, FuzzRow single rows, both decoded and encoded again. It fails on a crash, a trap, a bad access, a leak, an input
# that takes 5 s, one allocation above 64 MB, and where something is accepted that must not be. What was learnt stays in .build-fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-0}
export ENGINE_FUZZ=1 ENGINE_ROOMS=journal
# With Swift's own crash report on, a crash hangs instead of leaving its input behind.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=1
folder=.build-fuzz
mkdir -p "$folder/findings"

for target in FuzzJournal FuzzBlock FuzzRow; do
  # The last flag names both at once: of the two before it the compiler keeps one, in an order that changes from build to build.
  swift build --sanitize fuzzer --sanitize address -Xswiftc -sanitize=address,fuzzer --scratch-path "$folder" --product "$target" >"$folder/build.log" 2>&1 || {
    grep -v 'Cannot export local symbol' "$folder/build.log" | tail -n 30 >&2
    exit 1
  }
done
python3 tools/Fuzz/seeds.py "$folder/seeds"

# fuzz TARGET SECONDS
fuzz() {
  local target=$1 log=$folder/$1.log
  mkdir -p "$folder/corpus/$target"
  "$folder/debug/$target" "$folder/corpus/$target" "$folder/seeds/$target" -max_total_time="$2" -max_len=16384 -timeout=5 \
    -rss_limit_mb=2048 -malloc_limit_mb=64 -artifact_prefix="$folder/findings/$target-" >"$log" 2>&1 || {
    grep -E 'Fatal error|ERROR|SUMMARY|Test unit written' "$log" | head -n 12 >&2
    tail -n 5 "$log" >&2
    echo "error: $target found something; $folder/debug/$target FILE runs its input again" >&2
    exit 1
  }
  local runs edges coverage verdicts
  runs=$(sed -nE 's/^Done ([0-9]+) runs.*/\1/p' "$log")
  coverage=$(sed -nE 's/^#[0-9]+\s+DONE\s+cov: ([0-9]+) ft: ([0-9]+).*/\1 edges, \2 features/p' "$log")
  edges=${coverage%% *}
  ((${edges:-0} > 500)) || {
    echo "error: $target sees ${edges:-no} edges, so it was built without coverage and only guessed; remove $folder and start again" >&2
    exit 1
  }
  verdicts=$(sed -nE 's/^verdicts: ([0-9]+) of.*/\1/p' "$log")
  echo "$target: $runs inputs in $2 s, $verdicts accepted, $coverage, nothing found"
}

if ((seconds > 0)); then
  # Whole journals run a hundred times slower than blocks and rows, and get half of the time.
  fuzz FuzzJournal $((seconds - seconds / 4 - seconds / 4))
  fuzz FuzzBlock $((seconds / 4))
  fuzz FuzzRow $((seconds / 4))
else
  echo "until stopped; what is found is in $folder/findings"
  while true; do
    fuzz FuzzJournal 120
    fuzz FuzzBlock 60
    fuzz FuzzRow 60
  done
fi
