/// A day of the week, numbered as ISO 8601 does.
public enum Weekday: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case monday = 1
  case tuesday = 2
  case wednesday = 3
  case thursday = 4
  case friday = 5
  case saturday = 6
  case sunday = 7

  /// `Monday`.
  public var name: String { word.prefix(1).uppercased() + word.dropFirst() }
}

/// A day of the proleptic Gregorian calendar, without a time or a zone.
///
/// - Invariant: the year is 0 … 9999 and the day exists in its month.
public struct CivilDate: BitwiseCopyable, Hashable, Comparable, Sendable {
  public let year: Int32
  /// 1 … 12.
  public let month: UInt8
  /// 1 … 31.
  public let day: UInt8

  /// - Returns: nil where there is no such day, or the year is outside 0 … 9999.
  @inlinable
  public init?(year: Int, month: Int, day: Int) {
    guard (0...9999).contains(year), (1...12).contains(month) else { return nil }
    guard day >= 1, day <= CivilDate.dayCount(year: year, month: month) else { return nil }
    self.init(checkedYear: Int32(year), month: UInt8(month), day: UInt8(day))
  }

  /// The day `days` after 1970-01-01.
  ///
  /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: years are counted from 1 March, so
  /// that the leap day is the last of its year, in eras of 400 years of 146,097 days.
  /// - Precondition: the day lies in the years 0 … 9999; every `Timestamp` does.
  public init(daysSinceEpoch days: Int64) {
    invariant(days >= -719_528 && days <= 2_932_896, "a date lies in the years 0 to 9999", days)
    // 400 years are added so that everything below is positive: year 0 begins 719,528 days before 1970.
    let shifted = UInt64(days + 719_468 + 146_097)
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = Int64(yearOfEra + era * 400) - 400 + (month <= 2 ? 1 : 0)
    self.init(
      checkedYear: Int32(year), month: UInt8(month), day: UInt8(dayOfYear - (153 * marchMonth + 2) / 5 + 1))
  }

  @usableFromInline
  init(checkedYear year: Int32, month: UInt8, day: UInt8) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1970-01-01, negative before (Hinnant, `days_from_civil`).
  public var daysSinceEpoch: Int64 { CivilDate.days(year: Int64(year), month: Int64(month), day: Int64(day)) }

  /// - Precondition: the year is −400 or later; month and day are those of a calendar.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = UInt64(year - (month <= 2 ? 1 : 0) + 400)
    let era = marchYear / 400
    let yearOfEra = marchYear % 400
    let dayOfYear = UInt64(153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + UInt64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra) - 719_468 - 146_097
  }

  /// 28 … 31.
  /// - Precondition: `month` is 1 … 12.
  @inlinable
  public static func dayCount(year: Int, month: Int) -> Int {
    if month == 2 { return isLeap(year: year) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  @inlinable
  public static func isLeap(year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  public var weekday: Weekday { CivilDate.weekday(days: daysSinceEpoch) }

  static func weekday(days: Int64) -> Weekday {
    // 1970-01-01 was a Thursday; 200,000 weeks lift every valid day above zero.
    switch UInt64(days + 1_400_000 + 3) % 7 {
    case 0: .monday
    case 1: .tuesday
    case 2: .wednesday
    case 3: .thursday
    case 4: .friday
    case 5: .saturday
    default: .sunday
    }
  }

  /// The day `days` later; earlier where negative.
  /// - Precondition: the result lies in the years 0 … 9999.
  public func adding(days: Int64) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

  @inlinable
  public static func < (left: CivilDate, right: CivilDate) -> Bool { left.packed < right.packed }

  /// Year, month and day as the decimal number `yyyymmdd`; orders as dates do.
  @inlinable
  public var packed: Int32 { year * 10_000 + Int32(month) * 100 + Int32(day) }
}

extension CivilDate: CustomStringConvertible {
  /// `YYYY-MM-DD`.
  public var description: String {
    String(unsafeUninitializedCapacity: 10) { buffer in
      write(to: buffer)
      return 10
    }
  }

  /// Writes ten bytes at the start of `buffer`.
  func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
    DecimalDigits.write(UInt64(year), width: 4, to: buffer, at: 0)
    buffer[4] = UInt8(ascii: "-")
    DecimalDigits.write(UInt64(month), width: 2, to: buffer, at: 5)
    buffer[7] = UInt8(ascii: "-")
    DecimalDigits.write(UInt64(day), width: 2, to: buffer, at: 8)
  }
}

/// Digits of fixed width, zeros in front.
enum DecimalDigits {
  static func write(_ value: UInt64, width: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
    var rest = value
    var position = offset + width
    while position > offset {
      position -= 1
      buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }
}
