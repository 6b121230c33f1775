import Events
import Market

/// Makes bars from the numbers of a strip, and carries what one strip hands to the next.
///
/// Also keeps count of whether the lane could have been spelled otherwise: a larger unit, a constant instead of a column.
struct LaneStrip {
  private let shape: LaneShape
  private let open: UnsafePointer<UInt64>
  private let close: UnsafePointer<UInt64>
  private let high: UnsafePointer<UInt64>
  private let low: UnsafePointer<UInt64>
  private let volume: UnsafePointer<UInt64>
  private let time: UnsafePointer<UInt64>
  private let duration: UnsafePointer<UInt64>
  private let mark: UnsafePointer<UInt64>
  private let priceScale: Scale
  private let volumeScale: Scale
  private var previousClose: Int64 = 0
  private var openTime: Int64
  private var anyPrice: Int64 = 0
  private var anyVolume: Int64 = 0
  /// Whether some number shows that a larger unit would not divide: the first bar's do nearly always.
  private var priceUnitShown = false
  private var volumeUnitShown = false
  private var steps = StepCheck()
  private var marks = MarkCheck()

  init(shape: LaneShape, numbers: UnsafeMutablePointer<UInt64>) {
    func strip(_ column: LaneColumn) -> UnsafePointer<UInt64> {
      UnsafePointer(numbers + column.rawValue * LaneDecoder.stripCount)
    }
    self.shape = shape
    open = strip(.open)
    close = strip(.close)
    high = strip(.high)
    low = strip(.low)
    volume = strip(.volume)
    time = strip(.time)
    duration = strip(.duration)
    mark = strip(.mark)
    priceScale = Scale(exponent: shape.priceExponent)
    volumeScale = Scale(exponent: shape.volumeExponent)
    openTime = shape.openTime
  }

  /// Makes `count` bars and puts them into their places.
  mutating func decode(
    _ count: Int, isFirst: Bool, into bars: UnsafeMutablePointer<Bar>, positions: UnsafePointer<UInt16>
  ) -> DecodeError? {
    noteUnits(count)
    if shape.timeVaries || shape.durationVaries || shape.markVaries {
      return decode(count, isFirst: isFirst, into: bars, positions: positions, isPlain: false)
    }
    return decode(count, isFirst: isFirst, into: bars, positions: positions, isPlain: true)
  }

  /// Inlined twice, so that the lane without gaps, the usual one, has no branch for them.
  @inline(__always)
  private mutating func decode(
    _ count: Int, isFirst: Bool, into bars: UnsafeMutablePointer<Bar>, positions: UnsafePointer<UInt16>,
    isPlain: Bool
  ) -> DecodeError? {
    let instrument = InstrumentIndex(shape.instrument)
    var marking = BarMark(byte: shape.mark) ?? BarMark.placeholder
    var durationNanos = shape.duration
    var openTime = self.openTime
    var previousClose = self.previousClose
    let (priceScale, volumeScale) = (self.priceScale, self.volumeScale)
    for place in 0..<count {
      let openMantissa = previousClose &+ unzigzag(open[place])
      let closeMantissa = openMantissa &+ unzigzag(close[place])
      let highMantissa = max(openMantissa, closeMantissa) &+ Int64(bitPattern: high[place])
      let lowMantissa = min(openMantissa, closeMantissa) &- Int64(bitPattern: low[place])
      let volumeMantissa = Int64(bitPattern: volume[place])
      previousClose = closeMantissa
      if !isPlain {
        if shape.timeVaries, !(isFirst && place == 0) {
          guard let step = steps.next(time[place], exponent: shape.timeExponent) else {
            return .inconsistent("time steps")
          }
          openTime = openTime &+ step
        }
        if shape.durationVaries { durationNanos = Int64(bitPattern: duration[place]) }
        if shape.markVaries {
          guard let next = BarMark(byte: UInt8(truncatingIfNeeded: mark[place])) else {
            return .valueOutOfRange(field: "source", value: Int64(bitPattern: mark[place]))
          }
          marking = next
        }
        let byte = shape.markVaries ? UInt8(truncatingIfNeeded: mark[place]) : shape.mark
        marks.note(durationNanos, byte, isFirst: isFirst && place == 0)
      }
      guard priceScale.holds(openMantissa), priceScale.holds(closeMantissa), priceScale.holds(highMantissa),
        priceScale.holds(lowMantissa), volumeScale.holds(volumeMantissa)
      else { return .inconsistent("bar columns") }
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
      if isPlain || !shape.timeVaries { openTime = openTime &+ shape.timeStep }
    }
    self.openTime = openTime
    self.previousClose = previousClose
    return nil
  }

  /// Looks for a number that the next larger unit does not divide; stops looking once there is one.
  private mutating func noteUnits(_ count: Int) {
    if priceUnitShown && volumeUnitShown { return }
    var previous = previousClose
    for place in 0..<count {
      let openMantissa = previous &+ unzigzag(open[place])
      let closeMantissa = openMantissa &+ unzigzag(close[place])
      let highMantissa = max(openMantissa, closeMantissa) &+ Int64(bitPattern: high[place])
      let lowMantissa = min(openMantissa, closeMantissa) &- Int64(bitPattern: low[place])
      let volumeMantissa = Int64(bitPattern: volume[place])
      previous = closeMantissa
      anyPrice |= openMantissa | closeMantissa | highMantissa | lowMantissa
      anyVolume |= volumeMantissa
      priceUnitShown =
        priceUnitShown || openMantissa % 10 != 0 || closeMantissa % 10 != 0 || highMantissa % 10 != 0
        || lowMantissa % 10 != 0
      volumeUnitShown = volumeUnitShown || volumeMantissa % 10 != 0
      if priceUnitShown && volumeUnitShown { return }
    }
  }

  /// What is wrong with the lane as a whole once all its bars are decoded.
  var problemAtEnd: DecodeError? {
    guard priceUnitShown || (anyPrice == 0 && shape.priceExponent == 0),
      volumeUnitShown || (anyVolume == 0 && shape.volumeExponent == 0)
    else { return .inconsistent("unit") }
    if shape.timeVaries, !steps.isCanonical { return .inconsistent("time steps") }
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

    /// The next step in nanoseconds; nil where it leaves 64 bits.
    mutating func next(_ raw: UInt64, exponent: Int) -> Int64? {
      let step = previous &+ unzigzag(raw)
      previous = step
      if let first { varies = varies || step != first } else { first = step }
      if !unitShown { unitShown = step % 10 != 0 }
      // Without a unit any difference of two instants is right, even one that wrapped.
      if exponent == 0 { return step }
      let (nanos, overflowed) = step.multipliedReportingOverflow(by: DecimalUnit.all[exponent].value)
      return overflowed ? nil : nanos
    }
  }

  /// Whether durations and marks really vary: a constant column has another spelling.
  private struct MarkCheck {
    private var firstDuration: Int64 = 0
    private var firstMark: UInt8 = 0
    private(set) var durationVaries = false
    private(set) var markVaries = false

    mutating func note(_ duration: Int64, _ mark: UInt8, isFirst: Bool) {
      if isFirst {
        firstDuration = duration
        firstMark = mark
      }
      durationVaries = durationVaries || duration != firstDuration
      markVaries = markVaries || mark != firstMark
    }
  }
}
