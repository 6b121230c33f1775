#!/usr/bin/env bash
# The whole live runtime on a simulated clock, network and disk: ten thousand short sessions from fixed seeds, and some whose bars come by Binance's own feed over
# the same network (with ENGINE_SOAK=1 more of these); then every planted bug. A session that fails is shrunk, and the command that repeats it is printed.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product engine-simulate 2>&1 | tail -n 1
simulate() { .build/release/engine-simulate --commit "$(git rev-parse --short HEAD 2>/dev/null || echo none)" "$@"; }

sessions=10000
feeds=200
if [ "${ENGINE_SOAK:-0}" = 1 ]; then
  feeds=2000
fi
simulate --sessions "$sessions" --from-seed 1 --threads 2
simulate --sessions "$feeds" --from-seed 1 --threads 2 --venue exchange --feed binance
# Each planted bug is found, or the simulation is too weak.
simulate --defects --sessions 2500
