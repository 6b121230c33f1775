#!/usr/bin/env bash
# Lets clients that others wrote, from PyPI, pinned and hash-checked, use the rehearsal exchange as if it were the real thing: python-binance, ccxt and
# yfinance, each in an environment of its own. Nothing leaves this machine but what pip installs. About three minutes, most of it waiting for bars to close.
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${ENGINE:-.build/release/engine}
work=$(mktemp -d)
server=
finish() {
  if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

# environment NAME: a virtual environment that holds exactly the pinned packages.
environment() {
  local folder=.venv-$1 pins=tools/rehearsal/requirements-$1.txt
  if ! cmp -s "$pins" "$folder/pins"; then
    python3 -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pins"
    cp "$pins" "$folder/pins"
  fi
}

# serve BARS OPTION...: an exchange whose line is in $work/line.json.
serve() {
  rm -f "$work/line.json"
  "$engine" rehearse --bars "$@" >"$work/line.json" 2>"$work/server.txt" &
  server=$!
  for _ in $(seq 100); do
    if [[ -s $work/line.json ]]; then return; fi
    sleep 0.1
  done
  cat "$work/server.txt" >&2
  exit 1
}

stop() {
  kill "$server"
  wait "$server"
  cat "$work/server.txt"
  server=
}

for symbol in "1 6000000 BTCUSDT" "2 300000 ETHUSDT"; do
  read -r seed cents name <<<"$symbol"
  python3 tools/rehearsal/walk.py "$seed" "$cents" 2880 >"$work/$name.csv"
done
"$engine" import "$work/BTCUSDT.csv" "$work/ETHUSDT.csv" --spec ohlcv --set currency=USDT --set lot_size=0.00001 \
  --symbol BTCUSDT --symbol ETHUSDT --output "$work/crypto.zst" >/dev/null

serve "$work/crypto.zst" --balance USDT=1000000 --balance BTC=5
for client in python-binance ccxt; do
  environment "$client"
  ".venv-$client/bin/python" "tools/rehearsal/${client//-/_}_check.py" "$work/line.json"
done
environment yfinance
.venv-yfinance/bin/python -W ignore tools/rehearsal/yfinance_check.py "$work/line.json" BTCUSDT 65
stop
if [[ -d ../shared/data/us-equity/minute/spy ]]; then
  # A market with sessions: the second day opens while yfinance looks.
  "$engine" import ../shared/data/us-equity/minute/spy/2013100[47].csv --spec lean-minute --symbol SPY --output "$work/spy.zst" >/dev/null
  serve "$work/spy.zst" --history 500
  .venv-yfinance/bin/python -W ignore tools/rehearsal/yfinance_check.py "$work/line.json" SPY 65
  stop
fi
