"""Runs the cases in this engine, by its command line alone: bars as CSV in, a profile, fills and equity out."""

import csv
import datetime
import io
import json
import pathlib
import subprocess

import cases
import record
import scenarios


class Engine:
    def __init__(self, binary, work):
        self.binary, self.work = binary, pathlib.Path(work)

    def call(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"engine {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    def imported(self, name, rows, tick, length):
        """The journal of bars: rows by symbol, as time and texts of prices and volume."""
        journal, paths = self.work / f"{name}-bars.zst", []
        for symbol, bars in rows.items():
            path = self.work / f"{name}-{symbol}.csv"
            with open(path, "w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["timestamp", "open", "high", "low", "close", "volume"])
                writer.writerows([record.stamp(time), *texts] for time, *texts in bars)
            paths.append(path)
        settings = {"bar_length": length, "asset_class": "equity", "lot_size": "1", "tick_size": tick}
        self.call(
            "import", *paths, "--spec", "ohlcv", "--output", journal, "--replace",
            *(word for symbol in rows for word in ("--symbol", symbol)),
            *(word for key, value in settings.items() for word in ("--set", f"{key}={value}")))
        return journal

    def bars(self, case):
        """The journal of a case's bars."""
        rows = {
            symbol: [(time, *(f"{case.price(ticks):.{case.decimals}f}" for ticks in prices), volume) for time, *prices, volume in bars]
            for symbol, bars in case.bars.items()
        }
        length = f"{case.minutes}m" if case.minutes < 1440 else "1d"
        return self.imported(case.name, rows, f"{case.price(1):.{case.decimals}f}", length)

    def profile(self, name, strategy, quantity, symbols, *, order, exits=None, fees="none", is_short=False, convention=None, path=None, cash=cases.CASH):
        """Writes a profile; `convention` is the name of fill rules, None for those that come without one; `path` another path of a bar than its own."""
        fills = {"volume_share": "none", "slippage": "none", "fees": fees}
        if convention:
            fills["convention"] = convention
        if path:
            fills["path"] = path
        profile = {
            "name": name, "universe": symbols, "currency": "USD", "cash": cash,
            "sizing": {"shares": quantity}, "execution": order | {"time_in_force": "gtc"}, "fills": fills, "lots": "average",
            "risk": {"allow_short": is_short, "require_cash": False},
        }
        if exits:
            profile["exits"] = {"stop_loss": f"{exits[0] / 10_000} %", "take_profit": f"{exits[1] / 10_000} %"}
        # JSON is YAML; the strategy is written as people write it.
        written = self.work / f"{name}.yaml"
        written.write_text(json.dumps(profile)[:-1] + ', "strategies": [{' + strategy + "}]}\n")
        return written

    def fills(self, profile, bars):
        """Runs a profile: rows of its fills, and the journal."""
        journal = self.work / f"{profile.stem}.zst"
        self.call("backtest", "--profile", profile, "--bars", bars, "--output", journal, "--replace")
        rows = list(csv.DictReader(io.StringIO(self.call("export", journal, "--kind", "fill", "--format", "csv"))))
        return [(datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")), row) for row in rows], journal

    def run(self, case, bars, convention=None, path=None):
        """Fills as the peers write them down, and the last equity."""
        order = {"order": "market"}
        if case.entry:
            kind, distance = case.entry
            order = {"order": kind, f"{kind}_offset_ticks": distance}
        profile = self.profile(
            case.name, case.engine, case.quantity, list(case.bars), order=order, exits=(case.stop, case.target) if case.stop else None,
            fees={"basis_points": case.fee_bp} if case.fee_bp else "none", is_short=case.is_short, convention=convention, path=path)
        rows, journal = self.fills(profile, bars)
        fills = [
            (record.stamp(known - case.length), row["instrument"], row["side"], int(row["quantity"]), case.text(float(row["price"])))
            for known, row in rows
        ]
        return fills, json.loads(self.call("report", journal, "--format", "json"))["final_equity"]

    def scenario(self, scenario, convention=None, path=None):
        """Its fills as (bar, side, price, quantity). The first close that is the highest of three is bar 2's."""
        start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
        rows = [(start + datetime.timedelta(days=place), *bar) for place, bar in enumerate(scenario.bars)]
        (kind, *prices), close = scenario.order, scenario.bars[scenarios.DECISION][3]
        order, exits = {"order": kind if kind != "bracket" else "market"}, None
        if kind == "limit":
            order["limit_offset_ticks"] = round((close - prices[0]) * 100)
        elif kind in ("stop", "stop_limit"):
            order["stop_offset_ticks"] = round((prices[0] - close) * 100)
            if kind == "stop_limit":
                order["limit_offset_ticks"] = round((prices[0] - prices[1]) * 100)
        elif kind == "bracket":
            exits = [round(abs(price - close) / close * 1_000_000) for price in prices]
        strategy = '"rules": {"enter": "close >= highest(close, 3)", "exit": "close < 0"}'
        profile = self.profile(
            "scenario", strategy, scenario.quantity, ["A"], order=order, exits=exits, convention=convention, path=path, cash=10 * cases.CASH)
        filled, _ = self.fills(profile, self.imported("scenario", {"A": rows}, "0.01", "1d"))
        return [
            [(known - start).days - 1, row["side"], f"{float(row['price']):.12g}", int(row["quantity"])] for known, row in filled
        ]
