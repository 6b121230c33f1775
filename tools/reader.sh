#!/usr/bin/env bash
# A second reader, in Python and written from Format.md alone, prints what `engine export` prints: for all golden journals, the one
# that holds every event kind, and runs over real bars made now: sealed, cut short, and killed with a live tail.
set -euo pipefail
cd "$(dirname "$0")/.."

engine=.build/release/engine
pins=tools/reader-requirements.txt
python=.venv-reader/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! cmp -s "$pins" .venv-reader/pins; then
  python3 -m venv --clear .venv-reader
  .venv-reader/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pins"
  cp "$pins" .venv-reader/pins
fi

"$engine" import ../shared/data/us-equity/daily/{spy,ibm,aapl}.csv --spec lean-daily --output "$work/bars.zst" >/dev/null
for profile in sma_cross momentum; do
  "$engine" backtest --profile "config/profiles/$profile.yaml" --bars "$work/bars.zst" --output "$work/$profile.zst" >/dev/null
done
# Without its seek table, and in the middle of its last block.
size=$(stat -c %s "$work/momentum.zst")
head -c $((size - 20)) "$work/momentum.zst" >"$work/unsealed.zst"
head -c $((size - 600)) "$work/momentum.zst" >"$work/torn.zst"

# Killed while it was running, with a live tail beside it.
while ! [ -s "$work/killed.tail.zst.tail" ]; do
  rm -f "$work"/killed.tail.zst*
  timeout -s KILL 0.2 "$engine" backtest --profile config/profiles/sma_cross.yaml --bars "$work/bars.zst" --durability commit \
    --output "$work/killed.tail.zst" >/dev/null 2>&1 || true
  for end in "" .tail; do mv "$work/killed.tail.zst.partial$end" "$work/killed.tail.zst$end" 2>/dev/null || true; done
done

journals=0
events=0
for journal in journals/golden/*.zst Tests/JournalTests/Golden/*.zst "$work"/*.zst; do
  "$engine" export "$journal" --format jsonl >"$work/ours"
  "$python" tools/journal_reader.py "$journal" >"$work/theirs"
  cmp "$work/ours" "$work/theirs" || {
    echo "error: $journal: tools/journal_reader.py and engine export print different lines" >&2
    exit 1
  }
  journals=$((journals + 1))
  events=$((events + $(wc -l <"$work/ours")))
done

# A changed byte in the middle is refused by both.
cp "$work/sma_cross.zst" "$work/damaged"
printf 'X' | dd of="$work/damaged" bs=1 seek=4000 conv=notrunc status=none
for reader in "$engine verify" "$python tools/journal_reader.py"; do
  if $reader "$work/damaged" >/dev/null 2>&1; then
    echo "error: $reader accepts a damaged journal" >&2
    exit 1
  fi
done
echo "journal_reader.py: $journals journals, $events events printed as engine export prints them; a damaged one refused"
