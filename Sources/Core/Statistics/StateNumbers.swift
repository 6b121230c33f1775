import Events

/// Doubles of a state are eight bytes of bit pattern, and are read within a range: no bytes whatever bring in what is no number.
extension ByteBuffer {
  mutating func appendDouble(_ value: Double) { appendFixed(value.bitPattern) }
}

extension ByteReader {
  /// - Throws: `DecodeError.inconsistent` outside `range`, for infinities and for what is no number.
  mutating func readDouble(_ field: StaticName, in range: ClosedRange<Double>) throws(DecodeError) -> Double {
    let value = Double(bitPattern: try readFixed())
    guard value >= range.lowerBound, value <= range.upperBound else { throw .inconsistent(field) }
    return value
  }

  /// A count that was written by `appendVarint`.
  mutating func readCount(_ field: StaticName, upTo most: Int) throws(DecodeError) -> Int {
    let value = try readVarint()
    guard value <= UInt64(most) else { throw .valueOutOfRange(field: field, value: Int64(clamping: value)) }
    return Int(value)
  }

  mutating func readInteger(_ field: StaticName, in range: ClosedRange<Int64>) throws(DecodeError) -> Int64 {
    let value = try readZigzag()
    guard range.contains(value) else { throw .valueOutOfRange(field: field, value: value) }
    return value
  }
}
