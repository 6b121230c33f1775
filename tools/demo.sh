#!/usr/bin/env bash
# The main job on real data, end to end: fetch, build, import, backtest, replay, verify, explain, diff, report.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p demo
if [[ ! -s demo/stocks.csv.gz || ! -s demo/twenty.csv ]]; then
  echo "fetching bokeh_sampledata 2026.1 and skfolio 1.12.2 (hash-checked)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r tools/demo-requirements.txt -d demo
  python3 - <<'PYTHON'
import csv
import gzip
import zipfile

with zipfile.ZipFile("demo/bokeh_sampledata-2026.1-py3-none-any.whl") as wheel:
    with open("demo/stocks.csv.gz", "wb") as out:
        out.write(wheel.read("bokeh_sampledata/_data/stocks.csv.gz"))
# A column of closes a stock becomes a row a bar, whose four prices are the close. Plain: gzip would write the time of day into it.
with zipfile.ZipFile("demo/skfolio-1.12.2-py3-none-any.whl") as wheel:
    wide = csv.reader(gzip.decompress(wheel.read("skfolio/datasets/data/sp500_dataset.csv.gz")).decode().splitlines())
symbols = next(wide)[1:]
with open("demo/twenty.csv", "w", newline="") as out:
    long = csv.writer(out, lineterminator="\n")
    long.writerow(["Ticker", "Date", "Open", "High", "Low", "Close", "Volume", "Adj Close"])
    for date, *closes in wide:
        long.writerows([symbol, date, *[close] * 4, 0, close] for symbol, close in zip(symbols, closes))
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
step import demo/twenty.csv --spec bokeh-stocks --set tick_size=0.001 --output demo/twenty.zst --replace
step backtest --profile config/profiles/twenty_momentum.yaml --bars demo/twenty.zst --output demo/twenty_momentum.zst --replace
