import Events
import Market

/// Encodes a block's bars by lane and column: lane count, lane shapes, the order of lanes, then each column of all lanes.
struct BarLanes: ~Copyable {
  private var shapes: [LaneShape] = []
  /// Lane of an instrument plus one; 0 for none. Only entries of the block's instruments are touched and cleared.
  private let laneOfInstrument: Scratch<UInt16>
  private let laneOfBar: Scratch<UInt16>
  /// Bar positions, lane by lane.
  private let positions: Scratch<UInt16>
  private let columns: [8 of ColumnBytes]

  init(capacity: Int) {
    laneOfInstrument = Scratch(capacity: 1 << 16)
    laneOfInstrument.base.initialize(repeating: 0, count: 1 << 16)
    laneOfBar = Scratch(capacity: capacity)
    positions = Scratch(capacity: capacity)
    columns = .init { _ in ColumnBytes(capacity: capacity * 10 + 16) }
  }

  mutating func encode(bars: UnsafePointer<Bar>, count: Int, into canonical: inout ByteBuffer) {
    if count == 0 { return }
    assignLanes(bars, count)
    for column in LaneColumn.allCases { columns[column.rawValue].count = 0 }
    var first = 0
    for lane in shapes.indices {
      let lanePositions = UnsafePointer(positions.base + first)
      var shape = shapes[lane]
      first += shape.count
      measure(&shape, bars, lanePositions)
      write(&shape, bars, lanePositions)
      shapes[lane] = shape
    }
    canonical.appendVarint(UInt64(shapes.count))
    for shape in shapes { shape.encode(into: &canonical) }
    if shapes.count > 1 { appendOrder(count, into: &canonical) }
    for column in LaneColumn.allCases {
      let bytes = columns[column.rawValue]
      canonical.append(bytes: UnsafeRawBufferPointer(start: bytes.memory.base, count: bytes.count))
    }
  }

  /// Numbers lanes in order of first appearance and sorts bar positions by lane.
  private mutating func assignLanes(_ bars: UnsafePointer<Bar>, _ count: Int) {
    shapes.removeAll(keepingCapacity: true)
    let table = laneOfInstrument.base
    for position in 0..<count {
      let instrument = bars[position].instrument.rawValue
      var lane = Int(table[Int(instrument)]) - 1
      if lane < 0 {
        lane = shapes.count
        shapes.append(LaneShape(instrument: instrument))
        table[Int(instrument)] = UInt16(lane + 1)
      }
      laneOfBar.base[position] = UInt16(lane)
      shapes[lane].count += 1
    }
    var starts: [Int] = []
    starts.reserveCapacity(shapes.count)
    var start = 0
    for shape in shapes {
      table[Int(shape.instrument)] = 0
      starts.append(start)
      start += shape.count
    }
    for position in 0..<count {
      let lane = Int(laneOfBar.base[position])
      positions.base[starts[lane]] = UInt16(position)
      starts[lane] += 1
    }
  }

  /// One byte a bar where lane numbers fit, else two, lower first.
  private func appendOrder(_ count: Int, into canonical: inout ByteBuffer) {
    canonical.reserve(2 * count)
    let isWide = shapes.count > 256
    for position in 0..<count {
      let lane = laneOfBar.base[position]
      canonical.append(UInt8(truncatingIfNeeded: lane))
      if isWide { canonical.append(UInt8(truncatingIfNeeded: lane >> 8)) }
    }
  }

  /// Finds what is constant in the lane and the largest units that divide its numbers.
  private func measure(_ shape: inout LaneShape, _ bars: UnsafePointer<Bar>, _ positions: UnsafePointer<UInt16>) {
    let first = bars[Int(positions[0])]
    shape.openTime = first.openTime.nanos
    shape.duration = first.durationNanos
    shape.mark = BarMark.byte(of: first)
    if shape.count > 1 { shape.timeStep = bars[Int(positions[1])].openTime.nanos &- shape.openTime }
    let largest = DecimalUnit.all[DecimalUnit.exponentMax]
    var priceUnit = largest
    var volumeUnit = largest
    var timeUnit = largest
    var anyPrice: Int64 = 0
    var anyVolume: Int64 = 0
    var timeDiffers: Int64 = 0
    var durationDiffers: Int64 = 0
    var markDiffers: UInt8 = 0
    var previousTime = shape.openTime &- shape.timeStep
    for place in 0..<shape.count {
      let bar = bars[Int(positions[place])]
      let (open, high, low, close) = (bar.open.nanos, bar.high.nanos, bar.low.nanos, bar.close.nanos)
      anyPrice |= open | high | low | close
      if !(priceUnit.divides(open) && priceUnit.divides(high) && priceUnit.divides(low) && priceUnit.divides(close)) {
        priceUnit = .common(.common(.common(.common(priceUnit, open), high), low), close)
      }
      anyVolume |= bar.volume.nanos
      if !volumeUnit.divides(bar.volume.nanos) { volumeUnit = .common(volumeUnit, bar.volume.nanos) }
      let step = bar.openTime.nanos &- previousTime
      previousTime = bar.openTime.nanos
      timeDiffers |= step ^ shape.timeStep
      if place > 0, !timeUnit.divides(step) { timeUnit = .common(timeUnit, step) }
      durationDiffers |= bar.durationNanos ^ shape.duration
      markDiffers |= BarMark.byte(of: bar) ^ shape.mark
    }
    shape.priceExponent = anyPrice == 0 ? 0 : priceUnit.exponent
    shape.volumeExponent = anyVolume == 0 ? 0 : volumeUnit.exponent
    shape.timeVaries = timeDiffers != 0
    shape.timeExponent = timeUnit.exponent
    shape.durationVaries = durationDiffers != 0
    shape.markVaries = markDiffers != 0
  }

  /// Writes the lane's columns behind those of the lanes before.
  private func write(_ shape: inout LaneShape, _ bars: UnsafePointer<Bar>, _ positions: UnsafePointer<UInt16>) {
    let priceUnit = DecimalUnit.all[shape.priceExponent]
    let volumeUnit = DecimalUnit.all[shape.volumeExponent]
    var openCursor = columns[LaneColumn.open.rawValue].end
    var closeCursor = columns[LaneColumn.close.rawValue].end
    var highCursor = columns[LaneColumn.high.rawValue].end
    var lowCursor = columns[LaneColumn.low.rawValue].end
    var volumeCursor = columns[LaneColumn.volume.rawValue].end
    var previousClose: Int64 = 0
    for place in 0..<shape.count {
      let bar = bars[Int(positions[place])]
      let open = priceUnit.quotient(bar.open.nanos)
      let high = priceUnit.quotient(bar.high.nanos)
      let low = priceUnit.quotient(bar.low.nanos)
      let close = priceUnit.quotient(bar.close.nanos)
      // Differences wrap: of two numbers anywhere in 64 bits, the second is found again from the first.
      putVarint(zigzag(open &- previousClose), at: &openCursor)
      putVarint(zigzag(close &- open), at: &closeCursor)
      putVarint(UInt64(bitPattern: high &- max(open, close)), at: &highCursor)
      putVarint(UInt64(bitPattern: min(open, close) &- low), at: &lowCursor)
      putVarint(UInt64(bitPattern: volumeUnit.quotient(bar.volume.nanos)), at: &volumeCursor)
      previousClose = close
    }
    shape.columnBytes[LaneColumn.open.rawValue] = columns[LaneColumn.open.rawValue].grow(to: openCursor)
    shape.columnBytes[LaneColumn.close.rawValue] = columns[LaneColumn.close.rawValue].grow(to: closeCursor)
    shape.columnBytes[LaneColumn.high.rawValue] = columns[LaneColumn.high.rawValue].grow(to: highCursor)
    shape.columnBytes[LaneColumn.low.rawValue] = columns[LaneColumn.low.rawValue].grow(to: lowCursor)
    shape.columnBytes[LaneColumn.volume.rawValue] = columns[LaneColumn.volume.rawValue].grow(to: volumeCursor)
    if shape.timeVaries { writeTimes(&shape, bars, positions) }
    if shape.durationVaries || shape.markVaries { writeMarks(&shape, bars, positions) }
  }

  private func writeTimes(_ shape: inout LaneShape, _ bars: UnsafePointer<Bar>, _ positions: UnsafePointer<UInt16>) {
    let unit = DecimalUnit.all[shape.timeExponent]
    var cursor = columns[LaneColumn.time.rawValue].end
    var previousTime = shape.openTime
    var previousStep: Int64 = 0
    for place in 1..<shape.count {
      let time = bars[Int(positions[place])].openTime.nanos
      let step = unit.quotient(time &- previousTime)
      putVarint(zigzag(step &- previousStep), at: &cursor)
      previousTime = time
      previousStep = step
    }
    shape.columnBytes[LaneColumn.time.rawValue] = columns[LaneColumn.time.rawValue].grow(to: cursor)
  }

  private func writeMarks(_ shape: inout LaneShape, _ bars: UnsafePointer<Bar>, _ positions: UnsafePointer<UInt16>) {
    var durationCursor = columns[LaneColumn.duration.rawValue].end
    var markCursor = columns[LaneColumn.mark.rawValue].end
    for place in 0..<shape.count {
      let bar = bars[Int(positions[place])]
      if shape.durationVaries { putVarint(UInt64(bar.durationNanos), at: &durationCursor) }
      if shape.markVaries {
        markCursor.pointee = BarMark.byte(of: bar)
        markCursor += 1
      }
    }
    shape.columnBytes[LaneColumn.duration.rawValue] = columns[LaneColumn.duration.rawValue].grow(to: durationCursor)
    shape.columnBytes[LaneColumn.mark.rawValue] = columns[LaneColumn.mark.rawValue].grow(to: markCursor)
  }
}

/// The bytes of one column, of all lanes so far.
private final class ColumnBytes {
  let memory: Scratch<UInt8>
  var count = 0

  init(capacity: Int) { memory = Scratch(capacity: capacity) }

  var end: UnsafeMutablePointer<UInt8> { memory.base + count }

  /// Takes what was written up to `cursor` and returns how many bytes that is.
  func grow(to cursor: UnsafeMutablePointer<UInt8>) -> Int {
    let grown = cursor - end
    count += grown
    return grown
  }
}
