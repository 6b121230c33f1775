"""python-binance against the rehearsal exchange: reads filters and klines, places, queries and cancels every order type, follows streams.

Usage: python_binance_check.py LINE.json, where LINE.json is what `engine rehearse` printed.
"""

import asyncio
import time
from decimal import Decimal

from binance import AsyncClient, BinanceSocketManager, Client
from binance.exceptions import BinanceAPIException

from check import Checks

checks = Checks("python-binance")
base = checks.line["binance"]
keys = checks.line["keys"]["hmac"]
Client.API_URL = AsyncClient.API_URL = base["rest"] + "/api"
client = Client(keys["api_key"], keys["secret"])
symbol = "BTCUSDT"

info = client.get_symbol_info(symbol)
filters = {row["filterType"]: row for row in info["filters"]}
checks.that("symbol info has tick and step", "PRICE_FILTER" in filters and "LOT_SIZE" in filters, filters)
tick = Decimal(filters["PRICE_FILTER"]["tickSize"]).normalize()
offset = client.get_server_time()["serverTime"] - time.time() * 1000
checks.that("server time is near", abs(offset) < 2000, offset)

klines = client.get_klines(symbol=symbol, interval="1m", limit=10)
checks.that("ten klines of twelve columns", len(klines) == 10 and all(len(row) == 12 for row in klines), klines[:1])
checks.that("klines are a minute apart", all(b[0] - a[0] == 60000 for a, b in zip(klines, klines[1:])))
checks.that("the last kline runs", klines[-1][6] >= client.get_server_time()["serverTime"])
history = list(client.get_historical_klines_generator(symbol, "1m", klines[0][0], klines[-2][0]))
checks.that("history by start and end agrees", [row[:6] for row in history] == [row[:6] for row in klines[:-1]], len(history))
checks.that("five-minute klines", len(client.get_klines(symbol=symbol, interval="5m", limit=3)) == 3)

last = Decimal(client.get_symbol_ticker(symbol=symbol)["price"])
low, high = (last * Decimal("0.9")).quantize(tick), (last * Decimal("1.1")).quantize(tick)


def plain(**changes):
    return dict({"symbol": symbol, "quantity": "0.01"}, **changes)


market = client.create_order(**plain(side="BUY", type="MARKET"))
checks.that("a market order fills", market["status"] == "FILLED" and len(market["fills"]) == 1, market)
amount = client.create_order(symbol=symbol, side="BUY", type="MARKET", quoteOrderQty="500")
checks.that("a market order by amount fills", amount["status"] == "FILLED" and Decimal(amount["executedQty"]) > 0, amount)
immediate = client.create_order(**plain(side="BUY", type="LIMIT", timeInForce="IOC", price=str(low)))
checks.that("an immediate order below the market expires", immediate["status"] == "EXPIRED", immediate)
kill = client.create_order(**plain(side="BUY", type="LIMIT", timeInForce="FOK", price=str(high)))
checks.that("a fill-or-kill order above the market fills", kill["status"] == "FILLED", kill)

resting = {
    "limit": plain(side="BUY", type="LIMIT", timeInForce="GTC", price=str(low)),
    "maker": plain(side="SELL", type="LIMIT_MAKER", price=str(high)),
    "stop": plain(side="SELL", type="STOP_LOSS", stopPrice=str(low)),
    "stop-limit": plain(side="SELL", type="STOP_LOSS_LIMIT", timeInForce="GTC", stopPrice=str(low), price=str(low)),
    "take-profit": plain(side="SELL", type="TAKE_PROFIT", stopPrice=str(high)),
    "take-profit-limit": plain(side="SELL", type="TAKE_PROFIT_LIMIT", timeInForce="GTC", stopPrice=str(high), price=str(high)),
}
for name, order in resting.items():
    client.create_test_order(**order)
    placed = client.create_order(newClientOrderId=f"pb-{name}", newOrderRespType="RESULT", **order)
    checks.that(f"{name}: rests", placed["status"] == "NEW" and placed["clientOrderId"] == f"pb-{name}", placed)
    found = client.get_order(symbol=symbol, origClientOrderId=f"pb-{name}")
    checks.that(f"{name}: is found", found["orderId"] == placed["orderId"] and found["type"] == order["type"], found)
    checks.that(f"{name}: is open", any(row["orderId"] == placed["orderId"] for row in client.get_open_orders(symbol=symbol)))
    gone = client.cancel_order(symbol=symbol, orderId=placed["orderId"])
    checks.that(f"{name}: is cancelled", gone["status"] == "CANCELED" and gone["origClientOrderId"] == f"pb-{name}", gone)

replaced = dict(cancelReplaceMode="STOP_ON_FAILURE", cancelRestrictions="ONLY_NEW", **resting["limit"])
client.create_order(newClientOrderId="pb-old", **resting["limit"])
both = client.cancel_replace_order(cancelOrigClientOrderId="pb-old", newClientOrderId="pb-new", **replaced)
checks.that("an order is replaced", both["cancelResult"] == both["newOrderResult"] == "SUCCESS" and both["newOrderResponse"]["clientOrderId"] == "pb-new", both)
checks.that("the old order is over", client.get_order(symbol=symbol, origClientOrderId="pb-old")["status"] == "CANCELED")
for promise, code, more in [
    ("an order that is over isn't replaced", -2022, dict(cancelOrigClientOrderId="pb-old")),
    ("a half that fails is told", -2021, dict(cancelOrigClientOrderId="pb-new", quantity="10000")),
]:
    try:
        client.cancel_replace_order(**dict(replaced, **more))
        checks.that(promise, False)
    except BinanceAPIException as error:
        checks.that(promise, error.code == code, error)

pair = plain(
    side="SELL", aboveType="LIMIT_MAKER", abovePrice=str(high), aboveClientOrderId="pb-list-target", belowType="STOP_LOSS", belowStopPrice=str(low),
    belowClientOrderId="pb-list-stop", listClientOrderId="pb-list",
)
free = Decimal([row for row in client.get_account()["balances"] if row["asset"] == "BTC"][0]["free"])
listed = client.create_oco_order(**pair)
checks.that("an OCO list rests", [row["status"] for row in listed["orderReports"]] == ["NEW", "NEW"] and listed["listClientOrderId"] == "pb-list", listed)
held = [row for row in client.get_account()["balances"] if row["asset"] == "BTC"][0]
checks.that("a list holds back once what it sells", free - Decimal(held["free"]) == Decimal("0.01"), held)
for leg in ("pb-list-target", "pb-list-stop"):
    found = client.get_order(symbol=symbol, origClientOrderId=leg)
    checks.that(f"{leg}: is found under its own id, in its list", found["orderListId"] == listed["orderListId"] and found["status"] == "NEW", found)
checks.that("the list is among the open", [row["listClientOrderId"] for row in client.get_open_oco_orders()] == ["pb-list"])
gone = client.cancel_order(symbol=symbol, origClientOrderId="pb-list-stop")
checks.that("a cancel of one is a cancel of both", [row["status"] for row in gone["orderReports"]] == ["CANCELED", "CANCELED"], gone)
checks.that("neither is open", not [row for row in client.get_open_orders(symbol=symbol) if row["clientOrderId"] in ("pb-list-target", "pb-list-stop")])


def refused(promise, code, call):
    try:
        answer = call()
    except BinanceAPIException as error:
        checks.that(promise, error.code == code, (error.code, error.message))
    else:
        checks.that(promise, False, answer)


refused("an unknown order is -2013", -2013, lambda: client.get_order(symbol=symbol, origClientOrderId="nobody"))
refused("cancelling it is -2011", -2011, lambda: client.cancel_order(symbol=symbol, origClientOrderId="nobody"))
refused("a price off the tick is -1013", -1013, lambda: client.create_order(**plain(side="BUY", type="LIMIT", timeInForce="GTC", price=f"{low}5")))
refused("too much is -2010", -2010, lambda: client.create_order(**plain(side="SELL", type="MARKET", quantity="4000")))
refused("a list whose prices are the wrong way round is -2010", -2010, lambda: client.create_oco_order(**dict(pair, abovePrice=str(low), aboveClientOrderId="pb-x")))
refused("a wrong symbol is -1121", -1121, lambda: client.get_klines(symbol="NOPE", interval="1m"))

account = client.get_account()
checks.that("the account has balances", {row["asset"] for row in account["balances"]} >= {"BTC", "USDT"}, account)
trades = client.get_my_trades(symbol=symbol)
checks.that("trades are listed", {row["orderId"] for row in trades} >= {market["orderId"], kill["orderId"]}, trades)
checks.that("all orders are listed", len(client.get_all_orders(symbol=symbol)) >= 10)


async def follow():
    """The kline stream and the user stream while an order is placed, filled, and another cancelled."""
    sync = await AsyncClient.create(keys["api_key"], keys["secret"])
    sync.ws_api._url = base["websocket_api"]
    manager = BinanceSocketManager(sync)
    manager.STREAM_URL = base["streams"] + "/"
    seen, kline = [], None
    async with manager.user_socket() as user:
        await asyncio.sleep(0.5)
        await sync.create_order(**plain(side="BUY", type="MARKET", newClientOrderId="pb-user-1"))
        await sync.create_order(**plain(side="BUY", type="LIMIT", timeInForce="GTC", price=str(low), newClientOrderId="pb-user-2"))
        await sync.cancel_order(symbol=symbol, origClientOrderId="pb-user-2")
        while not any(row.get("x") == "CANCELED" for row in seen):
            row = await asyncio.wait_for(user.recv(), 10)
            seen.append(row.get("event", row) if isinstance(row, dict) else row)
    reports = [(row["x"], row["X"]) for row in seen if row.get("e") == "executionReport" and "pb-user" in row["c"] + row["C"]]
    checks.that("the user stream tells all", reports == [("NEW", "NEW"), ("TRADE", "FILLED"), ("NEW", "NEW"), ("CANCELED", "CANCELED")], reports)
    checks.that("balances are told", any(row.get("e") == "outboundAccountPosition" for row in seen))
    cancelled = [row for row in seen if row.get("x") == "CANCELED"][0]
    checks.that("a cancel's report names the order in C", cancelled["C"] == "pb-user-2" and cancelled["c"] != "pb-user-2", cancelled)
    async with manager.kline_socket(symbol, interval="1m") as stream:
        while kline is None or not kline["k"]["x"]:
            kline = await asyncio.wait_for(stream.recv(), 70)
    rows = await sync.get_klines(symbol=symbol, interval="1m", startTime=kline["k"]["t"], limit=1)
    k = kline["k"]
    checks.that("a closed kline of the stream equals REST's", [k["t"], k["o"], k["h"], k["l"], k["c"], k["v"]] == rows[0][:6], (k, rows))
    status = await sync.ws_create_order(**plain(side="SELL", type="MARKET", newClientOrderId="pb-ws-1"))
    checks.that("an order over the WebSocket API fills", status["status"] == "FILLED", status)
    listed = await sync.ws_create_oco_order(**dict(pair, aboveClientOrderId="pb-ws-t", belowClientOrderId="pb-ws-s", listClientOrderId="pb-ws-l"))
    checks.that("an OCO list over the WebSocket API rests", len(listed["orderReports"]) == 2, listed)
    await sync.cancel_order(symbol=symbol, origClientOrderId="pb-ws-t")
    await sync.close_connection()


asyncio.run(follow())
book = checks.book()
checks.that("no client order id was accepted twice", all(row["orders"] == 1 for row in book["client_order_ids"]))
checks.end()
