/// Where the fields of one row stand; used again for the next row.
struct RowFields: ~Copyable {
  private let delimiter: UInt8
  private let delimiterLanes: UInt64
  /// Offset of the byte behind each field.
  private let ends: UnsafeMutablePointer<Int>

  init(delimiter: UInt8) {
    self.delimiter = delimiter
    delimiterLanes = UInt64(delimiter) &* 0x0101_0101_0101_0101
    ends = .allocate(capacity: RowLimits.fieldCountMax)
  }

  deinit { ends.deallocate() }

  /// Finds the delimiters of the line at `start`, eight bytes at a time.
  ///
  /// - Precondition: a line feed follows, and seven more bytes may be read behind it.
  /// - Returns: the number of fields, of which the first `RowLimits.fieldCountMax` are known, and where the next line begins.
  @inline(__always)
  func split(_ bytes: UnsafePointer<UInt8>, _ start: Int) -> (fieldCount: Int, nextRow: Int) {
    var count = 0
    var offset = start
    while true {
      let word = UnsafeRawPointer(bytes + offset).loadUnaligned(as: UInt64.self)
      var hits = Lanes.zeroBytes(word ^ delimiterLanes) | Lanes.zeroBytes(word ^ Lanes.lineFeeds)
      while hits != 0 {
        let place = offset &+ (hits.trailingZeroBitCount &>> 3)
        // Fields beyond the limit are counted; the last place always holds the line's end.
        ends[min(count, RowLimits.fieldCountMax &- 1)] = place
        count &+= 1
        if bytes[place] == UInt8(ascii: "\n") { return finish(bytes, start, count, place) }
        hits &= hits &- 1
      }
      offset &+= 8
    }
  }

  /// As `split`, minding quotes; text with any takes this slower way.
  func splitQuoted(_ bytes: UnsafePointer<UInt8>, _ start: Int) -> (fieldCount: Int, nextRow: Int) {
    var count = 0
    var offset = start
    var isQuoted = false
    while true {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: "\n") || (byte == delimiter && !isQuoted) {
        ends[min(count, RowLimits.fieldCountMax - 1)] = offset
        count += 1
        if byte == UInt8(ascii: "\n") { return finish(bytes, start, count, offset) }
      }
      offset += 1
    }
  }

  /// Takes the carriage return of Windows' line ends off the last field.
  @inline(__always)
  private func finish(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int, _ lineFeed: Int
  ) -> (fieldCount: Int, nextRow: Int) {
    if lineFeed > start, bytes[lineFeed &- 1] == UInt8(ascii: "\r") {
      ends[min(count, RowLimits.fieldCountMax) &- 1] = lineFeed &- 1
    }
    return (count, lineFeed &+ 1)
  }

  @inline(__always)
  func isEmptyLine(_ rowStart: Int) -> Bool { ends[0] == rowStart }

  /// - Precondition: the row has a field at `place`, counted from 0.
  @inline(__always)
  func range(
    _ place: Int, _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ hasQuotes: Bool
  ) -> (start: Int, end: Int) {
    var start = place == 0 ? rowStart : ends[place &- 1] &+ 1
    var end = ends[place]
    if hasQuotes, end &- start >= 2, bytes[start] == UInt8(ascii: "\""), bytes[end &- 1] == UInt8(ascii: "\"") {
      start &+= 1
      end &-= 1
    }
    return (start, end)
  }
}

/// Comparisons of eight bytes at once.
private enum Lanes {
  static let lineFeeds: UInt64 = 0x0a0a_0a0a_0a0a_0a0a

  /// The top bit of each byte of `word` that is zero, exactly (Hacker's Delight, 6–1).
  @inline(__always)
  static func zeroBytes(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    return ~(((word & low) &+ low) | word | low)
  }
}
