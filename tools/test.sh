#!/usr/bin/env bash
# Everything that must hold: format, warnings as errors, unit, property, golden and crash tests, parity with other programs, determinism
# over builds and environments, the example package, the ratchet. ENGINE_SOAK=1 runs the heavy suites in full.
set -euo pipefail
cd "$(dirname "$0")/.."

section() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

section "format"
swift format lint --strict -r Package.swift Sources Tests tools

section "release build"
swift build -c release 2>&1 | tail -n 1

section "debug build and tests"
swift test >/tmp/engine-tests.log 2>&1 || {
  grep -E -A 4 '^✘|error:|fatal' /tmp/engine-tests.log | grep -vE '^(◇|✔)' | tail -n 120
  exit 1
}
tail -n 1 /tmp/engine-tests.log

section "README says what is so"
tools/demo.sh >/tmp/engine-demo.log 2>&1 || {
  tail -n 30 /tmp/engine-demo.log
  exit 1
}
python3 tools/readme.py

section "parity with other programs"
tools/parity.sh

section "the field agrees"
tools/peers.sh >/tmp/engine-peers.log 2>&1 || {
  tail -n 120 /tmp/engine-peers.log
  exit 1
}
grep -E '^peers: ' /tmp/engine-peers.log

section "a second reader"
tools/reader.sh

section "fuzzing"
tools/fuzz.sh 60

section "faults"
tools/faults.sh
grep -hE '^faults: ' /tmp/engine-tests.log

section "kills"
tools/kill.sh

section "other people's clients at the rehearsal exchange"
tools/rehearsal.sh

section "smoke"
tools/smoke.sh

section "restarts"
python3 tools/restart.py .build/release/engine --kills 15 --seed 11
python3 tools/restart.py .build/release/engine --kills 15 --seed 12 --faults

section "simulation"
tools/simulate.sh

section "determinism"
tools/determinism.sh

section "example package"
tools/example.sh

section "ratchet"
tools/ratchet.sh

section "done"
grep -hE 'Test run with' /tmp/engine-tests.log | tail -n 1
