import Events
import Market

/// What every canonical block begins with.
struct BlockHeader: Hashable {
  var index: UInt64
  var firstSequence: UInt64
  var limits: BlockLimits
  var eventCount: Int
  var barCount: Int
  var rowBytes: Int
  /// Time in force at the first event: its own where it is an input, else that of the last input before the block.
  var firstTime: Timestamp

  func encode(into bytes: inout ByteBuffer) {
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: JournalFormat.blockMagic >> UInt32(shift)))
    }
    bytes.append(UInt8(JournalFormat.version))
    bytes.appendVarint(index)
    bytes.appendVarint(firstSequence)
    bytes.appendVarint(UInt64(limits.events))
    bytes.appendVarint(UInt64(limits.rowBytes))
    bytes.appendVarint(UInt64(eventCount))
    bytes.appendVarint(UInt64(barCount))
    bytes.appendVarint(UInt64(rowBytes))
    bytes.appendZigzag(firstTime.nanos)
  }

  init(
    index: UInt64, firstSequence: UInt64, limits: BlockLimits, eventCount: Int, barCount: Int, rowBytes: Int,
    firstTime: Timestamp
  ) {
    self.index = index
    self.firstSequence = firstSequence
    self.limits = limits
    self.eventCount = eventCount
    self.barCount = barCount
    self.rowBytes = rowBytes
    self.firstTime = firstTime
  }

  /// Every number is inside its bound when this returns.
  init(_ reader: inout ByteReader) throws(DecodeError) {
    var magic: UInt32 = 0
    for shift in stride(from: 0, to: 32, by: 8) { magic |= UInt32(try reader.readByte()) << UInt32(shift) }
    guard magic == JournalFormat.blockMagic else { throw .valueOutOfRange(field: "block magic", value: Int64(magic)) }
    let version = try reader.readByte()
    guard version == UInt8(JournalFormat.version) else {
      throw .valueOutOfRange(field: "block version", value: Int64(version))
    }
    index = try reader.readVarint()
    firstSequence = try reader.readVarint()
    let eventLimit = try reader.readNumber("event limit", 1...JournalFormat.eventsPerBlockMax)
    let rowLimit = try reader.readNumber("row limit", 1...JournalFormat.rowBytesPerBlockMax)
    limits = BlockLimits(events: eventLimit, rowBytes: rowLimit)
    eventCount = try reader.readNumber("event count", 1...eventLimit)
    barCount = try reader.readNumber("bar count", 0...eventCount)
    rowBytes = try reader.readNumber("row bytes", 0...(rowLimit + JournalFormat.rowBytesMax))
    firstTime = Timestamp(nanos: try reader.readZigzag())
    guard firstSequence <= UInt64.max - UInt64(eventCount) else {
      throw .valueOutOfRange(field: "first sequence", value: .max)
    }
  }
}

extension ByteReader {
  fileprivate mutating func readNumber(_ field: StaticName, _ range: ClosedRange<Int>) throws(DecodeError) -> Int {
    let raw = try readVarint()
    guard let number = Int(exactly: raw), range.contains(number) else {
      throw .valueOutOfRange(field: field, value: Int64(clamping: raw))
    }
    return number
  }
}
