import Events
import Market

/// The columns of a lane, in the order in which they stand in the block.
enum LaneColumn: Int, CaseIterable {
  case time, duration, mark, open, close, high, low, volume
}

/// What a block says about one lane, the bars of one instrument, before their columns.
struct LaneShape {
  var instrument: UInt16
  var count = 0
  /// Of the lane's first bar.
  var openTime: Int64 = 0
  /// From each bar to the next, where it is always the same.
  var timeStep: Int64 = 0
  var timeVaries = false
  /// Of the steps, where they vary.
  var timeExponent = 0
  var duration: Int64 = 0
  var durationVaries = false
  /// Source and flags: see `BarMark`.
  var mark: UInt8 = 0
  var markVaries = false
  var priceExponent = 0
  var volumeExponent = 0
  /// Bytes of each column; 0 for one that is constant.
  var columnBytes: [8 of Int] = .init(repeating: 0)

  init(instrument: UInt16) { self.instrument = instrument }

  func encode(into bytes: inout ByteBuffer) {
    bytes.appendVarint(UInt64(instrument))
    bytes.appendVarint(UInt64(count))
    bytes.append((timeVaries ? 1 : 0) | (durationVaries ? 2 : 0) | (markVaries ? 4 : 0))
    bytes.append(UInt8(priceExponent))
    bytes.append(UInt8(volumeExponent))
    bytes.appendZigzag(openTime)
    if timeVaries { bytes.append(UInt8(timeExponent)) } else if count > 1 { bytes.appendZigzag(timeStep) }
    if !durationVaries { bytes.appendVarint(UInt64(duration)) }
    if !markVaries { bytes.append(mark) }
    for column in LaneColumn.allCases where isStored(column) {
      bytes.appendVarint(UInt64(columnBytes[column.rawValue]))
    }
  }

  /// - Parameter barsLeft: how many bars of the block no lane before has taken.
  init(_ reader: inout ByteReader, barsLeft: Int) throws(DecodeError) {
    instrument = try reader.readInstrument().rawValue
    let rawCount = try reader.readVarint()
    guard rawCount >= 1, rawCount <= UInt64(barsLeft) else {
      throw .valueOutOfRange(field: "lane bars", value: Int64(clamping: rawCount))
    }
    count = Int(rawCount)
    let form = try reader.readByte()
    guard form < 8 else { throw .valueOutOfRange(field: "lane form", value: Int64(form)) }
    timeVaries = form & 1 != 0
    durationVaries = form & 2 != 0
    markVaries = form & 4 != 0
    priceExponent = try reader.readExponent("price exponent")
    volumeExponent = try reader.readExponent("volume exponent")
    openTime = try reader.readZigzag()
    if timeVaries {
      timeExponent = try reader.readExponent("time exponent")
    } else if count > 1 {
      timeStep = try reader.readZigzag()
    }
    if !durationVaries {
      let raw = try reader.readVarint()
      guard raw <= UInt64(Int64.max) else { throw .valueOutOfRange(field: "duration", value: .max) }
      duration = Int64(raw)
    }
    if !markVaries { mark = try reader.readByte() }
    for column in LaneColumn.allCases where isStored(column) {
      let raw = try reader.readVarint()
      // A column has at least a byte a number; the first bar's time is not in the column.
      let countMin = column == .time ? count - 1 : count
      guard raw >= UInt64(countMin), raw <= UInt64(10 * count) else {
        throw .valueOutOfRange(field: "column bytes", value: Int64(clamping: raw))
      }
      columnBytes[column.rawValue] = Int(raw)
    }
  }

  private func isStored(_ column: LaneColumn) -> Bool {
    switch column {
    case .time: timeVaries
    case .duration: durationVaries
    case .mark: markVaries
    case .open, .close, .high, .low, .volume: true
    }
  }
}

extension ByteReader {
  fileprivate mutating func readExponent(_ field: StaticName) throws(DecodeError) -> Int {
    let raw = try readByte()
    guard raw <= UInt8(DecimalUnit.exponentMax) else { throw .valueOutOfRange(field: field, value: Int64(raw)) }
    return Int(raw)
  }
}
