"""Compares the engine's trading calendars with exchange_calendars, pandas_market_calendars and IANA's time zones, for every day and hour.

    calendar_check.py ENGINE [--seed N]

Every session of 1990-01-01 to 2030-12-31 must have the same trade date, open and close to the second as its oracle, and every hour must be
open or closed as there. Where an oracle is known to be wrong the day stands in a table below with the reason; a row of a table that isn't
needed is a difference, too. Ends with 1 and names the first differences.

| calendar | regular session | other hours |
|---|---|---|
| xnys, xnas | exchange_calendars XNYS, XNAS | pre- and post-market: pandas_market_calendars NYSE |
| cme_fx | pandas_market_calendars CMEGlobex_FX; dates and early closes also with exchange_calendars CMES, dates with us_futures | |
| fx | 17:00 in America/New_York by zoneinfo, Monday to Friday: no library has it (24/5 is UTC, FOREX opens on Saturdays) | |
| always | exchange_calendars 24/7 | |
"""

import argparse
import datetime
import json
import random
import subprocess
import sys
import zoneinfo

import exchange_calendars
import numpy
import pandas
import pandas_market_calendars

FIRST, LAST = "1990-01-01", "2030-12-31"
HOURS = numpy.arange(numpy.datetime64(FIRST, "h"), numpy.datetime64("2031-01-01", "h")).astype("datetime64[s]")
CHICAGO = zoneinfo.ZoneInfo("America/Chicago")
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")

# Late opens and cut-short days: bars are missing then, but no calendar of hours of ours or of exchange_calendars' moves for them.
# pandas_market_calendars moves the pre-market's begin and the post-market's end with them.
NYSE_HOURS_OF_PMC = {
    "1990-12-27": "power failure",
    "1991-01-17": "silence",
    "1991-02-25": "silence",
    "1994-02-11": "snow",
    "1995-12-18": "computer failure",
    "1996-01-08": "blizzard",
    "1997-10-27": "circuit breaker",
    "2001-09-17": "first day after the attacks",
    "2001-10-08": "silence",
    "2002-09-11": "anniversary",
    "2003-03-20": "silence",
    "2004-06-07": "silence",
    "2005-06-01": "computer failure",
    "2006-12-27": "silence",
    # exchange_calendars and zipline have an early close; pandas_market_calendars has none.
    "1999-12-31": "disputed early close",
}

# Good Fridays. A short session is held when the monthly payrolls come out on the day: what is listed there is what CME announced or, for
# 2010, 2012 and 2015, held for stock index futures. Values: close in Chicago here, close in pandas_market_calendars.
CME_GOOD_FRIDAYS = {
    "1999-04-02": ("10:00", None, "CME notice of 1999-03-19: currencies trade to 10:00"),
    "2010-04-02": ("10:15", None, "payrolls"),
    "2012-04-06": ("10:15", None, "payrolls"),
    "2015-04-03": ("10:15", None, "payrolls"),
    "2024-03-29": (None, "10:15", "no payrolls"),
    "2025-04-18": (None, "10:15", "no payrolls"),
    "2027-03-26": (None, "10:15", "no payrolls"),
    "2028-04-14": (None, "10:15", "no payrolls"),
    "2029-03-30": (None, "10:15", "no payrolls"),
    "2030-04-19": (None, "10:15", "no payrolls"),
}
# The Good Fridays with a session, none of which exchange_calendars knows.
CME_SHORT_GOOD_FRIDAYS = ["1999-04-02", "2010-04-02", "2012-04-06", "2015-04-03", "2021-04-02", "2023-04-07", "2026-04-03"]
# National days of mourning: CME's stock index futures stopped, currencies traded. CMES closes all of CME.
CME_MOURNING = ["1994-04-27", "2004-06-11", "2007-01-02", "2018-12-05", "2025-01-09"]

differences = []


def differ(calendar, text):
    differences.append(f"{calendar}: {text}")


def engine_days(engine, name):
    """The engine's sessions as a table of instants in UTC by trade date."""
    words = [engine, "calendar", name, "--from", FIRST, "--to", LAST, "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"calendar_check.py: {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    table = pandas.DataFrame(rows).set_index("trade_date").drop(columns="notes")
    for column in table:
        table[column] = pandas.to_datetime(table[column], utc=True).dt.tz_localize(None).astype("datetime64[s]")
    return table


def plain(frame, columns):
    """An oracle's table in the same form."""
    table = pandas.DataFrame({
        ours: frame[theirs].dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[s]")
        for ours, theirs in columns.items()
    })
    table.index = frame.index.strftime("%Y-%m-%d")
    return table


def compare(calendar, oracle_name, ours, oracle, columns):
    for date in ours.index.difference(oracle.index):
        differ(calendar, f"{date} is a session, and none in {oracle_name}")
    for date in oracle.index.difference(ours.index):
        differ(calendar, f"{date} is no session, but one in {oracle_name}")
    both = ours.index.intersection(oracle.index)
    for column in columns:
        left, right = ours.loc[both, column], oracle.loc[both, column]
        for date in both[((left != right) & ~(left.isna() & right.isna())).to_numpy()]:
            differ(calendar, f"{date} {column}: {left[date]}, in {oracle_name} {right[date]}")
    return len(both)


def is_inside(starts, ends):
    """For each hour, whether it lies in one of the intervals."""
    place = numpy.searchsorted(starts, HOURS, side="right") - 1
    return (place >= 0) & (HOURS < ends[numpy.maximum(place, 0)])


def hours(calendar, what, ours, oracle, start, end):
    left = is_inside(ours[start].to_numpy(), ours[end].to_numpy())
    right = is_inside(oracle[start].to_numpy(), oracle[end].to_numpy())
    for hour in HOURS[left != right][:5]:
        differ(calendar, f"{what} at {hour}")
    return int(left.sum())


def exchange_schedule(name):
    calendar = exchange_calendars.get_calendar(name, start=FIRST, end=LAST, side="left")
    return plain(calendar.schedule, {"open": "open", "close": "close"})


def stock_exchange(engine, name, reference):
    ours = engine_days(engine, name)
    oracle = exchange_schedule(reference)
    sessions = compare(name, f"exchange_calendars {reference}", ours, oracle, ["open", "close"])
    opened = hours(name, "regular session", ours, oracle, "open", "close")

    extended = pandas_market_calendars.get_calendar("NYSE").schedule(FIRST, LAST, start="pre", end="post")
    extended = plain(extended, {"pre_market": "pre", "post_market_end": "post", "close": "market_close"})
    # On days that closed at 14:00 the post-market has no length, and so is none.
    extended.loc[extended.post_market_end == extended.close, "post_market_end"] = pandas.NaT
    extended["close"] = oracle.close
    for date, reason in NYSE_HOURS_OF_PMC.items():
        theirs = extended.loc[date, ["pre_market", "post_market_end"]]
        day = datetime.datetime.fromisoformat(date)
        end = 17 if date == "1999-12-31" else 20
        expected = [in_utc(day.replace(hour=hour, tzinfo=NEW_YORK)) for hour in (4, end)]
        if list(theirs) == expected:
            differ(name, f"{date} ({reason}) needs no exception any more")
        extended.loc[date, ["pre_market", "post_market_end"]] = expected
    compare(name, "pandas_market_calendars NYSE", ours, extended, ["pre_market", "post_market_end"])
    hours(name, "pre-market", ours, extended.assign(open=oracle.open), "pre_market", "open")
    after = ours[ours.post_market_end.notna()]
    hours(name, "post-market", after, extended[extended.post_market_end.notna()], "close", "post_market_end")
    early = int((ours.close - ours.open < pandas.Timedelta(hours=6, minutes=30)).sum())
    print(f"{name}: {sessions} sessions, {early} early closes, open in {opened} of {len(HOURS)} hours")
    return ours


def in_utc(local):
    return pandas.Timestamp(local.astimezone(datetime.timezone.utc).replace(tzinfo=None))


def chicago(date, clock):
    return in_utc(datetime.datetime.fromisoformat(f"{date}T{clock}:00").replace(tzinfo=CHICAGO))


def currency_futures(engine):
    name = "cme_fx"
    ours = engine_days(engine, name)
    schedule = pandas_market_calendars.get_calendar("CMEGlobex_FX").schedule(FIRST, LAST)
    oracle = plain(schedule, {"open": "market_open", "close": "market_close"})
    for date, (here, there, reason) in CME_GOOD_FRIDAYS.items():
        found = oracle.close.get(date)
        if found != (chicago(date, there) if there else None):
            differ(name, f"{date} ({reason}): pandas_market_calendars says {found}, not {there}")
        if here:
            before = str(datetime.date.fromisoformat(date) - datetime.timedelta(days=1))
            oracle.loc[date] = [chicago(before, "17:00"), chicago(date, here)]
        else:
            oracle = oracle.drop(date)
    oracle = oracle.sort_index()
    sessions = compare(name, "pandas_market_calendars CMEGlobex_FX", ours, oracle, ["open", "close"])
    opened = hours(name, "session", ours, oracle, "open", "close")

    # CMES closes at 17:00, when the next session opens, and at 12:00 on short days. So its closes are compared as kinds of day.
    cmes = exchange_schedule("CMES")
    for other, schedule, open_anyway in [
        ("CMES", cmes, CME_MOURNING + CME_SHORT_GOOD_FRIDAYS),
        ("us_futures", exchange_schedule("us_futures"), CME_SHORT_GOOD_FRIDAYS),
    ]:
        listed = ours.index.difference(schedule.index)
        if sorted(listed) != sorted(open_anyway):
            differ(name, f"days that exchange_calendars {other} has closed: {sorted(set(listed) ^ set(open_anyway))}")
        for date in schedule.index.difference(ours.index):
            differ(name, f"{date} is no session, but one in exchange_calendars {other}")
    both = ours.index.intersection(cmes.index)
    if not (ours.open[both] == cmes.open[both]).all():
        differ(name, "opens of exchange_calendars CMES")
    for date in both:
        short_here = ours.close[date] < chicago(date, "16:00")
        short_there = cmes.close[date] < chicago(date, "17:00")
        day = datetime.date.fromisoformat(date)
        is_after_thanksgiving = day.month == 11 and day.weekday() == 4 and 23 <= day.day <= 29
        if day.year >= 2022 and day.month != 12 and not is_after_thanksgiving and date not in CME_SHORT_GOOD_FRIDAYS:
            # CME's currencies trade to 16:00 on US holidays since 2022: its schedules, and CMEGlobex_FX.
            short_there = False
        if day.year < 1993:
            # Before 1993 CMES has Christmas Eve short and CMEGlobex_FX the day after Thanksgiving; Globex began in June 1992.
            short_there = (short_there or is_after_thanksgiving) and (day.month, day.day) != (12, 24)
        if short_here != short_there:
            differ(name, f"{date} is short here: {short_here}, in exchange_calendars CMES: {short_there}")
    early = sum(ours.close[date] < chicago(date, "16:00") for date in ours.index)
    print(f"{name}: {sessions} sessions, {early} early closes, open in {opened} of {len(HOURS)} hours")
    return ours


def spot_currencies(engine):
    name = "fx"
    ours = engine_days(engine, name)

    def roll(day):
        return in_utc(datetime.datetime(day.year, day.month, day.day, 17, tzinfo=NEW_YORK))

    days = [day.date() for day in pandas.bdate_range(FIRST, LAST)]
    oracle = pandas.DataFrame({
        "open": [roll(day - datetime.timedelta(days=1)) for day in days],
        "close": [roll(day) for day in days],
    }, index=[str(day) for day in days]).astype("datetime64[s]")
    sessions = compare(name, "zoneinfo", ours, oracle, ["open", "close"])
    opened = hours(name, "session", ours, oracle, "open", "close")
    print(f"{name}: {sessions} sessions, open in {opened} of {len(HOURS)} hours")
    return ours


def around_the_clock(engine):
    name = "always"
    ours = engine_days(engine, name)
    oracle = exchange_schedule("24/7")
    sessions = compare(name, "exchange_calendars 24/7", ours, oracle, ["open", "close"])
    opened = hours(name, "session", ours, oracle, "open", "close")
    print(f"{name}: {sessions} sessions, open in {opened} of {len(HOURS)} hours")
    return ours


def instants(engine, name, days, random_numbers):
    """`--at` at random instants, and at the edges of random sessions, against the sessions that were just checked."""
    opens, closes = days.open.to_numpy(), days.close.to_numpy()
    chosen = []
    for _ in range(25):
        place = random_numbers.randrange(20, len(days) - 20)
        chosen += [opens[place], closes[place], closes[place] - 1, opens[place] - 1]
        chosen.append(opens[place] + random_numbers.randrange(7 * 86_400))
    for at in chosen:
        words = [engine, "calendar", name, "--at", f"{at}Z", "--format", "json"]
        found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        place = int(numpy.searchsorted(closes, at, side="right"))
        is_open = opens[place] <= at
        expected = {"trade_date": days.index[place], "trade_date_end": f"{closes[place]}Z"}
        if name != "always":
            last = place
            while closes[last] == opens[last + 1]:
                last += 1
            expected["next_close"] = f"{closes[last]}Z" if is_open else None
            expected["next_open"] = f"{opens[last + 1 if is_open else place]}Z"
        for key, value in expected.items():
            if found[key] != value:
                differ(name, f"at {at} {key} is {found[key]}, not {value}")
        if (found["phase"] == "regular") != is_open:
            differ(name, f"at {at} the phase is {found['phase']}")
        row = days.iloc[max(place - 1, 0):place + 1]
        before = ((row.pre_market <= at) & (at < row.open)).any()
        after = ((row.close <= at) & (at < row.post_market_end)).any()
        if (found["phase"] == "pre") != before or (found["phase"] == "post") != after:
            differ(name, f"at {at} the phase is {found['phase']}; pre-market {before}, post-market {after}")
    return len(chosen)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random_numbers = random.Random(arguments.seed)

    tables = {
        "xnys": stock_exchange(arguments.engine, "xnys", "XNYS"),
        "xnas": stock_exchange(arguments.engine, "xnas", "XNAS"),
        "cme_fx": currency_futures(arguments.engine),
        "fx": spot_currencies(arguments.engine),
        "always": around_the_clock(arguments.engine),
    }
    asked = sum(instants(arguments.engine, name, table, random_numbers) for name, table in tables.items())
    print(f"{asked} instants asked for, seed {arguments.seed}")
    for text in differences[:40]:
        print(f"DIFFERENCE {text}")
    if differences:
        sys.exit(f"calendar_check.py: {len(differences)} differences")
    print(f"no difference in {FIRST} to {LAST}")


main()
