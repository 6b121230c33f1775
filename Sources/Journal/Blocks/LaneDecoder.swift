import Events
import Market

/// Decodes the columns of one lane side by side, a bar a turn, into the bars' places in the block.
struct LaneDecoder {
  let shape: LaneShape
  private var time: ColumnCursor
  private var duration: ColumnCursor
  private var mark: ColumnCursor
  private var open: ColumnCursor
  private var close: ColumnCursor
  private var high: ColumnCursor
  private var low: ColumnCursor
  private var volume: ColumnCursor

  /// - Precondition: the columns lie inside `bytes` and two readable bytes stand behind them.
  init(shape: LaneShape, bytes: UnsafePointer<UInt8>, columnStarts: [8 of Int]) {
    func cursor(_ column: LaneColumn) -> ColumnCursor {
      ColumnCursor(bytes + columnStarts[column.rawValue], count: shape.columnBytes[column.rawValue])
    }
    self.shape = shape
    time = cursor(.time)
    duration = cursor(.duration)
    mark = cursor(.mark)
    open = cursor(.open)
    close = cursor(.close)
    high = cursor(.high)
    low = cursor(.low)
    volume = cursor(.volume)
  }

  /// Returns what is wrong, or nil where every bar is decoded and every spelling was the encoder's.
  mutating func decode(
    into bars: UnsafeMutablePointer<Bar>, positions: UnsafePointer<UInt16>
  ) -> DecodeError? {
    if !shape.timeVaries && !shape.durationVaries && !shape.markVaries {
      return decode(into: bars, positions: positions, timeVaries: false, marksVary: false)
    }
    return decode(
      into: bars, positions: positions, timeVaries: shape.timeVaries,
      marksVary: shape.durationVaries || shape.markVaries)
  }

  /// Inlined twice, so that the lane without gaps, nearly every one, has no branch for them.
  @inline(__always)
  private mutating func decode(
    into bars: UnsafeMutablePointer<Bar>, positions: UnsafePointer<UInt16>, timeVaries: Bool, marksVary: Bool
  ) -> DecodeError? {
    guard var marking = BarMark(byte: shape.mark) ?? BarMark(byte: BarSource.journal.rawValue),
      shape.markVaries || BarMark(byte: shape.mark) != nil
    else { return .valueOutOfRange(field: "source", value: Int64(shape.mark & 0x3f)) }
    let instrument = InstrumentIndex(shape.instrument)
    let priceScale = Scale(exponent: shape.priceExponent)
    let volumeScale = Scale(exponent: shape.volumeExponent)
    let timeUnit = DecimalUnit.all[shape.timeExponent].value
    var isBad = false
    var previousClose: Int64 = 0
    var anyPrice: Int64 = 0
    var anyVolume: Int64 = 0
    // Whether some number shows that a larger unit would not divide: the first bar nearly always does.
    var priceUnitShown = false
    var volumeUnitShown = false
    var openTime = shape.openTime
    var steps = StepCheck()
    var durationNanos = shape.duration
    var marks = MarkCheck()
    for place in 0..<shape.count {
      let openMantissa = previousClose &+ unzigzag(open.varint(&isBad))
      let closeMantissa = openMantissa &+ unzigzag(close.varint(&isBad))
      let highMantissa = max(openMantissa, closeMantissa) &+ Int64(bitPattern: high.varint(&isBad))
      let lowMantissa = min(openMantissa, closeMantissa) &- Int64(bitPattern: low.varint(&isBad))
      let volumeMantissa = Int64(bitPattern: volume.varint(&isBad))
      previousClose = closeMantissa
      anyPrice |= openMantissa | closeMantissa | highMantissa | lowMantissa
      anyVolume |= volumeMantissa
      if !priceUnitShown {
        priceUnitShown =
          openMantissa % 10 != 0 || closeMantissa % 10 != 0 || highMantissa % 10 != 0 || lowMantissa % 10 != 0
      }
      if !volumeUnitShown { volumeUnitShown = volumeMantissa % 10 != 0 }
      if timeVaries, place > 0 {
        let step = steps.next(time.varint(&isBad), exponent: shape.timeExponent, isBad: &isBad)
        openTime = openTime &+ step &* timeUnit
      }
      if marksVary {
        if shape.durationVaries { durationNanos = Int64(bitPattern: duration.varint(&isBad)) }
        if shape.markVaries {
          guard let next = BarMark(byte: mark.byte(&isBad)) else {
            return .valueOutOfRange(field: "source", value: Int64(place))
          }
          marking = next
        }
        marks.note(durationNanos, marking, isFirst: place == 0)
      }
      isBad =
        isBad || !priceScale.holds(openMantissa) || !priceScale.holds(closeMantissa)
        || !priceScale.holds(highMantissa) || !priceScale.holds(lowMantissa) || !volumeScale.holds(volumeMantissa)
      if isBad { return .inconsistent("bar columns") }
      do throws(BarError) {
        bars[Int(positions[place])] = try Bar(
          instrument: instrument, openTime: Timestamp(nanos: openTime), durationNanos: durationNanos,
          open: Price(nanos: openMantissa &* priceScale.unit), high: Price(nanos: highMantissa &* priceScale.unit),
          low: Price(nanos: lowMantissa &* priceScale.unit), close: Price(nanos: closeMantissa &* priceScale.unit),
          volume: Quantity(nanos: volumeMantissa &* volumeScale.unit), source: marking.source,
          isHistorical: marking.isHistorical, closesSlot: marking.closesSlot)
      } catch {
        return .invalidBar(error)
      }
      if !timeVaries { openTime = openTime &+ shape.timeStep }
    }
    guard open.isAtEnd, close.isAtEnd, high.isAtEnd, low.isAtEnd, volume.isAtEnd, time.isAtEnd, duration.isAtEnd,
      mark.isAtEnd
    else { return .inconsistent("column bytes") }
    guard priceUnitShown || (anyPrice == 0 && shape.priceExponent == 0),
      volumeUnitShown || (anyVolume == 0 && shape.volumeExponent == 0)
    else { return .inconsistent("unit") }
    if timeVaries, !steps.isCanonical { return .inconsistent("time steps") }
    if shape.durationVaries, !marks.durationVaries { return .inconsistent("durations") }
    if shape.markVaries, !marks.markVaries { return .inconsistent("marks") }
    return nil
  }

  /// The range of numbers that a unit can be multiplied into without leaving 64 bits or reaching `Int64.min`.
  private struct Scale {
    let unit: Int64
    private let limit: Int64

    init(exponent: Int) {
      unit = DecimalUnit.all[exponent].value
      limit = Int64.max / unit
    }

    @inline(__always)
    func holds(_ mantissa: Int64) -> Bool {
      UInt64(bitPattern: mantissa &+ limit) <= 2 &* UInt64(bitPattern: limit)
    }
  }

  /// Steps from bar to bar, and whether storing them as a column in their unit was the one right spelling.
  private struct StepCheck {
    private var previous: Int64 = 0
    private var first: Int64?
    private var varies = false
    private var unitShown = false

    var isCanonical: Bool { varies && unitShown }

    mutating func next(_ raw: UInt64, exponent: Int, isBad: inout Bool) -> Int64 {
      let step = previous &+ unzigzag(raw)
      previous = step
      if let first { varies = varies || step != first } else { first = step }
      if !unitShown { unitShown = step % 10 != 0 }
      // Without a unit any difference of two instants is right, even one that wrapped.
      if exponent > 0, step.magnitude > UInt64(Int64.max / DecimalUnit.all[exponent].value) { isBad = true }
      return step
    }
  }

  /// Whether durations and marks really vary: a constant column has another spelling.
  private struct MarkCheck {
    private var firstDuration: Int64 = 0
    private var firstMark: UInt8 = 0
    private(set) var durationVaries = false
    private(set) var markVaries = false

    mutating func note(_ duration: Int64, _ mark: BarMark, isFirst: Bool) {
      let byte = mark.source.rawValue | (mark.isHistorical ? 0x40 : 0) | (mark.closesSlot ? 0x80 : 0)
      if isFirst {
        firstDuration = duration
        firstMark = byte
      }
      durationVaries = durationVaries || duration != firstDuration
      markVaries = markVaries || byte != firstMark
    }
  }
}

extension ColumnCursor {
  /// One raw byte of the column.
  mutating func byte(_ isBad: inout Bool) -> UInt8 {
    guard next < end else {
      isBad = true
      return 0
    }
    let byte = next.pointee
    next += 1
    return byte
  }
}
