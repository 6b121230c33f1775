#!/usr/bin/env bash
# Real faults against the release build: a writing process killed at random moments, a full disk, and every system call failing or killing in turn.
# ENGINE_SOAK=1 does more of each. FAULT_SEED=n repeats a run.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product journal-crash 2>&1 | tail -n 1
target=$PWD/$(swift build -c release --show-bin-path | sed "s|^$PWD/||")/journal-crash
arguments=(--kills 200 --events 70 --rounds 15)
if [[ -n ${ENGINE_SOAK:-} ]]; then arguments=(--kills 2000 --events 300 --rounds 200 --whole); fi
if [[ -n ${FAULT_SEED:-} ]]; then arguments+=(--seed "$FAULT_SEED"); fi
# A mount that nobody else sees, where that is allowed.
run=()
for try in "unshare -m" "unshare -r -m"; do
  if $try true 2>/dev/null; then
    read -ra run <<<"$try"
    break
  fi
done
"${run[@]}" python3 tools/faults.py "$target" "${TMPDIR:-/tmp}/engine-faults-$$" "${arguments[@]}"
step=40
if [[ -n ${ENGINE_SOAK:-} ]]; then step=1; fi
python3 tools/faults_engine.py .build/release/engine "${TMPDIR:-/tmp}/engine-faults-cli-$$" --step "$step"
