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

section "parity of paper and live"
python3 tools/parity_live.py .build/release/engine

section "stops, targets and changed orders at an exchange"
python3 tools/exits_live.py .build/release/engine
python3 tools/amends_live.py .build/release/engine

section "restarts"
# Debug builds alone can die at a named point; the exchange is the release build's.
python3 tools/restart.py .build/debug/engine --at all --exchange .build/release/engine
python3 tools/restart.py .build/release/engine --kills 500 --instances 6 --seed 11 --faults
python3 tools/restart.py .build/release/engine --kills 60 --seed 12
python3 tools/restart.py .build/release/engine --kills 60 --seed 13 --faults --roll 60

section "soak"
python3 tools/soak.py .build/release/engine

section "latency of a live run (figures, no verdict)"
.build/release/engine bench live --slots 20 --speed 120 | grep -E '_(orders|p50|p99|sync) '
echo "with --busy:"
.build/release/engine bench live --slots 40 --speed 120 --busy | grep -E '_(without_disk|socket_write)_(p50|p99) '

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
