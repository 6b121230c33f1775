public import Market

/// Why bytes are not what they should be. Offsets count from the start of the bytes the reader was given.
public enum DecodeError: Error, Hashable, Sendable {
  case endOfBytes(offset: Int)
  case varintTooLong(offset: Int)
  /// The same number has a shorter spelling: only the shortest is canonical.
  case notCanonical(offset: Int)
  case valueOutOfRange(field: StaticName, value: Int64)
  case bytesLeftOver(count: Int)
  case unknownKind(UInt8)
  case unknownVersion(kind: UInt8, version: UInt8)
  case textNotUTF8(offset: Int)
  case invalidBar(BarError)
  case invalidInstrument(InstrumentError)
  case inconsistent(StaticName)
}

/// A name known when the program was compiled, comparable so that errors are.
public struct StaticName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let description: String
  public init(stringLiteral value: String) { description = value }
}

/// Reads the primitive encodings of `ByteBuffer`; every read is checked against the end, every spelling against the canonical one.
///
/// Holds a view of memory that its creator keeps alive; it never leaves the closure or call it was made for.
public struct ByteReader {
  @usableFromInline let base: UnsafeRawBufferPointer
  public private(set) var offset: Int

  public init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
    self.base = bytes
    self.offset = offset
  }

  public var remaining: Int { base.count - offset }
  public var isAtEnd: Bool { offset == base.count }

  public mutating func readByte() throws(DecodeError) -> UInt8 {
    guard offset < base.count else { throw .endOfBytes(offset: offset) }
    let byte = base[offset]
    offset += 1
    return byte
  }

  public mutating func readVarint() throws(DecodeError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let start = offset
    while true {
      guard offset < base.count else { throw .endOfBytes(offset: offset) }
      let byte = base[offset]
      offset += 1
      if shift == 63, byte > 1 { throw .varintTooLong(offset: start) }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { throw .notCanonical(offset: start) }
        return value
      }
      shift += 7
      if shift > 63 { throw .varintTooLong(offset: start) }
    }
  }

  public mutating func readZigzag() throws(DecodeError) -> Int64 {
    let raw = try readVarint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  public mutating func readWideZigzag() throws(DecodeError) -> Int128 {
    var raw: UInt128 = 0
    var shift: UInt128 = 0
    let start = offset
    while true {
      let byte = try readByte()
      if shift == 126, byte > 3 { throw .varintTooLong(offset: start) }
      raw |= UInt128(byte & 0x7f) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { throw .notCanonical(offset: start) }
        break
      }
      shift += 7
      if shift > 126 { throw .varintTooLong(offset: start) }
    }
    return Int128(bitPattern: raw >> 1) ^ -Int128(bitPattern: raw & 1)
  }

  /// Any 64-bit number; `readPrice` and `readQuantity` also refuse `Int64.min`.
  public mutating func readDecimal() throws(DecodeError) -> Int64 {
    let start = offset
    let zeros = try readByte()
    // A number of 64 bits has a mantissa of at most 64 bits: a longer one can't be canonical.
    let mantissa = try readZigzag()
    if mantissa == 0, zeros == 0 { return 0 }
    guard zeros <= 9, mantissa != 0, zeros == 9 || mantissa % 10 != 0 else { throw .notCanonical(offset: start) }
    let (value, overflowed) = mantissa.multipliedReportingOverflow(by: FixedPoint.powerOfTen(Int(zeros)))
    guard !overflowed else { throw .notCanonical(offset: start) }
    return value
  }

  public mutating func readWideDecimal() throws(DecodeError) -> Int128 {
    let start = offset
    let zeros = try readByte()
    let mantissa = try readWideZigzag()
    guard zeros <= 9 else { throw .notCanonical(offset: start) }
    if mantissa == 0 {
      guard zeros == 0 else { throw .notCanonical(offset: start) }
      return 0
    }
    guard zeros == 9 || mantissa % 10 != 0 else { throw .notCanonical(offset: start) }
    let (value, overflowed) = mantissa.multipliedReportingOverflow(
      by: Int128(FixedPoint.powerOfTen(Int(zeros))))
    guard !overflowed else { throw .notCanonical(offset: start) }
    return value
  }

  public mutating func readFixed() throws(DecodeError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 8) { value |= UInt64(try readByte()) << UInt64(shift) }
    return value
  }

  public mutating func readBytes(_ count: Int) throws(DecodeError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else { throw .endOfBytes(offset: offset) }
    let slice = UnsafeRawBufferPointer(rebasing: base[offset..<offset + count])
    offset += count
    return slice
  }

  /// A count that stands before `count` items of at least `itemBytesMin` bytes: refused when the rest can't hold them.
  public mutating func readCount(itemBytesMin: Int = 1) throws(DecodeError) -> Int {
    let start = offset
    let raw = try readVarint()
    guard raw <= UInt64(remaining / max(itemBytesMin, 1)) else { throw .endOfBytes(offset: start) }
    return Int(raw)
  }

  public mutating func readText() throws(DecodeError) -> String {
    let count = try readCount()
    let start = offset
    let bytes = try readBytes(count)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .textNotUTF8(offset: start) }
    return text
  }

  public mutating func readOptionalPrice() throws(DecodeError) -> Price? {
    let start = offset
    switch try readByte() {
    case 0: return nil
    case 1: return try readPrice()
    default: throw .notCanonical(offset: start)
    }
  }

  public mutating func readPrice() throws(DecodeError) -> Price {
    let nanos = try readDecimal()
    guard nanos != .min else { throw .valueOutOfRange(field: "price", value: nanos) }
    return Price(nanos: nanos)
  }

  public mutating func readQuantity() throws(DecodeError) -> Quantity {
    let nanos = try readDecimal()
    guard nanos != .min else { throw .valueOutOfRange(field: "quantity", value: nanos) }
    return Quantity(nanos: nanos)
  }

  public mutating func readBool(_ field: StaticName) throws(DecodeError) -> Bool {
    let raw = try readByte()
    guard raw <= 1 else { throw .valueOutOfRange(field: field, value: Int64(raw)) }
    return raw == 1
  }

  /// One byte that must be a case of `Value`.
  public mutating func readCase<Value: RawRepresentable>(
    _ field: StaticName, as type: Value.Type = Value.self
  ) throws(DecodeError) -> Value where Value.RawValue == UInt8 {
    let raw = try readByte()
    guard let value = Value(rawValue: raw) else { throw .valueOutOfRange(field: field, value: Int64(raw)) }
    return value
  }

  public mutating func readInstrument() throws(DecodeError) -> InstrumentIndex {
    let raw = try readVarint()
    guard raw <= UInt64(UInt16.max) else { throw .valueOutOfRange(field: "instrument", value: Int64(clamping: raw)) }
    return InstrumentIndex(UInt16(raw))
  }

  public func requireEnd() throws(DecodeError) {
    if !isAtEnd { throw .bytesLeftOver(count: remaining) }
  }
}

extension ByteReader {
  mutating func readStrategy() throws(DecodeError) -> UInt16 {
    let raw = try readVarint()
    guard raw <= UInt64(UInt16.max) else { throw .valueOutOfRange(field: "strategy", value: Int64(clamping: raw)) }
    return UInt16(raw)
  }
}
