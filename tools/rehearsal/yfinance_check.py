"""yfinance against the rehearsal exchange: reads history and polls one-minute bars; what it shows of closed bars is what the exchange's klines say.

Usage: yfinance_check.py LINE.json SYMBOL [SECONDS], where LINE.json is what `engine rehearse` printed.
"""

import json
import sys
import tempfile
import time
import urllib.request
import warnings

import yfinance as yf
import yfinance.base
import yfinance.data
import yfinance.scrapers.history
import yfinance.scrapers.quote

from check import Checks

# pandas finds fault with how yfinance calls it.
warnings.simplefilter("ignore")
checks = Checks("yfinance")
symbol = sys.argv[2]
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 130
home = checks.line["yahoo"]
yfinance.scrapers.history._BASE_URL_ = yfinance.base._BASE_URL_ = home
# Asked about symbols that the chart doesn't know.
yfinance.scrapers.quote._QUOTE_SUMMARY_URL_ = home + "/v10/finance/quoteSummary"
yfinance.scrapers.quote._QUERY1_URL_ = home
yfinance.data.YfData._get_cookie_and_crumb = lambda self, *rest, **more: (None, "basic")
yf.set_tz_cache_location(tempfile.mkdtemp())
yf.config.debug.hide_exceptions = False


def truth():
    """Closed bars by open second, from the exchange's klines."""
    query = "".join(c for c in symbol if c.isalnum())
    with urllib.request.urlopen(f"{checks.line['binance']['rest']}/api/v3/klines?symbol={query}&interval=1m&limit=1000") as answer:
        rows = json.load(answer)
    return {row[0] // 1000: tuple(float(x) for x in row[1:5]) for row in rows[:-1]}


def poll():
    yfinance.data.YfData.cache_get.cache_clear()
    return yf.Ticker(symbol).history(period="1d", interval="1m", auto_adjust=False, keepna=True)


daily = yf.Ticker(symbol).history(period="5d", interval="1d")
checks.that("daily history is read", len(daily) >= 1, daily)
five = yf.Ticker(symbol).history(period="1d", interval="5m")
checks.that("five-minute history is read", len(five) >= 2, five)
meta = yf.Ticker(symbol).get_history_metadata()
checks.that("metadata names the symbol", meta["symbol"] == symbol, meta)

frame = poll()
checks.that("one-minute history is read", len(frame) >= 10, frame)
start = time.time()
compared, wrong, lengths = 0, [], []
while True:
    frame, known = poll(), truth()
    lengths.append(len(frame))
    for stamp, row in frame.iterrows():
        second = int(stamp.timestamp())
        if second in known:
            compared += 1
            shown = (row["Open"], row["High"], row["Low"], row["Close"])
            # 32-bit floating point keeps seven digits.
            if any(abs(a - b) > abs(b) * 1e-6 for a, b in zip(shown, known[second])):
                wrong.append((second, shown, known[second]))
    if time.time() - start > seconds:
        break
    time.sleep(min(10, seconds / 4))
checks.that("closed bars are those of the exchange", compared > 0 and not wrong, (compared, wrong[:3]))
checks.that("bars come while it polls", lengths[-1] > lengths[0], lengths)
try:
    yf.Ticker("NOSUCH").history(period="1d", interval="1m")
except Exception as error:
    checks.that("an unknown symbol is said to be unknown", "NOSUCH" in str(error) or "404" in str(error), error)
else:
    checks.that("an unknown symbol is said to be unknown", False)
checks.end()
