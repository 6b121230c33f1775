package import Market

/// When a bar opens and how long it lasts.
struct BarInterval: BitwiseCopyable {
  let openNanos: Int64
  let durationNanos: Int64
}

/// Turns written times into intervals by a specification's zone, stamp, bar length and calendar.
struct BarClock {
  private let length: BarLength
  private let zone: ImportZone
  private let isStampedAtClose: Bool
  private let isEpoch: Bool
  private let calendar: TradingCalendar
  private let hours: ExpectedHours

  /// The day in New York whose offset is known, and that offset where it holds all day.
  private var zoneDay: Int64 = .min
  private var zoneOffsetNanos: Int64?

  /// The day whose session is known.
  private var sessionDay: Int64 = .min
  private var session = BarInterval(openNanos: 0, durationNanos: 1)

  /// The stretch of one phase in which the last bar lay.
  private var phaseSpan = PhaseSpan()

  private let keepsIrregularDates: Bool
  /// Dates that the calendar doesn't know as sessions although the file has bars on them.
  private(set) var irregular = IrregularDates()

  init(_ specification: ImportSpecification) {
    length = specification.barLength
    zone = specification.zone
    isStampedAtClose = specification.stamp == .close
    isEpoch = specification.timeFormat.content == .epoch
    calendar = TradingCalendar(specification.calendar)
    hours = specification.hours
    keepsIrregularDates = specification.outsideSession == .flag
  }

  /// - Returns: nil where 64 bits of nanoseconds don't hold the instant.
  @inline(__always)
  mutating func interval(_ parts: TimeParts) -> BarInterval? {
    switch length {
    case .session: return sessionInterval(parts)
    case .nanos(let nanos):
      guard let written = instant(parts) else { return nil }
      if !isStampedAtClose { return BarInterval(openNanos: written, durationNanos: nanos) }
      let (open, overflowed) = written.subtractingReportingOverflow(nanos)
      return overflowed ? nil : BarInterval(openNanos: open, durationNanos: nanos)
    }
  }

  /// Whether the calendar has no trading that the specification expects during a bar.
  ///
  /// A bar that reaches into a session is inside, however far it reaches beyond; the usual bar costs two comparisons.
  @inline(__always)
  mutating func isOutsideSession(_ interval: BarInterval) -> Bool { !isExpected(phase(of: interval)) }

  @inline(__always)
  mutating func phase(of interval: BarInterval) -> MarketPhase {
    calendar.phase(
      from: Timestamp(nanos: interval.openNanos), to: Timestamp(nanos: interval.openNanos &+ interval.durationNanos),
      cached: &phaseSpan)
  }

  @inline(__always)
  private func isExpected(_ phase: MarketPhase) -> Bool {
    switch phase {
    case .regular: true
    case .pre, .post: hours == .extended
    case .closed, .break: false
    }
  }

  /// - Precondition: the bar of `interval` is outside.
  mutating func outsideFault(_ interval: BarInterval) -> RowFault {
    let openTime = Timestamp(nanos: interval.openNanos)
    let date = calendar.sessionDate(of: openTime)
    // Why there was no session; what kept a session from its hours explains no bar at night.
    var remark: String?
    if calendar.session(on: date) == nil {
      remark = calendar.remark(on: date).map { "\($0)" } ?? date.weekday.name
    }
    return .outsideSession(openTime: openTime, phase: phase(of: interval), calendar: calendar.name, remark: remark)
  }

  /// The days of 1677-09-22 … 2262-04-10, every instant of which fits with hours to spare for an offset.
  private static let daysHeld: ClosedRange<Int64> = -106_750...106_750

  @inline(__always)
  private mutating func instant(_ parts: TimeParts) -> Int64? {
    if isEpoch { return parts.nanos }
    guard BarClock.daysHeld.contains(parts.day) else { return nil }
    let wall = parts.day &* Timestamp.nanosPerDay &+ parts.nanos
    if parts.hasOffset { return wall &- parts.offsetNanos }
    switch zone {
    case .utc: return wall
    case .newYork:
      if parts.day != zoneDay { learnOffset(day: parts.day) }
      if let zoneOffsetNanos { return wall &- zoneOffsetNanos }
      return BarClock.newYork(day: parts.day, nanosOfDay: parts.nanos)?.nanos
    }
  }

  /// Clocks are moved twice a year; on all other days one offset holds from midnight to midnight.
  @inline(never)
  private mutating func learnOffset(day: Int64) {
    zoneDay = day
    zoneOffsetNanos = nil
    guard let first = BarClock.newYork(day: day, nanosOfDay: 0),
      let last = BarClock.newYork(day: day, nanosOfDay: Timestamp.nanosPerDay - 1)
    else { return }
    let offset = NewYorkTime.offsetSeconds(at: first)
    if offset == NewYorkTime.offsetSeconds(at: last) { zoneOffsetNanos = offset * Timestamp.nanosPerSecond }
  }

  private static func newYork(day: Int64, nanosOfDay: Int64) -> Timestamp? {
    NewYorkTime.timestamp(CivilTime(date: CivilDate(daysSinceEpoch: day), nanosOfDay: nanosOfDay))
  }

  @inline(never)
  private mutating func sessionInterval(_ parts: TimeParts) -> BarInterval? {
    let day = isEpoch ? calendar.sessionDate(of: Timestamp(nanos: parts.nanos)).daysSinceEpoch : parts.day
    guard BarClock.daysHeld.contains(day) else { return nil }
    if day == sessionDay { return session }
    let date = CivilDate(daysSinceEpoch: day)
    if let known = calendar.session(on: date) {
      session = BarInterval(openNanos: known.open.nanos, durationNanos: known.close.nanos - known.open.nanos)
    } else {
      // Special Saturdays, closures that the list lacks, a vendor's slip: the bar is kept with regular hours and reported.
      guard let regular = calendar.regularSession(on: date) else { return nil }
      session = BarInterval(openNanos: regular.open.nanos, durationNanos: regular.close.nanos - regular.open.nanos)
      if keepsIrregularDates { irregular.append(date) }
    }
    sessionDay = day
    return session
  }
}

/// Dates with bars that the calendar has no session for: how many, and the first of them.
package struct IrregularDates: Hashable, Sendable {
  package private(set) var first: [CivilDate] = []
  package private(set) var count = 0
  package static let shownMax = 10

  mutating func append(_ date: CivilDate) {
    count += 1
    if first.count < IrregularDates.shownMax { first.append(date) }
  }

  mutating func append(_ other: IrregularDates) {
    count += other.count
    first.append(contentsOf: other.first.prefix(IrregularDates.shownMax - first.count))
  }
}
