"""What a run's journal says, and what must hold between it, the exchange's book and the run that nobody disturbed."""
import datetime
import functools
import json
import subprocess
from decimal import Decimal


def minutes_before(time, count):
    """A time as `engine export` writes it, some minutes earlier."""
    moment = datetime.datetime.fromisoformat(time.replace("Z", "+00:00")) - datetime.timedelta(minutes=count)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Facts:
    """A journal, read through `engine export`."""

    def __init__(self, engine, journals):
        text = subprocess.run([engine, "export", *journals, "--format", "jsonl"], capture_output=True, text=True, check=True).stdout
        # (symbol, time at which it became known) -> whether it was history; the first time that it was taken counts.
        self.bars = {}
        # What was wanted by a slot, and what was held when the next one came: time -> {symbol: …}.
        self.wished, self.held = {}, {}
        self.intents, self.fills, self.signals = {}, [], []
        self.cash = Decimal(1_000_000)
        self.positions, wishes, self.counts, self.reports = {}, {}, {}, {}
        # Symbols of which an order was under way when the run was asked to end, which takes such orders back.
        self.taken_back, is_stopping = set(), False
        now = None
        for line in text.splitlines():
            event = json.loads(line)
            kind, time = event["kind"], event.get("time")
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if kind == "bar":
                if now is not None and time != now:
                    self.note(now, wishes)
                now = time
                self.bars.setdefault((event["instrument"], time), event["historical"])
            elif kind == "signal":
                wishes[event["instrument"]] = event["direction"]
                self.signals.append((time, event["instrument"], event["direction"], event["strength"], event["confidence"]))
            elif kind == "order_intent":
                self.intents[event["sequence"]] = event
            elif kind == "execution_report":
                self.reports[event["type"]] = self.reports.get(event["type"], 0) + 1
            elif kind == "notice":
                is_stopping = is_stopping or event["code"] == "stopping"
            elif kind == "order_cancelled" and is_stopping:
                self.taken_back.add(self.intents[event["order"]]["instrument"])
            elif kind == "fill":
                self.fills.append(event)
                sign = 1 if event["side"] == "buy" else -1
                quantity, price = Decimal(str(event["quantity"])), Decimal(str(event["price"]))
                self.positions[event["instrument"]] = self.positions.get(event["instrument"], Decimal(0)) + sign * quantity
                self.cash -= sign * quantity * price + Decimal(str(event["fee"]))
        if now is not None:
            self.note(now, wishes)

    def note(self, time, wishes):
        # Who has wished for nothing yet is as flat as who wants to be.
        self.wished[time] = {symbol: wish for symbol, wish in wishes.items() if wish != "flat"}
        self.held[time] = {symbol: held for symbol, held in self.positions.items() if held}

    def is_fresh(self, symbol, time):
        """Whether a bar was decided on: where one of its instant was history, the whole instant is."""
        return self.bars.get((symbol, time)) is False and time in self.fresh_times

    def has_whole(self, symbol, time, count):
        """Whether a bar and so many before it were seen, as history or not."""
        return all((symbol, minutes_before(time, back)) in self.bars for back in range(count + 1))

    @functools.cached_property
    def fresh_times(self):
        return {known for _, known in self.bars} - {known for (_, known), historical in self.bars.items() if historical}

    def story(self):
        """Orders and fills without sequences and ids."""
        def words(intent):
            return (intent["time"], intent["instrument"], intent["side"], intent["quantity"], intent["purpose"])
        meant = sorted(words(intent) for intent in self.intents.values())
        filled = sorted((*words(self.intents[fill["order"]]), fill["quantity"], fill["price"], fill["fee"]) for fill in self.fills)
        return meant, filled


def check_book(facts, book):
    """What must hold between a journal and the exchange's own book, whatever happened on the way."""
    problems, seen = [], {}
    for order in book["orders"]:
        seen[order["client_order_id"]] = seen.get(order["client_order_id"], 0) + 1
    doubled = [name for name, count in seen.items() if count > 1]
    if doubled:
        problems.append(f"sent twice: {doubled}")
    booked = sorted((fill["client_order_id"], Decimal(str(fill["quantity"])), Decimal(str(fill["price"]))) for fill in facts.fills)
    traded = sorted(
        (order["client_order_id"], Decimal(fill["quantity"]), Decimal(fill["price"])) for order in book["orders"] for fill in order["fills"])
    if booked != traded:
        problems.append(f"fills differ: booked and not traded {[f for f in booked if f not in traded]}, traded and not booked {[f for f in traded if f not in booked]}")
    balances = {balance["asset"]: Decimal(balance["free"]) + Decimal(balance["locked"]) for balance in book["balances"]}
    for symbol in sorted({symbol for symbol, _ in facts.bars}):
        ours, theirs = facts.positions.get(symbol, Decimal(0)), balances.get(symbol[:-4], Decimal(0))
        if ours != theirs:
            problems.append(f"{symbol}: {ours} in the journal, {theirs} at the exchange")
    if facts.cash != balances.get("USDT"):
        problems.append(f"cash: {facts.cash} in the journal, {balances.get('USDT')} at the exchange")
    return problems, len(seen), len(doubled)
