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
  public private(set) var count: Int
  @usableFromInline var capacity: Int

  public init(capacity: Int = 4096) {
    invariant(capacity > 0, "a buffer has room", Int64(capacity))
    self.base = .allocate(capacity: capacity)
    self.count = 0
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// The bytes written so far; valid until the next mutation.
  @inlinable
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  public var array: [UInt8] { Array(bytes) }

  public mutating func removeAll() { count = 0 }

  /// - Precondition: `newCount` is not above `count`.
  public mutating func truncate(to newCount: Int) {
    invariant(newCount <= count, "truncation shortens", Int64(newCount), Int64(count))
    count = newCount
  }

  public mutating func reserve(_ additional: Int) {
    if count + additional <= capacity { return }
    var grown = capacity * 2
    while grown < count + additional { grown *= 2 }
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = grown
  }

  public mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  public mutating func append(bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    if let source = bytes.baseAddress {
      UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
    }
    count += bytes.count
  }

  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append(bytes: $0) }
  }

  public mutating func appendVarint(_ value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    base[count] = UInt8(truncatingIfNeeded: rest)
    count += 1
  }

  public mutating func appendZigzag(_ value: Int64) {
    appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Zigzag varint of up to 19 bytes.
  public mutating func appendWideZigzag(_ value: Int128) {
    reserve(19)
    var rest = UInt128(bitPattern: (value << 1) ^ (value >> 127))
    while rest >= 0x80 {
      base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    base[count] = UInt8(truncatingIfNeeded: rest)
    count += 1
  }

  public mutating func appendDecimal(_ nanos: Int64) {
    var mantissa = nanos
    var zeros: UInt8 = 0
    if mantissa != 0 {
      while zeros < 9, mantissa % 10 == 0 {
        mantissa /= 10
        zeros += 1
      }
    }
    append(zeros)
    appendZigzag(mantissa)
  }

  public mutating func appendWideDecimal(_ nanos: Int128) {
    // Nearly every amount fits 64 bits, where division is several times cheaper; the bytes are the same.
    if let narrow = Int64(exactly: nanos) {
      appendDecimal(narrow)
      return
    }
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
    for shift in stride(from: 0, to: 64, by: 8) {
      base[count] = UInt8(truncatingIfNeeded: value >> UInt64(shift))
      count += 1
    }
  }

  /// UTF-8 behind its byte count.
  public mutating func appendText(_ text: String) {
    let utf8 = Array(text.utf8)
    appendVarint(UInt64(utf8.count))
    append(utf8)
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
  mutating func closeLengthPrefix(at start: Int) {
    let length = count - start
    if length < 0x80 {
      base[start - 1] = UInt8(length)
      return
    }
    var prefixCount = 1
    var rest = length >> 7
    while rest > 0 {
      prefixCount += 1
      rest >>= 7
    }
    let extra = prefixCount - 1
    reserve(extra)
    UnsafeMutableRawPointer(base + start + extra).copyMemory(from: base + start, byteCount: length)
    count += extra
    rest = length
    var position = start - 1
    while rest >= 0x80 {
      base[position] = UInt8(truncatingIfNeeded: rest) | 0x80
      position += 1
      rest >>= 7
    }
    base[position] = UInt8(truncatingIfNeeded: rest)
  }
}
