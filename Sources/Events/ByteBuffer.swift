public import Market

/// A growing run of bytes with the primitive encodings of the journal: the only writer of canonical bytes.
///
/// Encodings: `varint` is LEB128; `zigzag` maps 0, −1, 1, −2 … to 0, 1, 2, 3 … before it; `decimal` is one byte of
/// trailing decimal zeros taken out (0 … 9, as many as there are) and the zigzag varint of what is left, so that
/// 150.23 in nanos takes four bytes instead of six.
///
/// Owns raw memory: this and `ByteReader` are the only places in the pure rooms that touch a pointer. Appending
/// reserves room first, so a write never leaves the allocation.
public struct ByteBuffer: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<UInt8>
  @usableFromInline var used: Int
  @usableFromInline var capacity: Int

  public init(capacity: Int = 4096) {
    invariant(capacity > 0, "a buffer has room", Int64(capacity))
    self.base = .allocate(capacity: capacity)
    self.used = 0
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// The number of bytes written so far.
  @inlinable
  public var count: Int { used }

  /// The bytes written so far; valid until the next mutation.
  @inlinable
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: used) }

  public var array: [UInt8] { Array(bytes) }

  @inlinable
  public mutating func removeAll() { used = 0 }

  /// - Precondition: `newCount` is 0 … `count`.
  public mutating func truncate(to newCount: Int) {
    invariant(newCount >= 0 && newCount <= used, "truncation shortens", Int64(newCount), Int64(used))
    used = newCount
  }

  @inlinable
  public mutating func reserve(_ additional: Int) {
    if additional > capacity &- used { grow(additional) }
  }

  @usableFromInline
  @inline(never)
  mutating func grow(_ additional: Int) {
    let grown = max(capacity * 2, used + additional)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
    moved.update(from: base, count: used)
    base.deallocate()
    base = moved
    capacity = grown
  }

  @inlinable
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    base[used] = byte
    used &+= 1
  }

  public mutating func append(bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    if let source = bytes.baseAddress {
      UnsafeMutableRawPointer(base + used).copyMemory(from: source, byteCount: bytes.count)
    }
    used += bytes.count
  }

  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append(bytes: $0) }
  }

  @inlinable
  public mutating func appendVarint(_ value: UInt64) {
    reserve(10)
    used &+= ByteBuffer.store(varint: value, at: UnsafeMutableRawPointer(base + used))
  }

  @inlinable
  public mutating func appendZigzag(_ value: Int64) { appendVarint(ByteBuffer.zigzag(value)) }

  @inlinable
  @inline(always)
  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

  /// Writes a varint and returns its length.
  ///
  /// Two bytes and more need no loop: seven-bit groups are spread over the bytes of a word in three steps and stored at once.
  /// Half the time of a loop, whose length the processor can't foretell.
  /// - Precondition: ten bytes may be written at `place`, whatever the length.
  @inlinable
  @inline(always)
  static func store(varint value: UInt64, at place: UnsafeMutableRawPointer) -> Int {
    if value < 0x80 {
      place.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
      return 1
    }
    var spread = (value & 0x00ff_ffff_f000_0000) &<< 4 | value & 0x0000_0000_0fff_ffff
    spread = (spread & 0x0fff_c000_0fff_c000) &<< 2 | spread & 0x0000_3fff_0000_3fff
    spread = (spread & 0x3f80_3f80_3f80_3f80) &<< 1 | spread & 0x007f_007f_007f_007f
    let high = value &>> 56
    if high == 0 {
      let byteCount = (70 &- value.leadingZeroBitCount) / 7
      // Every byte but the last says that another follows.
      spread |= 0x8080_8080_8080_8080 & ((1 &<< UInt64(truncatingIfNeeded: 8 &* byteCount &- 8)) &- 1)
      place.storeBytes(of: spread.littleEndian, as: UInt64.self)
      return byteCount
    }
    place.storeBytes(of: (spread | 0x8080_8080_8080_8080).littleEndian, as: UInt64.self)
    // Eight bits are left: a ninth byte, and a tenth where the last bit is set.
    let tail = high < 0x80 ? high : high | 0x100
    place.storeBytes(of: UInt16(truncatingIfNeeded: tail).littleEndian, toByteOffset: 8, as: UInt16.self)
    return high < 0x80 ? 9 : 10
  }

  /// Zigzag varint of up to 19 bytes.
  public mutating func appendWideZigzag(_ value: Int128) {
    reserve(19)
    var rest = UInt128(bitPattern: (value << 1) ^ (value >> 127))
    while rest >= 0x80 {
      base[used] = UInt8(truncatingIfNeeded: rest) | 0x80
      used += 1
      rest >>= 7
    }
    base[used] = UInt8(truncatingIfNeeded: rest)
    used += 1
  }

  @inlinable
  public mutating func appendDecimal(_ nanos: Int64) {
    reserve(11)
    let place = UnsafeMutableRawPointer(base + used)
    if nanos == 0 {
      place.storeBytes(of: 0, as: UInt16.self)
      used &+= 2
      return
    }
    let (mantissa, zeros) = ByteBuffer.withoutTrailingZeros(nanos)
    place.storeBytes(of: zeros, as: UInt8.self)
    used &+= 1 &+ ByteBuffer.store(varint: ByteBuffer.zigzag(mantissa), at: place + 1)
  }

  /// `nanos` with up to nine trailing decimal zeros taken out, and how many they were.
  ///
  /// An exact division by 10ᵏ is a multiplication by the inverse of 5ᵏ modulo 2⁶⁴ and a rotation by k, and it was exact if
  /// the result is no larger than a quotient can be (Warren, "Hacker's Delight", 10–17). Steps select instead of branching,
  /// because how many zeros a price has can't be foretold; only whole hundredths, nearly all there is, are asked about first.
  /// - Precondition: `nanos` is not zero.
  @inlinable
  @inline(always)
  static func withoutTrailingZeros(_ nanos: Int64) -> (mantissa: Int64, zeros: UInt8) {
    var magnitude = nanos.magnitude
    var zeros: UInt8 = 0
    let hundredths = ByteBuffer.quotient(magnitude, inverse: 0xe503_2477_ae8d_46a5, zeros: 7)
    if hundredths <= .max / 10_000_000 {
      magnitude = hundredths
      zeros = 7
      let hundredfold = ByteBuffer.quotient(magnitude, inverse: 0x8f5c_28f5_c28f_5c29, zeros: 2)
      let tenfold = ByteBuffer.quotient(magnitude, inverse: 0xcccc_cccc_cccc_cccd, zeros: 1)
      let hasTwo = hundredfold <= .max / 100
      let hasOne = tenfold <= .max / 10
      magnitude = hasTwo ? hundredfold : hasOne ? tenfold : magnitude
      zeros = hasTwo ? 9 : hasOne ? 8 : 7
    } else {
      let fourth = ByteBuffer.quotient(magnitude, inverse: 0xd288_ce70_3afb_7e91, zeros: 4)
      let hasFour = fourth <= .max / 10_000
      magnitude = hasFour ? fourth : magnitude
      zeros = hasFour ? 4 : 0
      let second = ByteBuffer.quotient(magnitude, inverse: 0x8f5c_28f5_c28f_5c29, zeros: 2)
      let hasTwo = second <= .max / 100
      magnitude = hasTwo ? second : magnitude
      zeros &+= hasTwo ? 2 : 0
      let first = ByteBuffer.quotient(magnitude, inverse: 0xcccc_cccc_cccc_cccd, zeros: 1)
      let hasOne = first <= .max / 10
      magnitude = hasOne ? first : magnitude
      zeros &+= hasOne ? 1 : 0
    }
    return (Int64(truncatingIfNeeded: nanos < 0 ? 0 &- magnitude : magnitude), zeros)
  }

  /// `magnitude` / 10^`zeros` where that is whole, else a number larger than any quotient.
  @inlinable
  @inline(always)
  static func quotient(_ magnitude: UInt64, inverse: UInt64, zeros: UInt64) -> UInt64 {
    let product = magnitude &* inverse
    return product &>> zeros | product &<< (64 &- zeros)
  }

  @inlinable
  public mutating func appendWideDecimal(_ nanos: Int128) {
    // Nearly every amount fits 64 bits, where division is several times cheaper; the bytes are the same.
    if let narrow = Int64(exactly: nanos) { appendDecimal(narrow) } else { appendVeryWideDecimal(nanos) }
  }

  /// - Precondition: `nanos` is not zero.
  @usableFromInline
  mutating func appendVeryWideDecimal(_ nanos: Int128) {
    var mantissa = nanos
    var zeros: UInt8 = 0
    while zeros < 9, mantissa % 10 == 0 {
      mantissa /= 10
      zeros += 1
    }
    append(zeros)
    appendWideZigzag(mantissa)
  }

  /// Eight bytes, lowest first.
  public mutating func appendFixed(_ value: UInt64) {
    reserve(8)
    UnsafeMutableRawPointer(base + used).storeBytes(of: value.littleEndian, as: UInt64.self)
    used += 8
  }

  /// UTF-8 behind its byte count.
  public mutating func appendText(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      appendVarint(UInt64(utf8.count))
      append(bytes: UnsafeRawBufferPointer(utf8))
    }
  }

  /// An optional price: one byte 0, or 1 and the price.
  public mutating func appendOptional(_ price: Price?) {
    if let price {
      append(1)
      appendDecimal(price.nanos)
    } else {
      append(0)
    }
  }

  /// Writes the byte count of what stands behind `start` as a varint in front of it, in place.
  ///
  /// - Precondition: one byte was left free at `start - 1`.
  @inlinable
  mutating func closeLengthPrefix(at start: Int) {
    let length = used - start
    if length < 0x80 { base[start - 1] = UInt8(truncatingIfNeeded: length) } else { widenLengthPrefix(at: start) }
  }

  /// Moves what stands behind `start` on, to make room for a prefix of more than one byte.
  @usableFromInline
  @inline(never)
  mutating func widenLengthPrefix(at start: Int) {
    let length = used - start
    let extra = (63 - length.leadingZeroBitCount) / 7
    reserve(extra)
    UnsafeMutableRawPointer(base + start + extra).copyMemory(from: base + start, byteCount: length)
    used += extra
    var rest = length
    var position = start - 1
    while rest >= 0x80 {
      base[position] = UInt8(truncatingIfNeeded: rest) | 0x80
      position += 1
      rest >>= 7
    }
    base[position] = UInt8(truncatingIfNeeded: rest)
  }
}
