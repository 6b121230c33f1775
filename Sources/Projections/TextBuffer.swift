import Market

/// A growing run of text bytes, with the spellings that exports share: decimals, instants, hex, CSV and JSON quoting.
///
/// Numbers are written in place, without a `String` on the way: a CSV of bars is written by the million. Owns raw
/// memory; every append reserves the most it can write first, so no write leaves the allocation.
struct TextBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int
  /// The ten bytes of the date last written and its day: consecutive events mostly share one.
  private let date = UnsafeMutablePointer<UInt8>.allocate(capacity: 10)
  private var dateDay = Int64.max

  init(capacity: Int = 128 * 1024) {
    invariant(capacity > 0, "a buffer has room", Int64(capacity))
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit {
    base.deallocate()
    date.deallocate()
  }

  /// What was written; valid until the next mutation.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
  var string: String { String(decoding: bytes, as: UTF8.self) }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  private mutating func reserve(_ additional: Int) {
    if count + additional > capacity { grow(additional) }
  }

  @inline(never)
  private mutating func grow(_ additional: Int) {
    var grown = capacity * 2
    while grown < count + additional { grown *= 2 }
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = grown
  }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    (base + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count += text.utf8CodeUnitCount
  }

  mutating func append(_ bytes: [UInt8]) {
    reserve(bytes.count)
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { (base + count).update(from: start, count: source.count) }
    }
    count += bytes.count
  }

  mutating func append(text: String) {
    var text = text
    text.withUTF8 { source in
      reserve(source.count)
      if let start = source.baseAddress { (base + count).update(from: start, count: source.count) }
      count += source.count
    }
  }

  mutating func append(integer: Int64) {
    if integer < 0 { append(UInt8(ascii: "-")) }
    append(integer: integer.magnitude)
  }

  mutating func append(integer: UInt64) {
    reserve(20)
    var digitCount = 1
    var rest = integer / 10
    while rest > 0 {
      digitCount += 1
      rest /= 10
    }
    var position = count + digitCount
    count = position
    rest = integer
    repeat {
      position -= 1
      base[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  /// A number of 10⁻⁹ as its shortest exact decimal, as `FixedPoint.text` spells it.
  mutating func append(nanos: Int64) { append(decimal: nanos, decimals: 9) }

  mutating func append(nanos: Int128) {
    if let narrow = Int64(exactly: nanos) {
      append(nanos: narrow)
    } else {
      append(text: FixedPoint.text(nanos: nanos))
    }
  }

  /// `value` · 10^−`decimals` without trailing zeros.
  mutating func append(decimal value: Int64, decimals: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let unit = UInt64(FixedPoint.powerOfTen(decimals))
    let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: unit)
    append(integer: whole)
    if rest == 0 { return }
    append(UInt8(ascii: "."))
    append(padded: rest, width: decimals)
    while base[count - 1] == UInt8(ascii: "0") { count -= 1 }
  }

  mutating func append(padded value: UInt64, width: Int) {
    reserve(width)
    var rest = value
    var position = count + width
    count = position
    for _ in 0..<width {
      position -= 1
      base[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// ISO 8601 in UTC, as `Timestamp.description` spells it.
  mutating func append(time: Timestamp) {
    append(day: time.utcDay)
    let (seconds, fraction) = UInt64(time.utcNanosOfDay).quotientAndRemainder(dividingBy: 1_000_000_000)
    append(UInt8(ascii: "T"))
    append(padded: seconds / 3600, width: 2)
    append(UInt8(ascii: ":"))
    append(padded: seconds / 60 % 60, width: 2)
    append(UInt8(ascii: ":"))
    append(padded: seconds % 60, width: 2)
    if fraction != 0 {
      append(UInt8(ascii: "."))
      append(padded: fraction, width: 9)
      while base[count - 1] == UInt8(ascii: "0") { count -= 1 }
    }
    append(UInt8(ascii: "Z"))
  }

  /// `YYYY-MM-DD` of a day counted from 1970-01-01.
  mutating func append(day: Int64) {
    reserve(10)
    if day != dateDay {
      let civil = CivilDate(daysSinceEpoch: day)
      let start = count
      append(padded: UInt64(civil.year), width: 4)
      append(UInt8(ascii: "-"))
      append(padded: UInt64(civil.month), width: 2)
      append(UInt8(ascii: "-"))
      append(padded: UInt64(civil.day), width: 2)
      date.update(from: base + start, count: 10)
      dateDay = day
      return
    }
    (base + count).update(from: date, count: 10)
    count += 10
  }

  mutating func append(hex bytes: [UInt8]) {
    for byte in bytes {
      append(Hex.digit(byte >> 4))
      append(Hex.digit(byte & 15))
    }
  }

  /// A CSV field, quoted only where RFC 4180 asks for it.
  mutating func append(csv text: String) {
    let needsQuotes = text.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 10 || byte == 13
    }
    if !needsQuotes {
      append(text: text)
      return
    }
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { append(byte) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }

  /// A JSON string with its quotes (RFC 8259: quote, backslash and control characters are escaped, all else is UTF-8).
  mutating func append(json text: String) {
    append(UInt8(ascii: "\""))
    let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if isPlain {
      append(text: text)
      append(UInt8(ascii: "\""))
      return
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 10: append("\\n")
      case 13: append("\\r")
      case 9: append("\\t")
      case 0..<32:
        append("\\u00")
        append(Hex.digit(byte >> 4))
        append(Hex.digit(byte & 15))
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
