#!/usr/bin/env bash
# A whole rehearsal in seconds: a backtest, a paper session over the same bars, replay, diff, gates, and a kill that ends flat and halted.
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${ENGINE:-.build/release/engine}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
profile=config/profiles/rehearsal_demo.yaml
bars=journals/golden/bars.zst

"$engine" backtest --profile $profile --bars $bars --output "$work/first.zst" >/dev/null
"$engine" paper --profile $profile --bars $bars --speed max --output "$work/paper.zst" >/dev/null 2>"$work/paper.log"
echo "smoke: paper   $(grep -c ' decision' "$work/paper.log") decisions logged"
"$engine" replay "$work/paper.zst" | grep '^derived' | sed 's/^/smoke: replay  /'
"$engine" backtest --profile $profile --bars "$work/paper.zst" --output "$work/again.zst" >/dev/null
"$engine" diff "$work/paper.zst" "$work/again.zst" | grep -i '^same' | sed 's/^/smoke: diff    /'
"$engine" gates "$work/paper.zst" --gates config/gates/live-15m.yaml | tail -n 1 | sed 's/^/smoke: gates   /'
mkfifo "$work/lines"
sed "s/^clock:.*//; s/^instance:.*/instance: smoke/; s/^universe:.*/universe: [A]/; s/^warmup:.*//" $profile >"$work/lines.yaml"
cat >>"$work/lines.yaml" <<'YAML'
interval: 1 min
instruments:
  - {symbol: A, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: always}
feeds: [stdin]
YAML
"$engine" paper --profile "$work/lines.yaml" --output "$work/killed.zst" <"$work/lines" >/dev/null 2>"$work/killed.log" &
exec 3>"$work/lines"
now=$(($(date +%s) / 60 * 60 - 3600))
price=100
for minute in $(seq 0 40); do
  price=$((price + (minute % 12 < 6 ? 1 : -1)))
  echo "{\"symbol\":\"A\",\"time\":$((now + minute * 60))000000000,\"open\":$price,\"high\":$price,\"low\":$price,\"close\":$price,\"volume\":1000}" >&3
done
sleep 1
"$engine" kill "$work/killed.zst" --reason smoke >/dev/null
for minute in 41 42; do
  echo "{\"symbol\":\"A\",\"time\":$((now + minute * 60))000000000,\"open\":$price,\"high\":$price,\"low\":$price,\"close\":$price,\"volume\":1000}" >&3
done
exec 3>&-
code=0
wait %1 || code=$?
[[ $code -eq 6 ]] || {
  echo "smoke: the killed run ended with $code" >&2
  tail -n 5 "$work/killed.log" >&2
  exit 1
}
"$engine" inspect "$work/killed.zst" --kind kill_advanced | tail -n 1 | sed 's/^/smoke: kill    /'
echo "smoke: ${SECONDS} s"
