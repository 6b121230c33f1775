#!/usr/bin/env bash
# The performance ratchet: instructions counted by callgrind for a short backtest and its replay, against tools/ratchet.txt.
# More than 3 % up fails; more than 3 % down asks for the figure to be lowered as part of the change.
# UPDATE_RATCHET=1 writes the counted figures.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Debian 12's valgrind can't read this compiler's debug information; the code is the same without it.
engine=$work/engine
strip --strip-debug -o "$engine" .build/release/engine
"$engine" bench --write-bars "$work/bars.zst" --bars 60000 >/dev/null
cp config/profiles/sma_cross.yaml "$work/profile.yaml"

count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
    sed -n 's/^==[0-9]*== Collected : \([0-9]*\)$/\1/p'
}

declare -A counted
counted[backtest]=$(count "$engine" backtest --profile "$work/profile.yaml" --bars "$work/bars.zst" --output "$work/run.zst" --threads 1)
counted[replay]=$(count "$engine" replay "$work/run.zst")

status=0
for name in backtest replay; do
  now=${counted[$name]}
  if [[ ! $now =~ ^[0-9]+$ ]]; then
    echo "ratchet: no count for $name; is valgrind there and does '$name' run?" >&2
    exit 1
  fi
  committed=$(awk -v name="$name" '$1 == name { print $2 }' tools/ratchet.txt)
  echo "ratchet: $name $now instructions, committed $committed ($((now * 100 / committed)) %)"
  if ((now * 100 > committed * 103)); then
    echo "ratchet: $name is more than 3 % up: find what made it slower (valgrind --tool=callgrind), or say in the commit why it must be" >&2
    status=1
  elif ((now * 103 < committed * 100)); then
    echo "ratchet: $name is more than 3 % down: well done; run UPDATE_RATCHET=1 make ratchet and commit tools/ratchet.txt"
  fi
done
if [[ ${UPDATE_RATCHET:-} == 1 ]]; then
  printf '# instructions of 60,000 bars, SMA 10/30: tools/ratchet.sh\nbacktest %s\nreplay %s\n' "${counted[backtest]}" "${counted[replay]}" >tools/ratchet.txt
  exit 0
fi
exit $status
