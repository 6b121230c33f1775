#!/usr/bin/env python3
"""Reads a journal of the engine and prints its events as JSON lines, as `engine export` does, byte for byte.

Written from Sources/Journal/Format.md alone: a second reader that shares no line with the first. Needs `zstandard` from PyPI.
Every frame hash, chain hash and canonical block is checked before its events are printed; what is wrong ends the program with code 1.
    journal_reader.py JOURNAL          events to stdout
    journal_reader.py JOURNAL --check  only checks; prints counts
"""
import datetime
import hashlib
import os
import re
import struct
import sys

import zstandard

TRAILER = struct.Struct("<IIIQQIIqqIIQQ32s32s")
CANONICAL_MAX = 12_400_000
WORDS = {
    "run mode": "1 backtest 2 paper 3 live 4 import",
    "asset class": "1 equity 2 etf 3 crypto 4 future 5 perpetual 6 forex 7 index",
    "calendar": "0 always 1 xnys 2 cme_fx 3 fx",
    "bar source": "1 file 2 journal 3 synthetic 4 yahoo 5 binance 6 interactive_brokers 7 stdin",
    "action type": "1 split 2 cash_dividend 3 special_dividend 4 spin_off 5 symbol_change 6 merger 7 delisting 8 delisting_at_last",
    "command": "1 halt 2 resume 3 cancel_all 4 reduce_only 5 rearm 6 restore_size 7 withhold 8 submit",
    "feed end reason": "1 exhausted 2 range_end 3 stopped",
    "direction": "0 flat 1 long 2 short",
    "signal reason": "1 crossed_above 2 crossed_below 3 momentum_up 4 momentum_down 5 oversold 6 overbought 7 reverted_to_mean"
    " 8 broke_out_up 9 broke_out_down 10 first_bar 11 enter_rule 12 exit_rule 13 enter_short_rule 14 exit_short_rule"
    " 15 ranked_in 16 ranked_out 17 custom",
    "risk outcome": "1 passed 2 cut 3 refused 4 qty_capped_to_zero",
    "risk reason": "1 within_limits 2 already_there 3 confidence_below_minimum 4 order_quantity_cap 5 position_cap 6 order_notional_cap"
    " 7 short_not_allowed 8 insufficient_cash 9 below_one_lot 10 halted 11 historical_bar 12 working_order_cap"
    " 13 not_allowed 14 outside_hours 15 market_closed 16 trading_halt 17 stale_bar 18 killed 19 reduce_only 20 price_guard"
    " 21 price_collar 22 close_collar 23 order_rate 24 repeated_order 25 self_crossing 26 short_without_locate"
    " 27 volume_share_cap 28 position_notional_cap 29 gross_cap 30 net_cap 31 daily_net_cap 32 leverage_cap"
    " 33 correlation_cap 34 within_band 35 protects_position 36 flattens 37 sizing_unknown"
    " 38 size_scaled_to_zero 45 rate_unknown 50 unsettled_funds 51 initial_margin 52 margin_call 53 roll",
    "side": "1 buy 2 sell",
    "order type": "1 market 2 limit 3 stop 4 stop_limit 5 market_if_touched 6 limit_if_touched 7 trailing_stop"
    " 8 trailing_stop_limit 9 market_on_open 10 limit_on_open 11 market_on_close 12 limit_on_close",
    "time in force": "1 day 2 good_till_cancelled 3 immediate_or_cancel 4 fill_or_kill 5 good_till_date",
    "trail unit": "1 amount 2 share",
    "order hours": "1 run 2 regular 3 extended",
    "purpose": "1 signal 2 stop_loss 3 take_profit 4 flatten 5 roll_out 6 roll_in",
    "front reason": "1 begin 2 date 3 volume 4 expiry",
    "reject reason": "1 quantity_not_positive 2 quantity_not_in_lots 3 price_not_in_ticks 4 price_missing 5 not_supported 6 venue_reason"
    " 7 trading_halt 8 nothing_to_reduce 9 style_impossible 10 stop_passed",
    "cancel reason": "1 immediate_remainder 2 not_fillable_whole 3 sibling_done 4 replaced 5 operator_command 6 run_ended 7 working_order_cap"
    " 8 kill 9 collar_step 10 breaker 11 time_in_force 12 venue 13 never_arrived 14 auction_over 15 would_take 16 nothing_to_reduce"
    " 32 corporate_action 40 margin_call 48 rolled",
    "reduce reason": "1 sibling_filled 2 position_closed 3 split 4 venue",
    "liquidity": "1 taker 2 maker",
    "fill rule": "1 market_at_open 2 limit_touched 3 limit_gap_at_open 4 stop_touched 5 stop_gap_at_open 6 stop_limit_touched"
    " 7 stop_limit_at_open 8 external 9 if_touched 10 if_touched_at_open 11 trail_touched 12 trail_gap_at_open"
    " 13 trail_proved 14 session_open 15 session_close 16 market_at_close",
    "cash reason": "1 fill 2 dividend 3 cash_in_lieu 4 adopted 5 proceeds 6 interest 7 borrow_fee 8 funding 9 variation"
    " 10 conversion 11 fee_correction 12 price_correction",
    "alert code": "1 duplicate_bar 2 out_of_order_bar 3 price_jump 4 confidence_drift 5 confidence_shift 6 confidence_stuck"
    " 7 prediction_bounds 8 signal_rate 9 position_drift 10 bar_outside_session 11 feed_gap 12 clock_jump 13 resume_refused"
    " 14 flatten_retried 15 breaker 16 signal_silence 17 size_scaled 18 net_over_cap 19 unknown_order 20 late_fill 21 overfill"
    " 22 fee_in_other_asset 23 cancel_refused 24 fills_missing 25 stop_passed 26 dust_left 27 unprotected 28 protection_restored 29 cancel_withheld 30 kill_withheld 32 missing_split 33 history_not_rescaled 34 prices_are_back 35 bar_after_end 36 dividend_above_price 40 margin_restored 41 funding_implausible 48 roll_put_off",
    "severity": "1 information 2 warning 3 error",
    "kill source": "1 file 2 environment 3 signal 4 command 5 breaker",
    "kill phase": "0 none 1 flattening 2 armed 3 flat_and_halted",
    "trading state": "0 active 1 reduce_only 2 halted",
    "risk scope": "1 account 2 strategy 3 sector 4 symbol",
    "breaker kind": "1 daily_loss 2 daily_loss_open 3 drawdown 4 consecutive_losses 5 order_rate 6 reject_rate 7 slippage 8 feed_gap"
    " 9 reconciliation 10 clock_jump 11 confidence_drift 12 confidence_shift 13 confidence_stuck 14 prediction_bounds"
    " 15 signal_rate 16 position_drift 17 signal_silence",
    "breaker action": "1 alert 2 reduce_only 3 halt 4 flatten",
    "rearm cause": "1 next_session 2 operator_command",
    "execution type": "1 accepted 2 filled 3 cancelled 4 rejected 5 expired 6 reduced 7 cancel_rejected"
    " 8 never_arrived 9 would_trigger",
    "report source": "1 stream 2 answer 3 query 4 reconciliation 5 runtime",
    "notice code": "1 connected 2 disconnected 3 feed_switched 4 feed_returned 5 duplicate_bar 6 late_bar"
    " 7 revised_bar 8 invalid_bar 9 invalid_answer 10 rate_limited 11 gap_filled 12 gap_left 13 clock_skew"
    " 14 price_disagreement 15 slot_incomplete 16 outcome_unknown 17 order_resent 18 reconciled 19 foreign_order"
    " 20 foreign_position 21 stopping 22 submission 23 request_refused 24 price_implausible",
    "measurement subject": "1 decision_latency 2 process 3 venue_latency 4 socket_write",
}
WORDS = {name: {int(n): word for n, word in zip(text.split()[::2], text.split()[1::2])} for name, text in WORDS.items()}
# kind: (name, fields); a field is its name and how it is encoded; `run_started` and `bar` have functions of their own.
KINDS = {
    3: ("corporate_action", "instrument:instrument type:action_type numerator:count denominator:count cash:decimal price:decimal other:maybe_instrument symbol:text"),
    4: ("data_point", "series:text value:decimal"),
    5: ("timer", "number:count reading:reading"),
    6: ("operator_command", "command:command reason:text"),
    7: ("feed_ended", "reason:feed_end_reason"),
    8: ("journal_continued", "previous_head:digest previous_events:count state_sha256:digest file:count"),
    9: ("kill_switch", "source:kill_source reason:text"),
    10: ("trading_halt", "halted:flag instrument:market_or_instrument reason:text"),
    11: ("reconciliation_break", "instrument:instrument ours:narrow theirs:narrow"),
    12: ("execution_report", "type:execution_type source:report_source order:maybe_reference instrument:instrument side:side"
         " quantity:narrow cumulative:narrow price:optional fee:wide liquidity:maybe_liquidity venue_time:time fee_asset:text"
         " client_id:text venue_order_id:text trade_id:text reason:text"),
    13: ("notice", "code:notice_code severity:severity instrument:maybe_instrument first:integer second:integer source:text text:text"),
    14: ("measurement", "subject:measurement_subject about:maybe_reference first:integer second:integer third:integer"),
    15: ("account_adopted", "instrument:maybe_instrument quantity:narrow price:narrow cash:wide"),
    32: ("signal", "strategy:strategy instrument:instrument direction:direction strength:micros confidence:micros"
         " reason:signal_reason first_feature:decimal second_feature:decimal"),
    33: ("risk_decision", "instrument:instrument outcome:risk_outcome reason:risk_reason requested:narrow allowed:narrow"
         " observed:decimal limit:decimal scope:risk_scope checks:checks"),
    34: ("order_intent", "instrument:instrument side:side type:order_type time_in_force:time_in_force purpose:purpose"
         " quantity:narrow limit_price:optional stop_price:optional"),
    35: ("order_accepted", "order:reference expires_at:time"),
    36: ("order_rejected", "order:reference reason:reject_reason"),
    37: ("order_cancelled", "order:reference reason:cancel_reason leaves:narrow"),
    38: ("order_expired", "order:reference leaves:narrow"),
    39: ("fill", "order:reference bar:reference instrument:instrument side:side quantity:narrow price:narrow fee:wide"
         " slippage:decimal leaves:narrow liquidity:liquidity rule:fill_rule"),
    40: ("position_changed", "instrument:instrument quantity:narrow cost_basis:wide realised:wide"),
    41: ("cash_changed", "reason:cash_reason amount:wide balance:wide"),
    42: ("equity_marked", "as_of:time equity:wide cash:wide gross_exposure:wide realised:wide fees:wide"),
    43: ("alert", "code:alert_code severity:severity instrument:instrument first:integer second:integer"),
    44: ("run_ended", "state_digest:digest bars:count warming_up:count signals:count refused:count cut:count orders:count fills:count"),
    45: ("order_reduced", "order:reference reason:reduce_reason leaves:narrow"),
    46: ("trading_state_changed", "scope:subject state:trading_state"),
    47: ("breaker_tripped", "breaker:index watches:breaker_kind action:breaker_action scope:subject observed:integer limit:integer"
         " window:count"),
    48: ("breaker_rearmed", "breaker:index watches:breaker_kind scope:subject by:rearm_cause"),
    49: ("kill_advanced", "phase:kill_phase source:kill_source open_positions:count working_orders:count opens_at:time"),
    50: ("cancel_requested", "order:reference reason:cancel_reason"),
    51: ("order_withheld", "order:reference"),
    52: ("order_repriced", "order:reference limit_price:optional stop_price:optional"),
    53: ("order_terms", "order:reference post_only:flag reduce_only:flag hours:order_hours trail_unit:maybe_trail trail_size:count"
         " limit_distance:integer auction_at:time good_until:time group:maybe_reference replaces:maybe_reference"),
    54: ("order_replaced", "order:reference replaced:reference filled:narrow leaves:narrow"),
    55: ("purse_changed", "currency:currency reason:cash_reason amount:wide balance:wide"),
    56: ("margin_called", "equity:wide requirement:wide deficit:wide"),
    57: ("account_charged", "instrument:maybe_instrument reason:cash_reason days:count base:wide rate:wide amount:wide"),
    58: ("front_contract", "instrument:instrument previous:maybe_instrument reason:front_reason price:narrow previous_price:narrow quantity:narrow"),
    59: ("fee_converted", "order:reference bar:reference instrument:instrument rate_instrument:instrument rate:narrow amount:wide booked:wide"
         " replaced:wide replaced_booked:wide asset:text"),
}
# kind: today's version, and the fields that version 1 lacks, as they are printed then.
VERSIONS = {3: (2, {"price": '"0"', "other": "null", "symbol": '""'}), 5: (2, {"reading": "null"}), 33: (2, {"scope": '"account"', "checks": '""'})}
KINDS = {kind: (name, [tuple(field.split(":")) for field in fields.split()]) for kind, (name, fields) in KINDS.items()}


class Damage(Exception):
    pass


def require(holds, what):
    if not holds:
        raise Damage(what)


class Bytes:
    """The primitives of section 6."""

    def __init__(self, data, offset=0, end=None):
        self.data, self.offset, self.end = data, offset, len(data) if end is None else end

    def take(self, count):
        require(count <= self.end - self.offset, "ends early")
        self.offset += count
        return self.data[self.offset - count:self.offset]

    def byte(self):
        return self.take(1)[0]

    def varint(self, bits=64):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                require((byte or not shift) and value < 1 << bits, "varint not canonical")
                return value
            shift += 7

    def zigzag(self, bits=64):
        raw = self.varint(bits)
        return raw >> 1 ^ -(raw & 1)

    def decimal(self, bits=64):
        zeros, mantissa = self.byte(), self.zigzag(bits)
        require(zeros <= 9 and (mantissa or not zeros) and (not mantissa or zeros == 9 or mantissa % 10), "decimal not canonical")
        value = mantissa * 10**zeros
        require(-(1 << bits - 1) <= value < 1 << bits - 1, "decimal too large")
        return value

    def narrow(self):
        value = self.decimal()
        require(value != -(1 << 63), "price or quantity out of range")
        return value

    def text(self):
        return self.take(self.varint()).decode("utf-8")

    def reference(self, sequence):
        distance = self.varint()
        require(1 <= distance <= sequence, "reference out of range")
        return sequence - distance

    def index(self):
        value = self.varint()
        require(value <= 0xFFFF, "index out of range")
        return value

    def word(self, list_name):
        number = self.byte()
        require(number in WORDS[list_name], f"{list_name} {number}")
        return WORDS[list_name][number]

    def currency(self):
        text = self.text()
        require(1 <= len(text) <= 8 and all(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for c in text), "currency")
        return text


def decimal_text(value, decimals=9):
    whole, rest = divmod(abs(value), 10**decimals)
    fraction = f".{rest:0{decimals}d}".rstrip("0") if rest else ""
    return f'"{"-" if value < 0 else ""}{whole}{fraction}"'


DAYS = {}


def time_text(nanos):
    day, rest = divmod(nanos, 86_400 * 10**9)
    if day not in DAYS:
        DAYS[day] = str(datetime.date(1970, 1, 1) + datetime.timedelta(days=day))
    second, fraction = divmod(rest, 10**9)
    tail = f".{fraction:09d}".rstrip("0") if fraction else ""
    return f'"{DAYS[day]}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}{tail}Z"'


ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text):
    return '"' + re.sub(r'["\\\x00-\x1f]', lambda match: ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}", text) + '"'


def base36(number):
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


class Run:
    """What event 0 says about all others."""

    def __init__(self, row):
        self.mode = row.word("run mode")
        self.reducer_version = row.varint()
        self.run_id, self.profile_digest, self.inputs_digest = row.take(16), row.take(32), row.take(32)
        self.profile, self.currency = row.text(), row.currency()
        self.strategies = [row.text() for _ in range(row.varint())]
        self.instruments = []
        count = row.varint()
        require(count <= 0xFFFF, "instruments")
        for _ in range(count):
            symbol, venue = row.text(), row.text()
            row.word("asset class"), row.currency()
            tick, lot, multiplier = row.narrow(), row.narrow(), row.decimal()
            row.text(), row.word("calendar")
            require(symbol and tick > 0 and lot > 0 and multiplier % 10**9 == 0 and 1 <= multiplier // 10**9 <= 10**6, "instrument")
            self.instruments.append((symbol, venue))
        symbols = [symbol for symbol, _ in self.instruments]
        shared = {symbol for symbol in symbols if symbols.count(symbol) > 1} if len(set(symbols)) < len(symbols) else set()
        self.names = [quoted(f"{s}.{v}" if s in shared else s) for s, v in self.instruments]

    def fields(self):
        return (
            f'"mode":"{self.mode}","reducer_version":{min(self.reducer_version, (1 << 63) - 1)},"run_id":"{self.run_id.hex()}",'
            f'"profile_sha256":"{self.profile_digest.hex()}","inputs_sha256":"{self.inputs_digest.hex()}","currency":"{self.currency}",'
            f'"strategies":{quoted(" ".join(self.strategies))},"instruments":{quoted(" ".join(s for s, _ in self.instruments))},'
            f'"profile":{quoted(self.profile)}')

    def name(self, index):
        return self.names[index] if index < len(self.names) else f'"instrument-{index}"'

    def strategy(self, index):
        return quoted(self.strategies[index]) if index < len(self.strategies) else f'"strategy-{index}"'

    def order_id(self, sequence):
        return f'"client_order_id":"e{self.run_id.hex()[:12]}-{base36(sequence)}",'


def field_text(row, encoding, sequence, run):
    if encoding in ("decimal", "narrow"):
        return decimal_text(row.decimal() if encoding == "decimal" else row.narrow())
    if encoding == "wide":
        return decimal_text(row.decimal(128))
    if encoding == "instrument":
        return run.name(row.index())
    if encoding == "strategy":
        return run.strategy(row.index())
    if encoding == "reference":
        return str(row.reference(sequence))
    if encoding == "maybe_reference":
        distance = row.varint()
        require(distance <= sequence, "reference")
        return str(sequence - distance) if distance else "null"
    if encoding == "maybe_instrument":
        place = row.varint()
        require(place <= 0x10000, "instrument")
        return run.name(place - 1) if place else "null"
    if encoding == "maybe_liquidity":
        number = row.byte()
        require(number in (0, *WORDS["liquidity"]), "liquidity")
        return f'"{WORDS["liquidity"][number]}"' if number else "null"
    if encoding == "maybe_trail":
        number = row.byte()
        require(number in (0, *WORDS["trail unit"]), "trail unit")
        return f'"{WORDS["trail unit"][number]}"' if number else "null"
    if encoding == "count":
        return str(min(row.varint(), (1 << 63) - 1))
    if encoding == "integer":
        return str(row.zigzag())
    if encoding == "micros":
        return decimal_text(row.zigzag(), 6)
    if encoding == "text":
        return quoted(row.text())
    if encoding == "currency":
        return f'"{row.currency()}"'
    if encoding == "digest":
        return f'"{row.take(32).hex()}"'
    if encoding == "time":
        nanos = row.zigzag()
        return "null" if nanos == (1 << 63) - 1 else time_text(nanos)
    if encoding == "reading":
        nanos = row.zigzag()
        return "null" if nanos in (-(1 << 63), (1 << 63) - 1) else time_text(nanos)
    if encoding == "flag":
        flag = row.byte()
        require(flag <= 1, "flag")
        return ("false", "true")[flag]
    if encoding == "market_or_instrument":
        whole, instrument = row.byte(), row.index()
        require(whole <= 1 and not (whole and instrument), "market-wide halt of an instrument")
        return "null" if whole else run.name(instrument)
    if encoding == "index":
        return str(row.index())
    if encoding == "checks":
        bits = row.varint()
        return quoted(" ".join(word for number, word in sorted(WORDS["risk reason"].items()) if bits >> number & 1))
    if encoding == "subject":
        scope, index = row.word("risk scope"), row.index()
        require(scope != "sector" and (scope != "account" or not index), "subject")
        strategy = run.strategy(index) if scope == "strategy" else "null"
        instrument = run.name(index) if scope == "symbol" else "null"
        return f'"{scope}","strategy":{strategy},"instrument":{instrument}'
    if encoding == "optional":
        present = row.byte()
        require(present <= 1, "optional price")
        return decimal_text(row.narrow()) if present else "null"
    return f'"{row.word(encoding.replace("_", " "))}"'


def wrap(value):
    """Modulo 2⁶⁴, signed."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


class Lane:
    def __init__(self, block):
        self.instrument, self.count = block.index(), block.varint()
        form = block.byte()
        self.price_unit, self.volume_unit = 10**block.byte(), 10**block.byte()
        self.varies = {"time": form & 1, "duration": form & 2, "mark": form & 4}
        self.open_time = block.zigzag()
        self.time_step = 0 if self.varies["time"] or self.count < 2 else None
        self.time_unit = 10**block.byte() if self.varies["time"] else 1
        if self.time_step is None:
            self.time_step = block.zigzag()
        self.duration = 0 if self.varies["duration"] else block.varint()
        self.mark = 0 if self.varies["mark"] else block.byte()
        self.bytes = {}
        for column in ("time", "duration", "mark", "open", "close", "high", "low", "volume"):
            self.bytes[column] = block.varint() if self.varies.get(column, True) else 0
        self.columns = {}

    def bars(self):
        close, open_time, step = 0, self.open_time, 0
        read = self.columns
        for place in range(self.count):
            if place and self.varies["time"]:
                step = wrap(step + read["time"].zigzag())
                open_time = wrap(open_time + step * self.time_unit)
            elif place:
                open_time = wrap(open_time + self.time_step)
            duration = read["duration"].varint() if self.varies["duration"] else self.duration
            mark = read["mark"].byte() if self.varies["mark"] else self.mark
            open_ = wrap(close + read["open"].zigzag())
            close = wrap(open_ + read["close"].zigzag())
            high = wrap(max(open_, close) + read["high"].varint())
            low = wrap(min(open_, close) - read["low"].varint())
            volume, unit = read["volume"].varint(), self.price_unit
            require(0 < duration and low <= min(open_, close) and max(open_, close) <= high and mark & 0x3F in WORDS["bar source"]
                    and max(abs(low), abs(high)) * unit < 1 << 63 and volume * self.volume_unit < 1 << 63
                    and open_time + duration < 1 << 63, "impossible bar")
            yield open_time, duration, open_ * unit, high * unit, low * unit, close * unit, volume * self.volume_unit, mark
        for column, reader in read.items():
            require(reader.offset == reader.end, f"column {column} has bytes left over")


class Journal:
    def __init__(self, data, out):
        self.data, self.out = data, out
        self.run, self.sequence, self.bars, self.time = None, 0, 0, None
        self.blocks, self.canonical_bytes, self.head = 0, 0, bytes(32)
        self.sizes, self.is_sealed, self.torn_bytes = [], False, 0

    def read(self):
        offset = 0
        while offset < len(self.data) and self.data[offset:offset + 4] == b"\x28\xb5\x2f\xfd":
            frame = self.frame_at(offset)
            if frame is None:
                break
            self.block(*frame)
            offset += len(frame[0]) + TRAILER.size
        entries = b"".join(struct.pack("<IIII", compressed, content, TRAILER.size, 0) for compressed, content in self.sizes)
        table = struct.pack("<II", 0x184D2A5E, len(entries) + 9) + entries + struct.pack("<IBI", len(entries) // 8, 0, 0x8F92EAB1)
        self.is_sealed = self.data[offset:] == table
        self.torn_bytes = 0 if self.is_sealed else len(self.data) - offset
        require(self.is_sealed or self.data.find(struct.pack("<II", 0x184D2A51, 132), offset) < 0, f"block {self.blocks} is damaged")

    def tail(self, data):
        """The events of the block that is open, from the live tail: Format.md, section 9."""
        place, previous = 3 * 4096, self.head
        while data[place:place + 4] == b"EVTR":
            size, _, index, first, events, _ = struct.unpack_from("<IQQQII", data, place + 4)
            header, payload = data[place:place + 72], data[place + 104:place + 104 + size]
            proof = hashlib.sha256(b"engine journal tail record 1\n" + header + payload).digest()
            if index != self.blocks or header[40:] != previous or data[place + 72:place + 104] != proof:
                break
            self.sequence = self.sequence if self.run else first
            require(first == self.sequence, "first sequence of a tail record")
            self.events(Bytes(payload), (index, first, events, None, None))
            previous, place = proof, place + (104 + size + 4095) // 4096 * 4096

    def frame_at(self, offset):
        """The frame, its trailer's fields and covered bytes; None where they are not whole or not what was hashed."""
        place = offset + frame_header_bytes(self.data, offset)
        last = False
        while not last:
            header = int.from_bytes(self.data[place:place + 3], "little")
            last, kind, size = header & 1, header >> 1 & 3, header >> 3
            place += 3 + (1 if kind == 1 else size)
            if place + 4 + TRAILER.size > len(self.data):
                return None
        place += 4 if self.data[offset + 4] & 4 else 0
        trailer = self.data[place:place + TRAILER.size]
        if len(trailer) < TRAILER.size:
            return None
        fields = TRAILER.unpack(trailer)
        if fields[:2] != (0x184D2A51, 132):
            return None
        require(fields[2] == 1, f"format version {fields[2]}")
        frame = self.data[offset:place]
        if hashlib.sha256(b"engine journal frame 1\n" + trailer[:108] + frame).digest() != fields[14]:
            return None
        return frame, fields

    def block(self, frame, fields):
        _, _, _, index, first, events, bars, first_time, last_time, size, compressed, bars_before, bytes_before, chain, _ = fields
        if not self.blocks:
            self.sequence = first
        require((index, first, bars_before, bytes_before) == (self.blocks, self.sequence, self.bars, self.canonical_bytes)
                and compressed == len(frame), f"trailer of block {self.blocks}")
        require(zstandard.get_frame_parameters(frame).content_size == size <= CANONICAL_MAX, "content size")
        canonical = zstandard.ZstdDecompressor().decompress(frame, max_output_size=size)
        self.head = hashlib.sha256(b"engine journal chain 1\n" + self.head + canonical).digest()
        require(self.head == chain, f"chain hash of block {index}")
        self.events(Bytes(canonical), (index, first, events, bars, first_time))
        require(self.time == last_time, f"last time of block {index}")
        self.blocks, self.canonical_bytes = self.blocks + 1, self.canonical_bytes + size
        self.sizes.append((len(frame), size))

    def events(self, block, expected):
        require(block.take(5) == b"EVBK\x01", "block magic or version")
        index, first, event_limit, row_limit = (block.varint() for _ in range(4))
        events, bar_count, row_bytes = (block.varint() for _ in range(3))
        first_time = block.zigzag()
        require((index, first, events) == expected[:3] and expected[3:] in ((bar_count, first_time), (None, None)) and 1 <= events <= event_limit <= 16384
                and 1 <= row_limit <= 1 << 20, "block header")
        runs = []
        while sum(runs) < events:
            runs.append(block.varint())
            require(runs[-1] or len(runs) == 1, "run length")
        require(sum(runs) == events and sum(runs[::2]) == bar_count, "run lengths")
        bars = list(self.lanes(block, bar_count)) if bar_count else []
        require(block.end - block.offset == row_bytes, "row bytes")
        require(self.time is None or self.time <= first_time, "first time")
        self.time = first_time
        place = 0
        for number, count in enumerate(runs):
            for _ in range(count):
                if number % 2 == 0:
                    self.bar(*bars[place])
                    place += 1
                else:
                    self.row(block)
                self.sequence += 1

    def lanes(self, block, bar_count):
        lanes = [Lane(block) for _ in range(block.varint())]
        require(lanes and sum(lane.count for lane in lanes) == bar_count, "lanes")
        width = 1 if len(lanes) <= 256 else 2
        order = block.take(bar_count * width) if len(lanes) > 1 else bytes(bar_count)
        for column in ("time", "duration", "mark", "open", "close", "high", "low", "volume"):
            for lane in lanes:
                size = lane.bytes[column]
                lane.columns[column] = Bytes(block.data, block.offset, block.offset + size)
                block.take(size)
        iterators = [lane.bars() for lane in lanes]
        for place in range(bar_count):
            lane = int.from_bytes(order[place * width:place * width + width], "little")
            yield lanes[lane].instrument, next(iterators[lane])
        for iterator in iterators:
            require(next(iterator, None) is None, "lane order")

    def advance(self, time):
        require(time >= self.time, f"time of event {self.sequence} decreases")
        self.time = time

    def bar(self, instrument, bar):
        open_time, duration, open_, high, low, close, volume, mark = bar
        self.advance(open_time + duration)
        self.bars += 1
        prices = ",".join(f'"{name}":{decimal_text(value)}' for name, value in
                          (("open", open_), ("high", high), ("low", low), ("close", close), ("volume", volume)))
        flags = f'"historical":{str(bool(mark & 64)).lower()},"closes_slot":{str(bool(mark & 128)).lower()}'
        self.line("bar", "null", f'"instrument":{self.run.name(instrument)},"open_time":{time_text(open_time)},"duration_ns":{duration},'
                  f'{prices},"source":"{WORDS["bar source"][mark & 63]}",{flags}')

    def row(self, block):
        kind, form, size = block.byte(), block.byte(), block.varint()
        row = Bytes(block.data, block.offset, block.offset + size)
        block.take(size)
        version = form & 0x7F
        newest, absent = VERSIONS.get(kind, (1, {}))
        require(1 <= version <= newest, f"kind {kind} version {version}")
        cause = "null"
        if form & 0x80:
            self.advance(row.zigzag())
        else:
            cause = str(row.reference(self.sequence))
        if kind == 1:
            self.run = Run(row)
            name, text = "run_started", self.run.fields()
        else:
            require(kind in KINDS, f"kind {kind}")
            require(self.run, "event 0 is no run_started")
            name, fields = KINDS[kind]
            values = [(field, absent[field] if version < newest and field in absent
                       else field_text(row, encoding, self.sequence, self.run)) for field, encoding in fields]
            text = ",".join(f'"{field}":{value}' for field, value in values)
            order = self.sequence if kind == 34 else next((int(value) for field, value in values if field == "order" and value != "null"), None)
            text = ("" if order is None else self.run.order_id(order)) + text
        require(row.offset == row.end, f"bytes left over in event {self.sequence}")
        self.line(name, cause, text)

    def line(self, kind, cause, fields):
        if self.out:
            self.out.write(f'{{"sequence":{self.sequence},"time":{time_text(self.time)},"kind":"{kind}","cause":{cause},{fields}}}\n'.encode())


def frame_header_bytes(data, offset):
    """Of a zstd frame, RFC 8878 section 3.1.1.1: magic, descriptor, window, dictionary id, content size."""
    descriptor = data[offset + 4] if offset + 4 < len(data) else 0
    single = descriptor >> 5 & 1
    size = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
    return 4 + 1 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + size


def main(path, *flags):
    with open(path, "rb") as file:
        data = file.read()
    journal = Journal(data, None if "--check" in flags else sys.stdout.buffer)
    try:
        journal.read()
        if not journal.is_sealed and os.path.exists(path + ".tail"):
            with open(path + ".tail", "rb") as file:
                journal.tail(file.read())
    except (Damage, UnicodeDecodeError, zstandard.ZstdError) as damage:
        sys.stdout.flush()
        print(f"{path}: block {journal.blocks}, event {journal.sequence}: {damage}", file=sys.stderr)
        return 1
    if "--check" in flags:
        print(f"{journal.sequence} events, {journal.bars} bars, {journal.blocks} blocks, head {journal.head.hex()},"
              f" {'sealed' if journal.is_sealed else f'not sealed, {journal.torn_bytes} bytes torn'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
