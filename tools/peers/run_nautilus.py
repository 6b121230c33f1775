"""Runs the cases in NautilusTrader: FOLDER [CASE ...].

Twice: as it comes (`nautilus`: bars, a market order fills at the close it was decided on), and, where a case has market orders alone, fed with four
trades a bar at instants of their own, the order sent on the first of the next bar (`nautilus-open`). A latency model would land there too, but not with
several instruments: what is in flight arrives with the first trade of any, while the others' prices are still those of the bar before.

Each bar is given a volume that no order of ours exhausts: where size binds, the simulated book of one level lets the rest of an order slip by a
tick at once, which the scenarios show.
"""

import decimal
import sys

import nautilus_trader
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import EUR, USD
from nautilus_trader.model.data import Bar, BarType, TradeTick
from nautilus_trader.model.enums import AccountType, AggressorSide, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TradeId, Venue
from nautilus_trader.model.instruments import CurrencyPair, Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

import cases
import record
import scenarios

VOLUME = 1_000_000_000
VENUE = Venue("SIM")


class RunnerConfig(StrategyConfig, frozen=True):
    feeds_ticks: bool


class Runner(Strategy):
    """Decides bar by bar; fed with trades, on the first of the bar behind."""

    def tell(self, case, instruments):
        self.case, self.instruments, self.fills = case, instruments, []
        self.places = {instrument.id: -1 for instrument in instruments}
        self.trades = dict.fromkeys(self.places, 0)

    def on_start(self):
        for instrument in self.instruments:
            if self.config.feeds_ticks:
                self.subscribe_trade_ticks(instrument.id)
            else:
                self.subscribe_bars(bar_type(instrument, self.case))

    def on_trade_tick(self, tick):
        number = self.trades[tick.instrument_id]
        self.trades[tick.instrument_id] += 1
        if number % 4 == 0:
            self.places[tick.instrument_id] = number // 4
            self.decide(tick.instrument_id, number // 4 - 1)

    def on_bar(self, bar):
        self.places[bar.bar_type.instrument_id] += 1
        self.decide(bar.bar_type.instrument_id, self.places[bar.bar_type.instrument_id])

    def decide(self, identity, place):
        """Acts on what was decided on the close of the bar at `place`."""
        if place < 0:
            return
        case, symbol = self.case, identity.symbol.value
        target = case.targets[symbol][place]
        if target is None:
            return
        instrument = self.cache.instrument(identity)
        self.cancel_all_orders(identity)
        wanted = {"long": case.quantity, "flat": 0, "short": -case.quantity}[target]
        change = wanted - int(self.portfolio.net_position(identity))
        if change == 0:
            return
        side = OrderSide.BUY if change > 0 else OrderSide.SELL
        quantity, close = instrument.make_qty(abs(change)), case.bars[symbol][place][4]
        if change > 0 and case.entry:
            price = price_of(case, case.entry_price(close))
            give = {"limit": self.order_factory.limit, "stop": self.order_factory.stop_market}[case.entry[0]]
            self.submit_order(give(identity, side, quantity, price))
        elif change > 0 and case.stop is not None:
            # A market order fills at this very close.
            stop, profit = case.exits(close)
            self.submit_order_list(
                self.order_factory.bracket(
                    identity, side, quantity, sl_trigger_price=price_of(case, stop), tp_price=price_of(case, profit),
                    tp_post_only=False))
        else:
            self.submit_order(self.order_factory.market(identity, side, quantity))

    def on_order_filled(self, event):
        case, symbol = self.case, event.instrument_id.symbol.value
        time = case.bars[symbol][self.bar_at(event)][0]
        side = "buy" if event.order_side == OrderSide.BUY else "sell"
        price = case.text(float(event.last_px))
        self.fills.append((record.stamp(time), symbol, side, int(event.last_qty), price))

    def bar_at(self, event):
        """The bar whose data the venue was working on: the one decided on last, where the fill is of its instant, else the next."""
        place = self.places[event.instrument_id]
        if place >= 0 and event.ts_event <= last_instant(self.case, event.instrument_id.symbol.value, place):
            return place
        return place + 1

    def on_order_rejected(self, event):
        raise RuntimeError(f"{self.case.name}: {event.reason}")

    def on_order_denied(self, event):
        raise RuntimeError(f"{self.case.name}: {event.reason}")


def nanos(time):
    return int(time.timestamp()) * 1_000_000_000


def last_instant(case, symbol, place):
    """When a bar is known."""
    return nanos(case.bars[symbol][place][0] + case.length)


def price_of(case, ticks):
    return Price(case.price(ticks), case.decimals)


def instrument_of(case, symbol):
    identity = InstrumentId(Symbol(symbol), VENUE)
    increment = price_of(case, 1)
    if symbol == "EURUSD":
        return CurrencyPair(
            identity, identity.symbol, EUR, USD, price_precision=case.decimals, size_precision=0, price_increment=increment,
            size_increment=Quantity.from_int(1), ts_event=0, ts_init=0, margin_init=decimal.Decimal("0.03"),
            margin_maint=decimal.Decimal("0.03"))
    fee = decimal.Decimal(case.fee_bp) / 10_000
    return Equity(
        identity, identity.symbol, USD, case.decimals, increment, Quantity.from_int(1), 0, 0, maker_fee=fee, taker_fee=fee)


def bar_type(instrument, case):
    word = {1: "1-MINUTE", 60: "1-HOUR", 1440: "1-DAY"}[case.minutes]
    return BarType.from_str(f"{instrument.id}-{word}-LAST-EXTERNAL")


def bars_of(case, instrument):
    kind, volume = bar_type(instrument, case), Quantity.from_int(VOLUME)
    rows = case.bars[instrument.id.symbol.value]
    for place, bar in enumerate(rows):
        known = last_instant(case, instrument.id.symbol.value, place)
        yield Bar(kind, *(price_of(case, ticks) for ticks in bar[1:5]), volume, known, known)


def trades_of(case, instrument):
    """Open, high, low and close at four instants of the bar, the last when it is known."""
    size = Quantity.from_int(VOLUME)
    for place, bar in enumerate(case.bars[instrument.id.symbol.value]):
        known = last_instant(case, instrument.id.symbol.value, place)
        for number, ticks in enumerate(bar[1:5]):
            instant = known if number == 3 else nanos(bar[0]) + 1_000_000_000 * (number + 1)
            yield TradeTick(
                instrument.id, price_of(case, ticks), size, AggressorSide.NO_AGGRESSOR, TradeId(f"{place}-{number}"), instant, instant)


def venue_engine(cash, **options):
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.MARGIN, [Money(cash, USD)], base_currency=USD, **options)
    return engine


def ran(case, feeds_ticks):
    engine = venue_engine(cases.CASH, trade_execution=feeds_ticks)
    instruments = [instrument_of(case, symbol) for symbol in case.bars]
    for instrument in instruments:
        engine.add_instrument(instrument)
        engine.add_data(list((trades_of if feeds_ticks else bars_of)(case, instrument)))
    runner = Runner(RunnerConfig(feeds_ticks=feeds_ticks))
    runner.tell(case, instruments)
    engine.add_strategy(runner)
    engine.run()
    equity = engine.cache.account_for_venue(VENUE).balance_total(USD).as_decimal()
    for position in engine.cache.positions_open():
        last = price_of(case, case.bars[position.instrument_id.symbol.value][-1][4])
        equity += position.unrealized_pnl(last).as_decimal()
    engine.dispose()
    return runner.fills, equity


def run(case):
    yield "nautilus", *ran(case, False)
    if case.stop is None and case.entry is None:
        yield "nautilus-open", *ran(case, True)


class OneOrder(Strategy):
    """Gives a scenario's order and notes its fills."""

    def tell(self, scenario, instrument, kind):
        self.scenario, self.instrument, self.kind, self.place, self.fills = scenario, instrument, kind, -1, []

    def on_start(self):
        self.subscribe_bars(self.kind)

    def on_bar(self, bar):
        self.place += 1
        if self.place != scenarios.DECISION:
            return
        (kind, *prices), identity, give = self.scenario.order, self.instrument.id, self.order_factory
        size, prices = self.instrument.make_qty(self.scenario.quantity), list(map(self.instrument.make_price, prices))
        if kind == "bracket":
            self.submit_order_list(
                give.bracket(identity, OrderSide.BUY, size, sl_trigger_price=prices[0], tp_price=prices[1], tp_post_only=False))
        elif kind == "stop_limit":
            self.submit_order(give.stop_limit(identity, OrderSide.BUY, size, prices[1], prices[0]))
        else:
            kinds = {"market": give.market, "limit": give.limit, "stop": give.stop_market}
            self.submit_order(kinds[kind](identity, OrderSide.BUY, size, *prices))

    def on_order_filled(self, event):
        side = "buy" if event.order_side == OrderSide.BUY else "sell"
        # Bars are known at the end of their day, and what fills inside one fills then.
        bar = event.ts_event // (86_400 * 1_000_000_000) - 1
        self.fills.append((bar, side, float(event.last_px), int(event.last_qty)))


def filler(**options):
    """A function that fills scenarios at a venue with these options."""

    def fill(scenario):
        engine = venue_engine(10 * cases.CASH, **options)
        identity = InstrumentId(Symbol("A"), VENUE)
        instrument = Equity(identity, identity.symbol, USD, 2, Price(0.01, 2), Quantity.from_int(1), 0, 0)
        kind = BarType.from_str(f"{identity}-1-DAY-LAST-EXTERNAL")
        engine.add_instrument(instrument)
        rows = []
        for place, (*prices, volume) in enumerate(scenario.bars):
            known = (place + 1) * 86_400 * 1_000_000_000
            rows.append(Bar(kind, *map(instrument.make_price, prices), Quantity.from_int(volume), known, known))
        engine.add_data(rows)
        strategy = OneOrder()
        strategy.tell(scenario, instrument, kind)
        engine.add_strategy(strategy)
        engine.run()
        engine.dispose()
        return strategy.fills

    return fill


if __name__ == "__main__":
    fillers = {"nautilus": filler(), "nautilus-adaptive": filler(bar_adaptive_high_low_ordering=True)}
    sys.exit(record.main(nautilus_trader.__version__, run, fillers))
