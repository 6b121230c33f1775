/// How a file writes the time of a bar: a closed list, each with its own parser (`TimeField.swift`).
///
/// Raw values are the words of a specification.
package enum TimeFormat: String, CaseIterable, Sendable {
  /// `20131004 09:30`
  case compactDateAndTime = "yyyyMMdd HH:mm"
  /// `20131004`
  case compactDate = "yyyyMMdd"
  /// `2013-10-04`
  case date = "yyyy-MM-dd"
  /// `2013-10-04 09:30:00`; `T` for the blank, a fraction of up to nine digits, and `Z` or `±HH:MM` may follow.
  case dateAndTime = "yyyy-MM-dd HH:mm:ss"
  /// `2013-10-04`, or with a time of day as above, whose seconds may be missing.
  case iso = "iso"
  /// `10/4/2013`
  case americanDate = "M/d/yyyy"
  /// `10/4/2013 9:30`, seconds may follow.
  case americanDateAndTime = "M/d/yyyy HH:mm"
  /// `09:30` or `09:30:00`, fraction allowed; the date stands in another column or in the file's name.
  case timeOfDay = "HH:mm:ss"
  /// Milliseconds since local midnight; the date stands in another column or in the file's name (`20131004.csv`).
  case millisecondsOfDay = "milliseconds-of-day"
  case epochSeconds = "epoch-seconds"
  case epochMilliseconds = "epoch-milliseconds"
  case epochMicroseconds = "epoch-microseconds"
  case epochNanoseconds = "epoch-nanoseconds"

  /// Which parts of an instant a text of this form holds.
  package enum Content: Sendable {
    case date
    case dateAndTime
    case timeOfDay
    case epoch
  }

  package var content: Content {
    switch self {
    case .compactDate, .date, .americanDate: .date
    case .compactDateAndTime, .dateAndTime, .iso, .americanDateAndTime: .dateAndTime
    case .timeOfDay, .millisecondsOfDay: .timeOfDay
    case .epochSeconds, .epochMilliseconds, .epochMicroseconds, .epochNanoseconds: .epoch
    }
  }
}
