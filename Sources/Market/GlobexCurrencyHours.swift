/// When CME's currency futures trade on Globex: from 17:00 in Chicago on the evening before to 16:00, Monday to Friday.
///
/// Sources: pandas_market_calendars 5.5.0 (`CMEGlobex_FX`), exchange_calendars 4.13.2 (`CMES`), CME's holiday notices. Today's hours are
/// taken for all years, as both libraries do; before 2003 the day opened and closed at other times. Where the two disagree:
///
/// | day | CMES | CMEGlobex_FX | here | because |
/// |---|---|---|---|---|
/// | every | to 17:00 | to 16:00 | 16:00 | CME closes for an hour; exchange_calendars' pull request 594 corrects it |
/// | 5 days of national mourning since 1994 | closed | open | open | only stock index and farm products stopped (CME, 2024-12-30) |
/// | Christmas Eve, day after Thanksgiving | 12:00, the Friday from 1993 | 12:15 | 12:15 | CME's schedules, as of 2013-12-24 |
/// | Christmas Eve 1990 to 1992 | 12:00 | 16:00 | 16:00 | Globex began in June 1992; no notice known |
/// | other US holidays to 2021 | 12:00 | 12:00 | 12:00 | CME's notices of 2006 and 2007 |
/// | other US holidays from 2022 | 12:00 | 16:00 | 16:00 | CME's schedules of 2025 and 2026 for FX |
/// | Good Friday with a payrolls report | closed | 10:15 from 2021, before that closed | 10:15, in 1999 10:00 | CME notice of 1999-03-19; pandas_market_calendars' issue 132 and pull request 311 |
/// | Good Friday without | closed | 10:15 from 2023 | closed | a short session is held for the report alone; closed by CME's notice of 2005 |
///
/// CME clears what trades on a US holiday with the next business day. Sessions here carry the date on which they end, holiday or not, as
/// both libraries and the vendors of daily bars have it.
enum GlobexCurrencyHours {
  /// Minutes since midnight in Chicago.
  static let closeMinute: Int32 = 16 * 60

  /// When the session of `date` ends, in minutes since midnight in Chicago.
  /// - Returns: nil where there is no session.
  static func closeMinute(on date: CivilDate) -> Int32? {
    let weekday = date.weekday
    if weekday == .saturday || weekday == .sunday { return nil }
    let day = date.day
    switch date.month {
    case 1:
      if day == 1 || (day == 2 && weekday == .monday) { return nil }
      return halted(date, date.year >= 1998 && weekday == .monday && (15...21).contains(day))
    case 2:
      return halted(date, weekday == .monday && (15...21).contains(day))
    case 3, 4:
      return weekday == .friday && date.isGoodFriday ? goodFridayCloseMinute(date.year) : closeMinute
    case 5:
      return halted(date, weekday == .monday && day >= 25)
    case 7:
      return halted(date, NewYorkHolidays.isObserved(day, on: 4, weekday))
    case 9:
      return halted(date, weekday == .monday && day <= 7)
    case 11:
      if weekday == .friday && (23...29).contains(day) { return 12 * 60 + 15 }
      return halted(date, weekday == .thursday && (22...28).contains(day))
    case 12:
      if NewYorkHolidays.isObserved(day, on: 25, weekday) { return nil }
      return day == 24 && date.year >= 1993 ? 12 * 60 + 15 : closeMinute
    default:
      return closeMinute
    }
  }

  /// Until 2021 trading in currencies halted at noon on a US holiday; since then it goes on to the regular close.
  private static func halted(_ date: CivilDate, _ isHoliday: Bool) -> Int32 {
    isHoliday && date.year <= 2021 ? 12 * 60 : closeMinute
  }

  /// The Good Fridays on which the monthly payrolls were published, known to have had a session.
  ///
  /// 2010, 2012 and 2015 by analogy with 2021: stock index futures traded to 08:15 on those three days (pandas_market_calendars).
  private static func goodFridayCloseMinute(_ year: Int32) -> Int32? {
    switch year {
    case 1999: 10 * 60
    case 2010, 2012, 2015, 2021, 2023, 2026: 10 * 60 + 15
    default: nil
    }
  }
}
