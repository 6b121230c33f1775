/// Wall clock time at a place in the United States that keeps federal daylight saving, by rule, without a time zone database
/// that could differ from machine to machine.
///
/// | years | daylight saving begins, 02:00 | ends, 02:00 |
/// |---|---|---|
/// | 1967–1986 | last Sunday of April (1974: 6 January, 1975: 23 February) | last Sunday of October |
/// | 1987–2006 | first Sunday of April | last Sunday of October |
/// | 2007– | second Sunday of March | first Sunday of November |
///
/// Uniform Time Act of 1966, Emergency Daylight Saving Time Energy Conservation Act of 1973, Energy Policy Act of 2005.
/// Before 1967 states and cities changed as they liked; standard time is taken for all of it.
struct FederalTime: BitwiseCopyable, Sendable {
  /// Seconds to add to UTC in winter.
  /// - Invariant: −6 to −5 hours, so that both changes happen in the same year in UTC as at the place.
  let standardOffsetSeconds: Int64

  var daylightOffsetSeconds: Int64 { standardOffsetSeconds + 3600 }

  /// Seconds to add to UTC for the wall clock's time at `instant`.
  /// - Complexity: constant.
  func offsetSeconds(at instant: Timestamp) -> Int64 {
    guard let saving = FederalTime.daylightSaving(year: instant.utcDate.year) else { return standardOffsetSeconds }
    // In seconds, because a change in late 2262 has no timestamp.
    let second = instant.utcDay * 86_400 + instant.utcNanosOfDay / Timestamp.nanosPerSecond
    let start = saving.firstDay * 86_400 + 2 * 3600 - standardOffsetSeconds
    let end = saving.lastDay * 86_400 + 2 * 3600 - daylightOffsetSeconds
    return second >= start && second < end ? daylightOffsetSeconds : standardOffsetSeconds
  }

  /// What clocks at the place show at `instant`.
  func civilTime(at instant: Timestamp) -> CivilTime {
    // The sum may leave the range of a timestamp by hours, so days and the time of day move apart.
    var day = instant.utcDay
    var nanosOfDay = instant.utcNanosOfDay + offsetSeconds(at: instant) * Timestamp.nanosPerSecond
    if nanosOfDay < 0 {
      nanosOfDay += Timestamp.nanosPerDay
      day -= 1
    }
    return CivilTime(date: CivilDate(daysSinceEpoch: day), nanosOfDay: nanosOfDay)
  }

  /// The instant at which clocks at the place show `time`; nil where 64 bits of nanoseconds don't hold it.
  ///
  /// The hour that is shown twice in autumn (01:00–02:00) is taken as its first pass, in daylight time. The hour that is
  /// skipped in spring (02:00–03:00) is read by the clock that was not yet moved: 02:30 is the instant shown as 03:30.
  /// These are the choices of java.time and of Python's `fold=0`.
  func timestamp(_ time: CivilTime) -> Timestamp? {
    let day = time.date.daysSinceEpoch
    var offset = standardOffsetSeconds
    if let saving = FederalTime.daylightSaving(year: time.date.year) {
      let isTwo = time.nanosOfDay >= 2 * 3600 * Timestamp.nanosPerSecond
      let isThree = time.nanosOfDay >= 3 * 3600 * Timestamp.nanosPerSecond
      let isAfterStart = day > saving.firstDay || (day == saving.firstDay && isThree)
      let isBeforeEnd = day < saving.lastDay || (day == saving.lastDay && !isTwo)
      if isAfterStart && isBeforeEnd { offset = daylightOffsetSeconds }
    }
    let (secondOfDay, fraction) = time.nanosOfDay.quotientAndRemainder(dividingBy: Timestamp.nanosPerSecond)
    return Timestamp(seconds: day * 86_400 + secondOfDay - offset, fractionNanos: fraction)
  }

  /// The instant at which clocks at the place show `minute` minutes after midnight of `date`.
  func timestamp(_ date: CivilDate, minute: Int32) -> Timestamp? {
    timestamp(CivilTime(date: date, nanosOfDay: Int64(minute) * 60 * Timestamp.nanosPerSecond))
  }

  /// The days, since 1970, on which clocks are moved forward and back.
  private static func daylightSaving(year: Int32) -> (firstDay: Int64, lastDay: Int64)? {
    let year = Int64(year)
    if year < 1967 { return nil }
    if year >= 2007 {
      return (
        CivilDate.sunday(onOrAfter: CivilDate.days(year: year, month: 3, day: 8)),
        CivilDate.sunday(onOrAfter: CivilDate.days(year: year, month: 11, day: 1))
      )
    }
    let lastDay = CivilDate.sunday(onOrAfter: CivilDate.days(year: year, month: 10, day: 25))
    let firstDay =
      switch year {
      case 1974: CivilDate.days(year: 1974, month: 1, day: 6)
      case 1975: CivilDate.days(year: 1975, month: 2, day: 23)
      case 1987...: CivilDate.sunday(onOrAfter: CivilDate.days(year: year, month: 4, day: 1))
      default: CivilDate.sunday(onOrAfter: CivilDate.days(year: year, month: 4, day: 24))
      }
    return (firstDay, lastDay)
  }
}

extension CivilDate {
  /// The first Sunday that is not before a day since 1970.
  static func sunday(onOrAfter day: Int64) -> Int64 {
    day + Int64(Weekday.sunday.rawValue - weekday(days: day).rawValue)
  }
}
