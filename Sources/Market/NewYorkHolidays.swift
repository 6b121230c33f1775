/// Hours, holidays and early closes of the New York Stock Exchange, by rule and by the list of what no rule foretells.
///
/// Reproduces exchange_calendars 4.13.2 (XNYS) for every day from 1985-09-30 to 2040 and its dates from 1970; that library
/// takes today's hours for the years before. Sources: NYSE Group's holiday notices; US Code title 5 §6103 for the dates.
/// Late opens and stops inside a session (power, silence, circuit breakers) are not hours: bars are missing then.
enum NewYorkHolidays {
  /// Minutes since local midnight.
  struct Hours {
    var openMinute: Int32
    var closeMinute: Int32
  }

  /// - Returns: nil where the exchange is closed on `date`.
  static func hours(on date: CivilDate) -> Hours? {
    let weekday = date.weekday
    if weekday == .saturday || weekday == .sunday || isHoliday(date, weekday) || isUnplannedClosure(date) { return nil }
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
      return weekday == .friday && isGoodFriday(date)
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

  /// True on the holiday, on the Friday before one on Saturday, on the Monday after one on Sunday.
  private static func isObserved(_ day: UInt8, on holiday: UInt8, _ weekday: Weekday) -> Bool {
    day == holiday || (day == holiday - 1 && weekday == .friday) || (day == holiday + 1 && weekday == .monday)
  }

  /// Election days were holidays every year until 1968, then in presidential years until 1980.
  private static func isElectionDay(_ date: CivilDate, _ weekday: Weekday) -> Bool {
    guard date.year <= 1980, weekday == .tuesday, (2...8).contains(date.day) else { return false }
    return date.year <= 1968 || date.year % 4 == 0
  }

  /// Two days before Easter Sunday: Meeus, Jones, Butcher, "Astronomical Algorithms" chapter 8, for the Gregorian calendar.
  private static func isGoodFriday(_ date: CivilDate) -> Bool {
    let year = Int64(date.year)
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let (d, e) = (b / 4, b % 4)
    let f = (b + 8) / 25
    let g = (b - f + 1) / 3
    let h = (19 * a + b - d - g + 15) % 30
    let (i, k) = (c / 4, c % 4)
    let l = (32 + 2 * e + 2 * i - h - k) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let n = h + l - 7 * m + 114
    return date.daysSinceEpoch == CivilDate.days(year: year, month: n / 31, day: n % 31 + 1) - 2
  }

  /// Mourning, storms, attacks, a blackout, and the paperwork crisis' Wednesdays.
  private static func isUnplannedClosure(_ date: CivilDate) -> Bool {
    switch date.packed {
    case 1994_04_27, 2001_09_11, 2001_09_12, 2001_09_13, 2001_09_14, 2004_06_11, 2007_01_02, 2012_10_29, 2012_10_30,
      2018_12_05, 2025_01_09:
      true
    case 1968_02_12, 1968_04_09, 1968_07_05, 1969_02_10, 1969_03_31, 1969_07_21, 1972_12_28, 1973_01_25, 1977_07_14,
      1985_09_27:
      true
    case 1968_07_03, 1968_09_04, 1968_11_06, 1968_11_13, 1968_11_27:
      false
    case 1968_06_12...1968_12_31:
      date.weekday == .wednesday || date.packed == 1968_11_11
    default:
      false
    }
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
