import Market

/// What a time column says, before zone and calendar turn it into a bar's open.
struct TimeParts: BitwiseCopyable {
  /// Days since 1970 of the written date; zero where only a time of day is written.
  var day: Int64 = 0
  /// Nanoseconds since midnight, or since 1970 where the form is an epoch's.
  var nanos: Int64 = 0
  /// What the text adds to UTC, if it says so.
  var offsetNanos: Int64 = 0
  var hasOffset = false
}

/// Reads the closed list of time forms from bytes, remembering the last date: rows of one day share it.
struct TimeField {
  private var cachedText: UInt64 = 0
  private var cachedTail: UInt64 = 0
  private var cachedDay: Int64 = 0
  private var hasCached = false

  /// - Returns: nil where the bytes are no time of that form, or no such day or hour exists.
  @inline(__always)
  mutating func read(_ bytes: UnsafePointer<UInt8>, count: Int, as format: TimeFormat) -> TimeParts? {
    var cursor = TimeCursor(bytes: bytes, count: count)
    var parts = TimeParts()
    switch format {
    case .compactDateAndTime:
      guard let day = compactDay(&cursor), cursor.skip(UInt8(ascii: " ")),
        let nanos = cursor.timeOfDay(needsSeconds: false, allowsSeconds: true)
      else { return nil }
      parts.day = day
      parts.nanos = nanos
    case .compactDate:
      guard let day = compactDay(&cursor) else { return nil }
      parts.day = day
    case .date:
      guard let day = dashedDay(&cursor) else { return nil }
      parts.day = day
    case .dateAndTime, .iso:
      guard let day = dashedDay(&cursor) else { return nil }
      parts.day = day
      if format == .iso && cursor.isAtEnd { break }
      guard cursor.skip(UInt8(ascii: " ")) || cursor.skip(UInt8(ascii: "T")),
        let nanos = cursor.timeOfDay(needsSeconds: format == .dateAndTime, allowsSeconds: true)
      else { return nil }
      parts.nanos = nanos
      if !cursor.isAtEnd {
        guard let offset = cursor.zoneOffset() else { return nil }
        parts.offsetNanos = offset
        parts.hasOffset = true
      }
    case .americanDate:
      guard let day = americanDay(&cursor) else { return nil }
      parts.day = day
    case .americanDateAndTime:
      guard let day = americanDay(&cursor), cursor.skip(UInt8(ascii: " ")),
        let nanos = cursor.timeOfDay(needsSeconds: false, allowsSeconds: true)
      else { return nil }
      parts.day = day
      parts.nanos = nanos
    case .timeOfDay:
      guard let nanos = cursor.timeOfDay(needsSeconds: false, allowsSeconds: true) else { return nil }
      parts.nanos = nanos
    case .millisecondsOfDay:
      guard let milliseconds = cursor.integer(), milliseconds >= 0, milliseconds < 86_400_000 else { return nil }
      parts.nanos = milliseconds &* 1_000_000
    case .epochSeconds, .epochMilliseconds, .epochMicroseconds, .epochNanoseconds:
      guard let written = cursor.integer() else { return nil }
      let (nanos, overflowed) = written.multipliedReportingOverflow(by: TimeField.unit(of: format))
      if overflowed { return nil }
      parts.nanos = nanos
    }
    return cursor.isAtEnd ? parts : nil
  }

  private static func unit(of format: TimeFormat) -> Int64 {
    switch format {
    case .epochSeconds: 1_000_000_000
    case .epochMilliseconds: 1_000_000
    case .epochMicroseconds: 1_000
    default: 1
    }
  }

  /// `yyyyMMdd`
  @inline(__always)
  private mutating func compactDay(_ cursor: inout TimeCursor) -> Int64? {
    guard cursor.count - cursor.offset >= 8 else { return nil }
    let text = UnsafeRawPointer(cursor.bytes + cursor.offset).loadUnaligned(as: UInt64.self)
    if hasCached && text == cachedText {
      cursor.offset &+= 8
      return cachedDay
    }
    guard let year = cursor.digits(4), let month = cursor.digits(2), let day = cursor.digits(2),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    remember(date, text, 0)
    return cachedDay
  }

  /// `yyyy-MM-dd`
  @inline(__always)
  private mutating func dashedDay(_ cursor: inout TimeCursor) -> Int64? {
    guard cursor.count - cursor.offset >= 10 else { return nil }
    let start = UnsafeRawPointer(cursor.bytes + cursor.offset)
    let text = start.loadUnaligned(as: UInt64.self)
    let tail = UInt64(start.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    if hasCached && text == cachedText && tail == cachedTail {
      cursor.offset &+= 10
      return cachedDay
    }
    guard let year = cursor.digits(4), cursor.skip(UInt8(ascii: "-")), let month = cursor.digits(2),
      cursor.skip(UInt8(ascii: "-")), let day = cursor.digits(2),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    remember(date, text, tail)
    return cachedDay
  }

  /// `M/d/yyyy`
  private mutating func americanDay(_ cursor: inout TimeCursor) -> Int64? {
    guard let month = cursor.oneOrTwoDigits(), cursor.skip(UInt8(ascii: "/")), let day = cursor.oneOrTwoDigits(),
      cursor.skip(UInt8(ascii: "/")), let year = cursor.digits(4)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)?.daysSinceEpoch
  }

  private mutating func remember(_ date: CivilDate, _ text: UInt64, _ tail: UInt64) {
    cachedDay = date.daysSinceEpoch
    cachedText = text
    cachedTail = tail
    hasCached = true
  }
}

/// A place in a field's bytes.
struct TimeCursor {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  var offset = 0

  @inline(__always)
  init(bytes: UnsafePointer<UInt8>, count: Int) {
    self.bytes = bytes
    self.count = count
  }

  @inline(__always)
  var isAtEnd: Bool { offset == count }

  @inline(__always)
  mutating func skip(_ byte: UInt8) -> Bool {
    guard offset < count, bytes[offset] == byte else { return false }
    offset &+= 1
    return true
  }

  /// Exactly `width` digits.
  @inline(__always)
  mutating func digits(_ width: Int) -> Int? {
    guard count - offset >= width else { return nil }
    var value = 0
    for index in 0..<width {
      let digit = bytes[offset &+ index] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value &* 10 &+ Int(digit)
    }
    offset &+= width
    return value
  }

  mutating func oneOrTwoDigits() -> Int? {
    guard let first = digits(1) else { return nil }
    guard let second = digits(1) else { return first }
    return first * 10 + second
  }

  /// A whole number, perhaps negative, to the end of the field.
  @inline(__always)
  mutating func integer() -> Int64? {
    let isNegative = skip(UInt8(ascii: "-"))
    guard offset < count, count - offset <= 18 else { return wideInteger(isNegative: isNegative) }
    var value: Int64 = 0
    while offset < count {
      let digit = bytes[offset] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value &* 10 &+ Int64(digit)
      offset &+= 1
    }
    return isNegative ? -value : value
  }

  /// Nineteen digits may fit 64 bits.
  private mutating func wideInteger(isNegative: Bool) -> Int64? {
    guard offset < count, count - offset == 19 else { return nil }
    var value: Int64 = 0
    while let digit = digits(1) {
      let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = scaled.addingReportingOverflow(Int64(digit))
      if overflowed || carried { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// `H:mm` or `HH:mm`, perhaps with `:ss` and a fraction of one to nine digits; in nanoseconds since midnight.
  @inline(__always)
  mutating func timeOfDay(needsSeconds: Bool, allowsSeconds: Bool) -> Int64? {
    guard let hour = oneOrTwoDigits(), hour < 24, skip(UInt8(ascii: ":")), let minute = digits(2), minute < 60
    else { return nil }
    var nanos = Int64(hour &* 3600 &+ minute &* 60) &* 1_000_000_000
    guard skip(UInt8(ascii: ":")) else { return needsSeconds ? nil : nanos }
    guard let second = digits(2), second < 60 else { return nil }
    nanos &+= Int64(second) &* 1_000_000_000
    if skip(UInt8(ascii: ".")) {
      var scale: Int64 = 100_000_000
      var digitCount = 0
      while offset < count {
        let digit = bytes[offset] &- UInt8(ascii: "0")
        if digit > 9 { break }
        // A tenth digit behind the point can't be kept.
        if scale == 0 && digit != 0 { return nil }
        nanos &+= Int64(digit) &* scale
        scale /= 10
        digitCount &+= 1
        offset &+= 1
      }
      if digitCount == 0 { return nil }
    }
    return nanos
  }

  /// `Z`, `±HH:MM`, `±HHMM` or `±HH`; in nanoseconds to add to UTC.
  mutating func zoneOffset() -> Int64? {
    if skip(UInt8(ascii: "Z")) { return 0 }
    let isWest = skip(UInt8(ascii: "-"))
    guard isWest || skip(UInt8(ascii: "+")), let hour = digits(2), hour < 24 else { return nil }
    var minute = 0
    if !isAtEnd {
      _ = skip(UInt8(ascii: ":"))
      guard let written = digits(2), written < 60 else { return nil }
      minute = written
    }
    let nanos = Int64(hour * 3600 + minute * 60) * 1_000_000_000
    return isWest ? -nanos : nanos
  }
}
