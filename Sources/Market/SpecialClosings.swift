/// Whole days on which the New York Stock Exchange was closed although no rule of `NewYorkHolidays` says so.
///
/// Sources: exchange_calendars 4.13.2 (`us_holidays.py`, which cites NYSE's own list of special closings since 1885), and
/// pandas_market_calendars 5.5.0, which agrees on every date from 1970. Add a row when a closure is announced, and count the reducer's
/// version up if the day may lie in anybody's journal.
enum SpecialClosings {
  /// - Returns: nil where the exchange was not closed for a reason of its own.
  static func reason(on date: CivilDate) -> StaticString? {
    switch date.packed {
    case 1968_02_12: "Lincoln's Birthday"
    case 1968_04_09: "mourning for Martin Luther King"
    case 1968_07_05: "day after Independence Day"
    case 1969_02_10: "snow"
    case 1969_03_31: "mourning for Dwight D. Eisenhower"
    case 1969_07_21: "first landing on the Moon"
    case 1972_12_28: "mourning for Harry S. Truman"
    case 1973_01_25: "mourning for Lyndon B. Johnson"
    case 1977_07_14: "blackout in New York"
    case 1985_09_27: "hurricane Gloria"
    case 1994_04_27: "mourning for Richard Nixon"
    case 2001_09_11...2001_09_14: "attacks of 11 September"
    case 2004_06_11: "mourning for Ronald Reagan"
    case 2007_01_02: "mourning for Gerald Ford"
    case 2012_10_29, 2012_10_30: "hurricane Sandy"
    case 2018_12_05: "mourning for George H. W. Bush"
    case 2025_01_09: "mourning for Jimmy Carter"
    case 1968_11_11: "Veterans Day"
    case 1968_07_03, 1968_09_04, 1968_11_06, 1968_11_13, 1968_11_27: nil
    case 1968_06_12...1968_12_31: date.weekday == .wednesday ? "paperwork crisis" : nil
    default: nil
    }
  }
}

/// Days on which the New York Stock Exchange opened late, stopped or ended before its hours, which no calendar of hours shows.
///
/// Told to who looks a day up, and never part of a session: exchange_calendars and LEAN have none of them, other markets went on trading
/// the same stocks, and a day order of that day lived until its regular close. Times are New York's.
/// Source: pandas_market_calendars 5.5.0 (`holidays/nyse.py`), the rows without its opens and closes: NYSE's notices as remembered.
enum SpecialHours {
  static func remark(on date: CivilDate) -> StaticString? {
    switch date.packed {
    case 1990_11_23: "stopped 09:41–11:15"
    case 1990_12_27: "opened 11:00: power failure"
    case 1991_01_17: "opened 09:31: silence for the troops in the Gulf"
    case 1991_02_25: "opened 09:31: silence for the troops in the Gulf"
    case 1991_10_22: "stopped 10:21–10:45"
    case 1994_02_11: "closed 14:30: snow"
    case 1995_12_18: "opened 10:30: computer failure"
    case 1996_01_08: "open 11:00–14:00: blizzard"
    case 1997_10_27: "stopped 14:36–15:06, closed 15:30: circuit breaker"
    case 1998_10_26: "stopped 13:16–14:15"
    case 2001_06_08: "stopped 10:10–11:35"
    case 2001_09_17: "opened 09:33: first day after the attacks of 11 September"
    case 2001_10_08: "opened 09:31: silence for the troops of Enduring Freedom"
    case 2002_09_11: "opened 12:00: first anniversary of 11 September"
    case 2003_03_20: "opened 09:32: silence for the war in Iraq"
    case 2004_06_07: "opened 09:32: silence for Ronald Reagan"
    case 2005_06_01: "closed 15:56: computer failure"
    case 2006_12_27: "opened 09:32: silence for Gerald Ford"
    case 2015_07_08: "stopped 11:32–15:10: computer failure, NYSE only"
    case 2020_03_09, 2020_03_12, 2020_03_16, 2020_03_18: "stopped for 15 minutes: market-wide circuit breaker"
    default: nil
    }
  }
}
