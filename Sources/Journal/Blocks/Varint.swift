/// Variable-length integers in raw memory, for columns: the same bytes as `ByteBuffer.appendVarint`, without a check for
/// room at every byte.

@inline(__always)
func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

@inline(__always)
func unzigzag(_ raw: UInt64) -> Int64 { Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1) }

/// Writes at `cursor`, which has room for ten bytes, and moves it on.
@inline(__always)
func putVarint(_ value: UInt64, at cursor: inout UnsafeMutablePointer<UInt8>) {
  if value < 0x80 {
    cursor.pointee = UInt8(truncatingIfNeeded: value)
    cursor += 1
  } else if value < 0x4000 {
    cursor.pointee = UInt8(truncatingIfNeeded: value) | 0x80
    cursor[1] = UInt8(truncatingIfNeeded: value >> 7)
    cursor += 2
  } else {
    cursor = putLongVarint(value, at: cursor)
  }
}

@inline(never)
private func putLongVarint(
  _ value: UInt64, at start: UnsafeMutablePointer<UInt8>
) -> UnsafeMutablePointer<UInt8> {
  var cursor = start
  var rest = value
  while rest >= 0x80 {
    cursor.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
    cursor += 1
    rest >>= 7
  }
  cursor.pointee = UInt8(truncatingIfNeeded: rest)
  return cursor + 1
}

/// Reads varints of one column, never past `end` by more than one varint's two-byte peek.
///
/// - Precondition: two readable bytes stand behind `end`. What a read took from beyond its column shows when `isAtEnd`
///   is asked, so the hot path compares once a varint.
struct ColumnCursor {
  var next: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>

  init(_ start: UnsafePointer<UInt8>, count: Int) {
    next = start
    end = start + count
  }

  var isAtEnd: Bool { next == end }

  /// The next number; `isBad` becomes true where the column has ended or the spelling is not the shortest.
  @inline(__always)
  mutating func varint(_ isBad: inout Bool) -> UInt64 {
    guard next < end else {
      isBad = true
      return 0
    }
    let first = UInt64(next[0])
    if first < 0x80 {
      next += 1
      return first
    }
    let second = UInt64(next[1])
    if second < 0x80 {
      next += 2
      if second == 0 { isBad = true }
      return first & 0x7f | second << 7
    }
    return longVarint(&isBad)
  }

  @inline(never)
  private mutating func longVarint(_ isBad: inout Bool) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var cursor = next
    while cursor < end {
      let byte = cursor.pointee
      cursor += 1
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        if byte == 0 { break }
        next = cursor
        return value
      }
      shift += 7
    }
    isBad = true
    return 0
  }
}
