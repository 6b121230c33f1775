"""ccxt against the rehearsal exchange: loads markets, reads candles, places, queries and cancels every order type, follows streams (ccxt.pro).

Usage: ccxt_check.py LINE.json, where LINE.json is what `engine rehearse` printed.
"""

import asyncio

import ccxt
import ccxt.pro

from check import Checks

checks = Checks("ccxt")
base = checks.line["binance"]
keys = checks.line["keys"]["hmac"]
symbol = "BTC/USDT"
options = {
    "apiKey": keys["api_key"],
    "secret": keys["secret"],
    "options": {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False, "fetchCurrencies": False, "defaultType": "spot"},
}


def at_home(exchange):
    exchange.urls["api"]["public"] = exchange.urls["api"]["private"] = base["rest"] + "/api/v3"
    exchange.has["fetchCurrencies"] = False
    return exchange


ex = at_home(ccxt.binance(options))
markets = ex.load_markets()
market = markets.get(symbol)
checks.that("the market is loaded with its steps", market is not None and market["precision"]["price"] == 0.01, list(markets))
checks.that("candles are read", len(ex.fetch_ohlcv(symbol, "1m", limit=5)) == 5)
last = float(ex.publicGetTickerPrice({"symbol": market["id"]})["price"])
low, high = ex.price_to_precision(symbol, last * 0.9), ex.price_to_precision(symbol, last * 1.1)

bought = ex.create_order(symbol, "market", "buy", 0.01)
checks.that("a market order closes", bought["status"] == "closed" and bought["filled"] == 0.01, bought)
checks.that("its fee is told", bought["fees"] and bought["fees"][0]["currency"] == "BTC", bought["fees"])
cost = ex.create_market_buy_order_with_cost(symbol, 500)
checks.that("a purchase for an amount closes", cost["status"] == "closed", cost)
checks.that("an immediate order lapses", ex.create_order(symbol, "limit", "buy", 0.01, low, {"timeInForce": "IOC"})["status"] in ("expired", "canceled"))
for name, kind, side, price, params in [
    ("limit", "limit", "buy", low, {}),
    ("post-only", "limit", "sell", high, {"postOnly": True}),
    ("stop", "market", "sell", None, {"stopLossPrice": low}),
    ("stop-limit", "limit", "sell", low, {"stopLossPrice": low}),
    ("take-profit", "market", "sell", None, {"takeProfitPrice": high}),
    ("take-profit-limit", "limit", "sell", high, {"takeProfitPrice": high}),
]:
    placed = ex.create_order(symbol, kind, side, 0.01, price, dict(params, clientOrderId=f"cc-{name}"))
    found = ex.fetch_order(placed["id"], symbol)
    checks.that(f"{name}: is open", found["status"] == "open" and found["clientOrderId"] == f"cc-{name}", found)
    checks.that(f"{name}: is among the open", any(row["id"] == placed["id"] for row in ex.fetch_open_orders(symbol)))
    gone = ex.cancel_order(placed["id"], symbol)
    checks.that(f"{name}: is cancelled", gone["status"] == "canceled", gone)
placed = ex.create_order(symbol, "limit", "buy", 0.01, low)
edited = ex.edit_order(placed["id"], symbol, "limit", "buy", 0.02, low)
checks.that("an order is replaced", edited["id"] != placed["id"] and edited["amount"] == 0.02, edited)
kept = ex.edit_order(edited["id"], symbol, "limit", "buy", 0.03, low, {"cancelRestrictions": "ONLY_NEW"})
checks.that("an unfilled order is replaced under a restriction", kept["id"] != edited["id"] and kept["amount"] == 0.03, kept)
checks.that("all open orders are cancelled", len(ex.cancel_all_orders(symbol)) == 1)

listed = ex.privatePostOrderListOco({
    "symbol": market["id"], "side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER", "abovePrice": high, "aboveClientOrderId": "cc-target",
    "belowType": "STOP_LOSS", "belowStopPrice": low, "belowClientOrderId": "cc-stop",
})
checks.that("an OCO list rests", [row["status"] for row in listed["orderReports"]] == ["NEW", "NEW"], listed)
pair = [row for row in ex.fetch_open_orders(symbol) if row["clientOrderId"] in ("cc-target", "cc-stop")]
checks.that("both of its orders are open", len(pair) == 2, pair)
gone = ex.privateDeleteOrderList({"symbol": market["id"], "orderListId": listed["orderListId"]})
checks.that("the list is cancelled whole", [row["status"] for row in gone["orderReports"]] == ["CANCELED", "CANCELED"], gone)


def refused(promise, kind, call):
    try:
        answer = call()
    except kind:
        checks.that(promise, True)
    except Exception as error:
        checks.that(promise, False, error)
    else:
        checks.that(promise, False, answer)


refused("an unknown order is OrderNotFound", ccxt.OrderNotFound, lambda: ex.fetch_order("999999", symbol))
refused("too much is InsufficientFunds", ccxt.InsufficientFunds, lambda: ex.create_order(symbol, "market", "sell", 4000))
ex.create_order(symbol, "limit", "buy", 0.01, low, {"clientOrderId": "cc-twice"})
refused("an open id again is refused", ccxt.InvalidOrder, lambda: ex.create_order(symbol, "limit", "buy", 0.01, low, {"clientOrderId": "cc-twice"}))
ex.cancel_all_orders(symbol)
checks.that("balances are read", ex.fetch_balance()["BTC"]["free"] > 0)
checks.that("trades are read", any(row["order"] == bought["id"] for row in ex.fetch_my_trades(symbol)))
checks.that("closed orders are read", len(ex.fetch_closed_orders(symbol)) >= 2)


async def follow():
    pro = at_home(ccxt.pro.binance(options))
    pro.urls["api"]["ws"]["spot"] = base["streams"] + "/ws"
    pro.urls["api"]["ws"]["ws-api"]["spot"] = base["websocket_api"]
    try:
        await pro.load_markets()
        watching = asyncio.create_task(pro.watch_orders(symbol))
        await asyncio.sleep(1)
        order = await pro.create_order(symbol, "market", "buy", 0.01)
        seen = await asyncio.wait_for(watching, 10)
        checks.that("the user stream tells the order", any(row["id"] == order["id"] for row in seen), seen)
        candles = await asyncio.wait_for(pro.watch_ohlcv(symbol, "1m"), 70)
        checks.that("candles are pushed", len(candles[-1]) == 6, candles)
        over_socket = await pro.create_order_ws(symbol, "market", "sell", 0.01)
        checks.that("an order over the WebSocket API closes", over_socket["status"] == "closed", over_socket)
    finally:
        await pro.close()


asyncio.run(follow())
checks.end()
