/// What a day is called on which US markets close, or trade shorter than usual, by rule.
enum HolidayName {
  /// - Precondition: a calendar of the United States is closed on `date`, a Monday to Friday, by one of its rules.
  static func ofClosedDay(_ date: CivilDate) -> StaticString? {
    switch date.month {
    case 1: date.day <= 2 ? "New Year's Day" : "Martin Luther King Day"
    case 2: "Washington's Birthday"
    case 3, 4: "Good Friday"
    case 5: "Memorial Day"
    case 6: "Juneteenth"
    case 7: "Independence Day"
    case 9: "Labor Day"
    case 11: date.weekday == .tuesday ? "Election Day" : "Thanksgiving Day"
    case 12: "Christmas Day"
    default: nil
    }
  }

  /// - Precondition: a calendar of the United States trades on `date` to an earlier close than usual.
  static func ofShortDay(_ date: CivilDate) -> StaticString? {
    switch (date.month, date.day) {
    case (7, 3): date.weekday == .friday ? "Independence Day" : "day before Independence Day"
    case (7, 5): date.weekday == .monday ? "Independence Day" : "day after Independence Day"
    case (11, _): date.weekday == .friday ? "day after Thanksgiving" : "Thanksgiving Day"
    case (12, 24): "Christmas Eve"
    case (12, 26): "day after Christmas"
    case (12, 31): "New Year's Eve"
    default: ofClosedDay(date)
    }
  }
}
