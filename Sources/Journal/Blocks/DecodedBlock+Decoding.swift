import Events
import Market

/// Canonical bytes to events. Every number is checked before it bounds a loop or an allocation, and every spelling but
/// the encoder's is refused, so that encoding the result gives the same bytes again.
///
/// What stays unchecked here, because reading must be fast: the fields inside rows, and that times never decrease.
/// `verifyJournal` checks both.
extension DecodedBlock {
  /// Decodes canonical bytes from elsewhere.
  mutating func decode(copying bytes: ArraySlice<UInt8>) throws(DecodeError) {
    canonical.reserve(bytes.count + DecodedBlock.slack)
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { canonical.base.update(from: start, count: source.count) }
    }
    (canonical.base + bytes.count).update(repeating: 0, count: DecodedBlock.slack)
    canonicalCount = bytes.count
    try decode()
  }

  /// Decodes `canonical[0..<canonicalCount]`.
  mutating func decode() throws(DecodeError) {
    var reader = ByteReader(canonicalBytes)
    let header = try BlockHeader(&reader)
    index = header.index
    firstSequence = header.firstSequence
    eventCount = header.eventCount
    firstTime = header.firstTime
    limits = header.limits
    rowBytes = header.rowBytes
    guard rowBytes <= reader.remaining else { throw .endOfBytes(offset: reader.offset) }
    try readRuns(&reader, barCount: header.barCount)
    resizeBars(header.barCount)
    if header.barCount > 0 { try readBars(&reader) }
    guard reader.remaining == rowBytes else { throw .bytesLeftOver(count: reader.remaining - rowBytes) }
    try checkRows(&reader)
  }

  private mutating func readRuns(_ reader: inout ByteReader, barCount: Int) throws(DecodeError) {
    storedRuns.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    var eventsLeft = eventCount
    var barsLeft = barCount
    while eventsLeft > 0 {
      let isBars = storedRuns.count % 2 == 0
      let raw = try reader.readVarint()
      let countMin: UInt64 = storedRuns.isEmpty ? 0 : 1
      guard raw >= countMin, raw <= UInt64(eventsLeft) else {
        throw .valueOutOfRange(field: "run length", value: Int64(clamping: raw))
      }
      let count = Int(raw)
      storedRuns.append(count)
      eventsLeft -= count
      if isBars { barsLeft -= count }
      if count > 0 { runs.append(BlockRun(isBars: isBars, count: count)) }
    }
    guard barsLeft == 0 else { throw .inconsistent("bar count") }
  }

  /// Gives `bars` its count without touching those that are there: every one is overwritten.
  private mutating func resizeBars(_ count: Int) {
    if bars.count > count {
      bars.removeLast(bars.count - count)
    } else if bars.count < count {
      bars.append(contentsOf: repeatElement(DecodedBlock.placeholder, count: count - bars.count))
    }
  }

  private static let placeholder: Bar = {
    do throws(BarError) {
      return try Bar(
        instrument: InstrumentIndex(UInt16(0)), openTime: Timestamp(nanos: 0), durationNanos: 1, open: .zero,
        high: .zero, low: .zero, close: .zero, volume: .zero, source: .journal)
    } catch {
      fatalError("a flat bar is a bar: \(error)")
    }
  }()

  private mutating func readBars(_ reader: inout ByteReader) throws(DecodeError) {
    let laneCount = try reader.readCount()
    guard laneCount >= 1, laneCount <= bars.count else {
      throw .valueOutOfRange(field: "lane count", value: Int64(laneCount))
    }
    lanes.shapes.removeAll(keepingCapacity: true)
    var barsLeft = bars.count
    for _ in 0..<laneCount {
      let shape = try LaneShape(&reader, barsLeft: barsLeft)
      barsLeft -= shape.count
      lanes.shapes.append(shape)
    }
    guard barsLeft == 0 else { throw .inconsistent("lane bars") }
    try checkInstruments()
    try readOrder(&reader)

    var columnStarts: [8 of Int] = .init(repeating: 0)
    var start = reader.offset
    for column in LaneColumn.allCases {
      columnStarts[column.rawValue] = start
      for shape in lanes.shapes { start += shape.columnBytes[column.rawValue] }
    }
    _ = try reader.readBytes(start - reader.offset)
    var first = 0
    for lane in lanes.shapes.indices {
      try decodeLane(lane, firstPosition: first, columnStarts: columnStarts)
      first += lanes.shapes[lane].count
      for column in LaneColumn.allCases {
        columnStarts[column.rawValue] += lanes.shapes[lane].columnBytes[column.rawValue]
      }
    }
  }

  private func checkInstruments() throws(DecodeError) {
    if lanes.shapes.count == 1 { return }
    let sorted = lanes.shapes.map(\.instrument).sorted()
    for position in 1..<sorted.count where sorted[position] == sorted[position - 1] {
      throw .inconsistent("lane instrument")
    }
  }

  /// Fills `lanes.positions`: where each lane's bars stand in the block, lane by lane.
  private mutating func readOrder(_ reader: inout ByteReader) throws(DecodeError) {
    let count = bars.count
    lanes.positions.reserve(count)
    let positions = lanes.positions.base
    let laneCount = lanes.shapes.count
    if laneCount == 1 {
      for position in 0..<count { positions[position] = UInt16(position) }
      return
    }
    lanes.starts.removeAll(keepingCapacity: true)
    lanes.ends.removeAll(keepingCapacity: true)
    var start = 0
    for shape in lanes.shapes {
      lanes.starts.append(start)
      start += shape.count
      lanes.ends.append(start)
    }
    let isWide = laneCount > 256
    let bytes = try reader.readBytes(isWide ? 2 * count : count)
    var lanesSeen = 0
    for position in 0..<count {
      let lane = isWide ? Int(bytes[2 * position]) | Int(bytes[2 * position + 1]) << 8 : Int(bytes[position])
      // Lanes are numbered by first appearance; any other numbering would spell the same bars differently.
      guard lane <= lanesSeen, lane < laneCount else { throw .inconsistent("lane order") }
      if lane == lanesSeen { lanesSeen += 1 }
      guard lanes.starts[lane] < lanes.ends[lane] else { throw .inconsistent("lane order") }
      positions[lanes.starts[lane]] = UInt16(position)
      lanes.starts[lane] += 1
    }
  }

  private mutating func decodeLane(
    _ lane: Int, firstPosition: Int, columnStarts: [8 of Int]
  ) throws(DecodeError) {
    let positions = UnsafePointer(lanes.positions.base + firstPosition)
    let bytes = UnsafePointer(canonical.base)
    let numbers = lanes.numbers.base
    let shape = lanes.shapes[lane]
    // The closure can't carry a typed error out, so the outcome leaves as a value.
    let problem: DecodeError? = bars.withUnsafeMutableBufferPointer { bars in
      guard let target = bars.baseAddress else { return .inconsistent("bar count") }
      var decoder = LaneDecoder(shape: shape, bytes: bytes, columnStarts: columnStarts, numbers: numbers)
      return decoder.decode(into: target, positions: positions)
    }
    if let problem { throw problem }
  }

  private func checkRows(_ reader: inout ByteReader) throws(DecodeError) {
    // The header repeats the time of a first event that is an input.
    var firstRow = reader
    let ownTime = runs[0].isBars ? bars[0].knownAt : try RowHeader(&firstRow).time
    if let ownTime, ownTime != firstTime { throw .inconsistent("first time") }
    var count = 0
    for run in runs where !run.isBars { count += run.count }
    for _ in 0..<count {
      let row = try RowHeader(&reader)
      guard row.kind != BarObserved.kind else { throw .inconsistent("bar as row") }
      guard row.bytes <= JournalFormat.rowBytesMax else { throw .inconsistent("row bytes") }
    }
    try reader.requireEnd()
  }
}
