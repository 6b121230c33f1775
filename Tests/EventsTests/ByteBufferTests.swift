import Events
import Market
import Testing

/// The primitive encodings against a naive writer that follows their definition word for word.
@Suite struct ByteBufferTests {
  static func naiveVarint(_ value: UInt128) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    repeat {
      bytes.append(UInt8(rest & 0x7f) | (rest >= 0x80 ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  static func naiveZigzag(_ value: Int128) -> [UInt8] {
    // 2·v for positive v, −2·v − 1 for negative, without leaving 128 bits.
    naiveVarint(value >= 0 ? value.magnitude * 2 : (value.magnitude - 1) * 2 + 1)
  }

  static func naiveDecimal(_ value: Int128) -> [UInt8] {
    var mantissa = value
    var zeros: UInt8 = 0
    while value != 0, zeros < 9, mantissa % 10 == 0 {
      mantissa /= 10
      zeros += 1
    }
    return [zeros] + naiveZigzag(mantissa)
  }

  static func written(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    // Room for one byte only: every append must make its own.
    var buffer = ByteBuffer(capacity: 1)
    write(&buffer)
    return buffer.array
  }

  /// What `read` makes of the whole of `bytes`.
  static func reading<Value>(
    _ bytes: [UInt8], _ read: (inout ByteReader) throws -> Value
  ) throws -> Value {
    try bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      let value = try read(&reader)
      try reader.requireEnd()
      return value
    }
  }

  /// Every length of a number, and the last and first of each.
  static var edges: [Int64] {
    var values: [Int64] = [0, .min, .max]
    for bit in 0..<63 {
      for delta in [Int64(-1), 0, 1] {
        values.append((1 << bit) + delta)
        values.append(-(1 << bit) + delta)
      }
    }
    for exponent in 0...18 {
      for factor in [Int64(1), 2, 5, 7, 9] {
        let (product, overflowed) = FixedPoint.powerOfTen(exponent).multipliedReportingOverflow(by: factor)
        if !overflowed { values += [product, -product, product + 1, product - 1] }
      }
    }
    return values
  }

  func check(_ value: Int64) throws {
    let wide = Int128(value)
    let varint = Self.written { $0.appendVarint(UInt64(bitPattern: value)) }
    #expect(varint == Self.naiveVarint(UInt128(UInt64(bitPattern: value))), "\(value)")
    let zigzag = Self.written { $0.appendZigzag(value) }
    #expect(zigzag == Self.naiveZigzag(wide), "\(value)")
    let decimal = Self.written { $0.appendDecimal(value) }
    #expect(decimal == Self.naiveDecimal(wide), "\(value)")
    #expect(Self.written { $0.appendWideDecimal(wide) } == decimal, "\(value)")
    #expect(Self.written { $0.appendWideZigzag(wide) } == zigzag, "\(value)")
    #expect(
      try Self.reading(varint) { reader in try reader.readVarint() } == UInt64(bitPattern: value))
    #expect(try Self.reading(zigzag) { reader in try reader.readZigzag() } == value)
    #expect(try Self.reading(decimal) { reader in try reader.readDecimal() } == value)
    #expect(try Self.reading(decimal) { reader in try reader.readWideDecimal() } == wide)
    let fixed = Self.written { $0.appendFixed(UInt64(bitPattern: value)) }
    #expect(fixed.count == 8 && fixed[0] == UInt8(truncatingIfNeeded: value))
    #expect(
      try Self.reading(fixed) { reader in try reader.readFixed() } == UInt64(bitPattern: value))
  }

  @Test("writes numbers at every edge of length and of trailing zeros by definition, and reads them back")
  func edgesOfLength() throws {
    for value in Self.edges { try check(value) }
  }

  @Test("writes random numbers by definition and reads them back")
  func randomNumbers() throws {
    var random = SeededRandom.reported()
    for _ in 0..<5_000 {
      let scale = FixedPoint.powerOfTen(Int(random.next() % 12))
      try check(random.nextSpread() / scale * scale)
    }
  }

  @Test("writes and reads 128-bit amounts over their whole range")
  func wideNumbers() throws {
    var random = SeededRandom.reported()
    var values: [Int128] = [0, .min, .max, Int128(Int64.max) + 1, Int128(Int64.min) - 1]
    for _ in 0..<5_000 {
      let magnitude =
        Int128(truncatingIfNeeded: UInt128(random.next()) << 64 | UInt128(random.next())) >> Int128(random.next() % 120)
      let scale = Int128(FixedPoint.powerOfTen(Int(random.next() % 12)))
      values.append(magnitude / scale * scale)
    }
    for value in values {
      let bytes = Self.written { $0.appendWideDecimal(value) }
      #expect(bytes == Self.naiveDecimal(value))
      #expect(try Self.reading(bytes) { reader in try reader.readWideDecimal() } == value)
    }
  }

  @Test(
    "refuses numbers that are longer than need be or than their type",
    arguments: [
      ([0x80, 0x00], DecodeError.notCanonical(offset: 0)),
      ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], .varintTooLong(offset: 0)),
      ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], .varintTooLong(offset: 0)),
      ([0x80], .endOfBytes(offset: 1)),
      ([], .endOfBytes(offset: 0)),
    ] as [([UInt8], DecodeError)])
  func badVarints(_ bytes: [UInt8], _ error: DecodeError) {
    #expect(throws: error) {
      try bytes.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        _ = try reader.readVarint()
      }
    }
  }

  @Test(
    "puts a byte count of one, two or three bytes before a row's body",
    arguments: [0, 1, 110, 120, 127, 128, 129, 16_370, 16_383, 16_384, 16_390, 40_000])
  func lengthPrefixes(_ textBytes: Int) throws {
    let body = OperatorCommand(command: .halt, reason: String(repeating: "a", count: textBytes))
    var events = EventBuffer(capacity: 1)
    events.clear(nextSequence: 5)
    events.append(Timer(number: 1), time: Timestamp(nanos: 0))
    #expect(events.append(body, time: Timestamp(nanos: 1)) == 6)
    events.append(Timer(number: 2), time: Timestamp(nanos: 2))
    #expect(events.count == 3 && events.nextSequence == 8)
    var reader = ByteReader(events.rows.bytes)
    #expect(try EventRow(&reader, sequence: 5).decode(Timer.self, sequence: 5).number == 1)
    let row = try EventRow(&reader, sequence: 6)
    #expect(try row.decode(OperatorCommand.self, sequence: 6) == body)
    let prefix = Self.naiveVarint(UInt128(row.body.count + 1))
    #expect(Array(row.bytes[2..<2 + prefix.count]) == prefix)
    #expect(row.bytes.count == 2 + prefix.count + row.body.count + 1)
    #expect(try EventRow(&reader, sequence: 7).decode(Timer.self, sequence: 7).number == 2)
    #expect(reader.isAtEnd)
  }

  @Test("stops where a programmer asks for what can't be")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      var buffer = ByteBuffer(capacity: 8)
      buffer.truncate(to: 1)
    }
    await #expect(processExitsWith: .failure) {
      var events = EventBuffer()
      events.append(FeedEnded(reason: .stopped), time: Timestamp(nanos: 0))
      events.append(
        Alert(code: .priceJump, severity: .error, instrument: InstrumentIndex(UInt16(0)), first: 0, second: 0), cause: 1
      )
    }
  }
}
