/// Why a text is not an instant. Offsets count bytes from the start of the text that was read.
public enum TimestampError: Error, Hashable, Sendable {
  /// The text ended where a digit or sign was due.
  case endOfText(offset: Int)
  case unexpectedByte(UInt8, offset: Int)
  /// A month of 13, a 30 February, an hour of 24, a leap second.
  case fieldOutOfRange(TimestampField, value: Int, offset: Int)
  /// A tenth digit behind the second's point.
  case tooPrecise(offset: Int)
  /// A time of day without `Z` or an offset: whose noon it is can't be known.
  case zoneMissing(offset: Int)
  /// Before 1677-09-21T00:12:43.145224192Z or after 2262-04-11T23:47:16.854775807Z.
  case outOfRange
}

/// The parts of an instant's text.
public enum TimestampField: UInt8, CaseIterable, Sendable {
  case year = 1
  case month = 2
  case day = 3
  case hour = 4
  case minute = 5
  case second = 6
  case offsetHour = 7
  case offsetMinute = 8
}

extension Timestamp {
  /// Reads ISO 8601: `2013-10-04` (midnight UTC), `2013-10-04T13:30:00Z`, `2013-10-04T09:30:00.25-04:00`.
  ///
  /// One to nine digits may stand behind the second's point; a blank may stand for the `T`.
  /// - Throws: `TimestampError`; the whole text must be the instant.
  public init(_ text: String) throws(TimestampError) {
    let bytes = Array(text.utf8)
    self = try Timestamp(parsing: bytes.span)
  }

  /// As `init(_: String)`, from bytes and without allocating.
  public init(parsing text: Span<UInt8>) throws(TimestampError) {
    var cursor = TimestampCursor(offset: 0)
    let date = try cursor.readDate(text)
    if cursor.offset == text.count {
      guard let midnight = Timestamp(seconds: date.daysSinceEpoch * 86_400, fractionNanos: 0) else { throw .outOfRange }
      self = midnight
      return
    }
    let separator = text[cursor.offset]
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else {
      throw .unexpectedByte(separator, offset: cursor.offset)
    }
    cursor.offset += 1
    let nanosOfDay = try cursor.readTimeOfDay(text)
    let offsetSeconds = try cursor.readZone(text)
    let (secondOfDay, fractionNanos) = nanosOfDay.quotientAndRemainder(dividingBy: Timestamp.nanosPerSecond)
    let seconds = date.daysSinceEpoch * 86_400 + secondOfDay - offsetSeconds
    guard let instant = Timestamp(seconds: seconds, fractionNanos: fractionNanos) else { throw .outOfRange }
    self = instant
  }

  /// The instant `seconds` + `fractionNanos` · 10⁻⁹ after 1970; nil where 64 bits don't hold it.
  /// - Precondition: `fractionNanos` is 0 ..< 10⁹.
  public init?(seconds: Int64, fractionNanos: Int64) {
    // Before 1970 the whole seconds alone may lie below the range although the sum is in it.
    let isBefore = seconds < 0 && fractionNanos > 0
    let (whole, overflowed) = (isBefore ? seconds + 1 : seconds).multipliedReportingOverflow(
      by: Timestamp.nanosPerSecond)
    let (sum, carried) = whole.addingReportingOverflow(
      isBefore ? fractionNanos - Timestamp.nanosPerSecond : fractionNanos)
    if overflowed || carried { return nil }
    self.init(nanos: sum)
  }

  /// The date in UTC.
  public var utcDate: CivilDate { CivilDate(daysSinceEpoch: utcDay) }

  /// Nanoseconds since midnight UTC, 0 ..< 86,400 · 10⁹.
  public var utcNanosOfDay: Int64 {
    let rest = nanos % Timestamp.nanosPerDay
    return rest < 0 ? rest + Timestamp.nanosPerDay : rest
  }
}

extension Timestamp: CustomStringConvertible {
  /// `2013-10-04T13:30:00Z`, with as many digits behind a point as the second needs.
  public var description: String {
    let date = utcDate
    let (secondOfDay, fraction) = UInt64(utcNanosOfDay).quotientAndRemainder(dividingBy: 1_000_000_000)
    return String(unsafeUninitializedCapacity: 30) { buffer in
      date.write(to: buffer)
      buffer[10] = UInt8(ascii: "T")
      DecimalDigits.write(secondOfDay / 3600, width: 2, to: buffer, at: 11)
      buffer[13] = UInt8(ascii: ":")
      DecimalDigits.write(secondOfDay / 60 % 60, width: 2, to: buffer, at: 14)
      buffer[16] = UInt8(ascii: ":")
      DecimalDigits.write(secondOfDay % 60, width: 2, to: buffer, at: 17)
      var count = 19
      if fraction != 0 {
        buffer[19] = UInt8(ascii: ".")
        DecimalDigits.write(fraction, width: 9, to: buffer, at: 20)
        count = 29
        while buffer[count - 1] == UInt8(ascii: "0") { count -= 1 }
      }
      buffer[count] = UInt8(ascii: "Z")
      return count + 1
    }
  }
}

extension CivilDate {
  /// Reads `YYYY-MM-DD`.
  /// - Throws: `TimestampError`; the whole text must be the date.
  public init(parsing text: Span<UInt8>) throws(TimestampError) {
    var cursor = TimestampCursor(offset: 0)
    self = try cursor.readDate(text)
    if cursor.offset < text.count { throw .unexpectedByte(text[cursor.offset], offset: cursor.offset) }
  }

  /// Reads `YYYY-MM-DD`.
  public init(_ text: String) throws(TimestampError) {
    let bytes = Array(text.utf8)
    self = try CivilDate(parsing: bytes.span)
  }
}

/// Where in a text the next part of an instant is read.
struct TimestampCursor {
  var offset: Int

  mutating func readDate(_ text: Span<UInt8>) throws(TimestampError) -> CivilDate {
    let year = try readDigits(text, count: 4)
    try readMark(text, UInt8(ascii: "-"))
    let month = try readField(text, .month, in: 1...12)
    try readMark(text, UInt8(ascii: "-"))
    let day = try readField(text, .day, in: 1...CivilDate.dayCount(year: year, month: month))
    return CivilDate(checkedYear: Int32(year), month: UInt8(month), day: UInt8(day))
  }

  /// `HH:MM:SS[.fraction]` as nanoseconds since midnight.
  mutating func readTimeOfDay(_ text: Span<UInt8>) throws(TimestampError) -> Int64 {
    let hour = try readField(text, .hour, in: 0...23)
    try readMark(text, UInt8(ascii: ":"))
    let minute = try readField(text, .minute, in: 0...59)
    try readMark(text, UInt8(ascii: ":"))
    let second = try readField(text, .second, in: 0...59)
    var fraction: Int64 = 0
    if offset < text.count, text[offset] == UInt8(ascii: ".") {
      offset += 1
      fraction = try readFraction(text)
    }
    return Int64(hour * 3600 + minute * 60 + second) * Timestamp.nanosPerSecond + fraction
  }

  /// `Z` or `±HH:MM`, to the end of the text, as seconds east of UTC.
  mutating func readZone(_ text: Span<UInt8>) throws(TimestampError) -> Int64 {
    guard offset < text.count else { throw .zoneMissing(offset: offset) }
    let sign = text[offset]
    offset += 1
    var seconds: Int64 = 0
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      let hour = try readField(text, .offsetHour, in: 0...23)
      try readMark(text, UInt8(ascii: ":"))
      let minute = try readField(text, .offsetMinute, in: 0...59)
      seconds = Int64(hour * 3600 + minute * 60)
      if sign == UInt8(ascii: "-") { seconds = -seconds }
    } else if sign != UInt8(ascii: "Z") {
      throw .unexpectedByte(sign, offset: offset - 1)
    }
    if offset < text.count { throw .unexpectedByte(text[offset], offset: offset) }
    return seconds
  }

  private mutating func readFraction(_ text: Span<UInt8>) throws(TimestampError) -> Int64 {
    var value: Int64 = 0
    var digitCount = 0
    while offset < text.count, text[offset] &- UInt8(ascii: "0") < 10 {
      if digitCount == 9 { throw .tooPrecise(offset: offset) }
      value = value * 10 + Int64(text[offset] &- UInt8(ascii: "0"))
      digitCount += 1
      offset += 1
    }
    if digitCount == 0 {
      if offset < text.count { throw .unexpectedByte(text[offset], offset: offset) }
      throw .endOfText(offset: offset)
    }
    while digitCount < 9 {
      value *= 10
      digitCount += 1
    }
    return value
  }

  private mutating func readField(
    _ text: Span<UInt8>, _ field: TimestampField, in range: ClosedRange<Int>
  ) throws(TimestampError) -> Int {
    let start = offset
    let value = try readDigits(text, count: 2)
    guard range.contains(value) else { throw .fieldOutOfRange(field, value: value, offset: start) }
    return value
  }

  private mutating func readDigits(_ text: Span<UInt8>, count: Int) throws(TimestampError) -> Int {
    var value = 0
    for _ in 0..<count {
      guard offset < text.count else { throw .endOfText(offset: offset) }
      let digit = text[offset] &- UInt8(ascii: "0")
      guard digit < 10 else { throw .unexpectedByte(text[offset], offset: offset) }
      value = value * 10 + Int(digit)
      offset += 1
    }
    return value
  }

  private mutating func readMark(_ text: Span<UInt8>, _ mark: UInt8) throws(TimestampError) {
    guard offset < text.count else { throw .endOfText(offset: offset) }
    guard text[offset] == mark else { throw .unexpectedByte(text[offset], offset: offset) }
    offset += 1
  }
}
