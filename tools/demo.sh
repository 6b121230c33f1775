#!/usr/bin/env bash
# The main job on real data, end to end: fetch, build, import, backtest, replay, verify, explain, diff, report.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p demo
if [[ ! -s demo/stocks.csv.gz ]]; then
  echo "fetching bokeh_sampledata 2026.1 (hash-checked)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r tools/demo-requirements.txt -d demo
  python3 - <<'PYTHON'
import zipfile
with zipfile.ZipFile("demo/bokeh_sampledata-2026.1-py3-none-any.whl") as wheel:
    with open("demo/stocks.csv.gz", "wb") as out:
        out.write(wheel.read("bokeh_sampledata/_data/stocks.csv.gz"))
PYTHON
fi

echo "building (the first time takes some minutes)"
swift build -c release --product engine 2>&1 | tail -n 1
engine=.build/release/engine

step() {
  echo
  echo "\$ engine $*"
  "$engine" "$@"
}

step import demo/stocks.csv.gz --spec bokeh-stocks --output demo/bars.zst --replace
step backtest --profile config/profiles/sma_cross.yaml --bars demo/bars.zst --output demo/sma_cross.zst --replace
step replay demo/sma_cross.zst
step verify demo/sma_cross.zst
fill=$("$engine" export demo/sma_cross.zst --kind fill --format csv | sed -n 2p | cut -d, -f1)
step explain demo/sma_cross.zst "$fill"
step backtest --profile config/profiles/sma_cross_stops.yaml --bars demo/bars.zst --output demo/sma_cross_stops.zst --replace
echo
echo "\$ engine diff demo/sma_cross.zst demo/sma_cross_stops.zst"
"$engine" diff demo/sma_cross.zst demo/sma_cross_stops.zst && code=0 || code=$?
echo "(exit code $code)"
((code < 2))
step report demo/sma_cross.zst
