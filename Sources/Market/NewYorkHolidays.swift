/// Hours, holidays and early closes of the New York Stock Exchange, by rule and by the lists of what no rule foretells.
///
/// Nasdaq and the other listing markets keep the same calendar.
///
/// Reproduces exchange_calendars 4.13.2 (XNYS) for every day from 1985-09-30 to 2040 and its dates from 1970; that library
/// takes today's hours for the years before. Sources: NYSE Group's holiday notices; US Code title 5 §6103 for the dates.
/// Closures that no rule foretells: `SpecialClosings`. Late opens and stops inside a session (power, silence, circuit breakers)
/// are not hours: bars are missing then, and `SpecialHours` says why.
enum NewYorkHolidays {
  /// Minutes since local midnight.
  struct Hours {
    var openMinute: Int32
    var closeMinute: Int32
  }

  /// - Returns: nil where the exchange is closed on `date`.
  static func hours(on date: CivilDate) -> Hours? {
    let weekday = date.weekday
    if weekday == .saturday || weekday == .sunday || isHoliday(date, weekday) || SpecialClosings.reason(on: date) != nil
    {
      return nil
    }
    // Core hours began at 10:00 until 27 September 1985 and ended at 15:30 until 30 September 1974.
    let openMinute: Int32 = date.packed >= 1985_09_30 ? 9 * 60 + 30 : 10 * 60
    let regularClose: Int32 = date.packed >= 1974_10_01 ? 16 * 60 : 15 * 60 + 30
    if !closesEarly(date, weekday) { return Hours(openMinute: openMinute, closeMinute: regularClose) }
    return Hours(openMinute: openMinute, closeMinute: date.year >= 1993 ? 13 * 60 : 14 * 60)
  }

  /// - Precondition: `weekday` is Monday to Friday.
  private static func isHoliday(_ date: CivilDate, _ weekday: Weekday) -> Bool {
    let year = date.year
    let day = date.day
    switch date.month {
    case 1:
      // On a Saturday New Year's Day is not observed: the Friday before ends the accounting year.
      if day == 1 || (day == 2 && weekday == .monday) { return true }
      return year >= 1998 && weekday == .monday && (15...21).contains(day)
    case 2:
      if year < 1971 { return day == 22 || (day == 23 && weekday == .monday) }
      return weekday == .monday && (15...21).contains(day)
    case 3, 4:
      return weekday == .friday && date.isGoodFriday
    case 5:
      if year < 1971 { return day == 30 || (day == 31 && weekday == .monday) }
      return weekday == .monday && day >= 25
    case 6:
      return year >= 2022 && isObserved(day, on: 19, weekday)
    case 7:
      return isObserved(day, on: 4, weekday)
    case 9:
      return weekday == .monday && day <= 7
    case 11:
      if isElectionDay(date, weekday) { return true }
      return weekday == .thursday && (22...28).contains(day)
    case 12:
      return isObserved(day, on: 25, weekday)
    default:
      return false
    }
  }

  /// Pre-market trading begins at 04:00 and post-market trading ends at 20:00, on early closes at 17:00.
  ///
  /// As pandas_market_calendars 5.5.0 has them, for all years, although few traded then before the late 1990s; it has no
  /// post-market on days that closed at 14:00, the last of which was in 1992.
  static let extendedOpenMinute: Int32 = 4 * 60
  static func extendedCloseMinute(closeMinute: Int32) -> Int32 {
    switch closeMinute {
    case 13 * 60: 17 * 60
    case 14 * 60: 14 * 60
    default: 20 * 60
    }
  }

  /// True on the holiday, on the Friday before one on Saturday, on the Monday after one on Sunday.
  static func isObserved(_ day: UInt8, on holiday: UInt8, _ weekday: Weekday) -> Bool {
    day == holiday || (day == holiday - 1 && weekday == .friday) || (day == holiday + 1 && weekday == .monday)
  }

  /// Election days were holidays every year until 1968, then in presidential years until 1980.
  private static func isElectionDay(_ date: CivilDate, _ weekday: Weekday) -> Bool {
    guard date.year <= 1980, weekday == .tuesday, (2...8).contains(date.day) else { return false }
    return date.year <= 1968 || date.year % 4 == 0
  }

  /// - Precondition: the exchange trades on `date`.
  private static func closesEarly(_ date: CivilDate, _ weekday: Weekday) -> Bool {
    let year = date.year
    switch (date.month, date.day) {
    case (7, 3):
      // Wednesday 3 July was a full day until 2013, with Friday the 5th short instead.
      if weekday == .wednesday { return year >= 2013 }
      return year >= 1995
    case (7, 5):
      return weekday == .friday && (year == 1996 || year == 2002)
    case (11, 23...29):
      return year >= 1992 && weekday == .friday
    case (12, 24):
      return true
    case (12, 26):
      return weekday == .friday && (year == 1997 || year == 2003)
    case (12, 31):
      // Other calendars dispute this one; exchange_calendars and zipline have it.
      return year == 1999
    default:
      return false
    }
  }
}
