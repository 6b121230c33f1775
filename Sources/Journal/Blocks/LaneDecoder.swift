import Events
import Market

/// Decodes the columns of one lane into the bars' places in the block, a strip at a time: first each column's numbers of
/// the strip, then the strip's bars from them. Column by column the loops are tight enough to take eight one-byte numbers
/// at once; a strip's numbers stay in the first-level cache.
struct LaneDecoder {
  let shape: LaneShape
  private var columns: [8 of ColumnCursor]
  /// The raw numbers of a strip, column by column.
  private let numbers: UnsafeMutablePointer<UInt64>

  static let stripCount = 256
  static let numberCount = LaneColumn.allCases.count * stripCount

  /// - Precondition: the columns lie inside `bytes`, two readable bytes stand behind them, and `numbers` has room for
  ///   `numberCount`.
  init(
    shape: LaneShape, bytes: UnsafePointer<UInt8>, columnStarts: [8 of Int], numbers: UnsafeMutablePointer<UInt64>
  ) {
    self.shape = shape
    self.numbers = numbers
    columns = .init { column in
      ColumnCursor(bytes + columnStarts[column], count: shape.columnBytes[column])
    }
  }

  /// Returns what is wrong, or nil where every bar is decoded and every spelling was the encoder's.
  mutating func decode(into bars: UnsafeMutablePointer<Bar>, positions: UnsafePointer<UInt16>) -> DecodeError? {
    var strip = LaneStrip(shape: shape, numbers: numbers)
    if !shape.markVaries {
      guard BarMark(byte: shape.mark) != nil else {
        return .valueOutOfRange(field: "source", value: Int64(shape.mark & 0x3f))
      }
    }
    var first = 0
    while first < shape.count {
      let count = min(LaneDecoder.stripCount, shape.count - first)
      guard takeNumbers(count, isFirst: first == 0) else { return .inconsistent("bar columns") }
      if let problem = strip.decode(count, isFirst: first == 0, into: bars, positions: positions + first) {
        return problem
      }
      first += count
    }
    for column in LaneColumn.allCases where !columns[column.rawValue].isAtEnd { return .inconsistent("column bytes") }
    return strip.problemAtEnd
  }

  /// Reads the next `count` numbers of every column that is stored; false where one is cut or misspelled.
  private mutating func takeNumbers(_ count: Int, isFirst: Bool) -> Bool {
    for column in [LaneColumn.open, .close, .high, .low, .volume] {
      guard columns[column.rawValue].take(count, into: strip(column)) else { return false }
    }
    if shape.timeVaries {
      // The lane's first bar has no step in front of it.
      let skipped = isFirst ? 1 : 0
      strip(.time)[0] = 0
      guard columns[LaneColumn.time.rawValue].take(count - skipped, into: strip(.time) + skipped) else { return false }
    }
    if shape.durationVaries {
      guard columns[LaneColumn.duration.rawValue].take(count, into: strip(.duration)) else { return false }
    }
    if shape.markVaries {
      guard columns[LaneColumn.mark.rawValue].takeBytes(count, into: strip(.mark)) else { return false }
    }
    return true
  }

  private func strip(_ column: LaneColumn) -> UnsafeMutablePointer<UInt64> {
    numbers + column.rawValue * LaneDecoder.stripCount
  }
}

extension ColumnCursor {
  /// Reads `count` numbers; false where the column ends before or one is not in its shortest form.
  mutating func take(_ count: Int, into numbers: UnsafeMutablePointer<UInt64>) -> Bool {
    var isBad = false
    var filled = 0
    while filled < count {
      let batch = min(8, count - filled)
      if batch == 8, end - next >= 8 {
        let word = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
        if word & 0x8080_8080_8080_8080 == 0 {
          // On a big-endian machine the first number would be the highest byte.
          let bytes = UInt64(littleEndian: word)
          for place in 0..<8 { numbers[filled + place] = bytes &>> UInt64(8 * place) & 0x7f }
          next += 8
          filled += 8
          continue
        }
      }
      for place in filled..<filled + batch { numbers[place] = varint(&isBad) }
      filled += batch
    }
    return !isBad
  }

  /// Reads `count` raw bytes.
  mutating func takeBytes(_ count: Int, into numbers: UnsafeMutablePointer<UInt64>) -> Bool {
    guard end - next >= count else { return false }
    for place in 0..<count { numbers[place] = UInt64(next[place]) }
    next += count
    return true
  }
}
