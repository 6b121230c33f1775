/// What a market does at an instant.
public enum MarketPhase: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Nights, weekends, holidays.
  case closed = 0
  /// Before the regular session, from 04:00 in New York.
  case pre = 1
  case regular = 2
  /// After the regular session, to 20:00 in New York.
  case post = 3
  /// The hour from 16:00 to 17:00 in Chicago between two sessions of CME's currency futures.
  case `break` = 4
}

/// A stretch of time during which a calendar's phase stays the same, and which one: the answer of a calendar that is worth keeping.
///
/// A value made by `init()` holds no instant, so that the first question fills it.
public struct PhaseSpan: BitwiseCopyable, Hashable, Sendable {
  public let start: Timestamp
  /// The first instant that is not in it any more; the last instant of time where nothing follows.
  public let end: Timestamp
  public let phase: MarketPhase

  @inlinable
  public init(start: Timestamp, end: Timestamp, phase: MarketPhase) {
    self.start = start
    self.end = end
    self.phase = phase
  }

  @inlinable
  public init() { self.init(start: Timestamp(nanos: 0), end: Timestamp(nanos: 0), phase: .closed) }

  @inlinable
  public func contains(_ instant: Timestamp) -> Bool { instant >= start && instant < end }
}

extension TradingCalendar {
  /// The phase at `instant`.
  public func phase(at instant: Timestamp) -> MarketPhase { span(at: instant).phase }

  /// As `phase(at:)`, at the cost of two comparisons as long as time stays in one stretch.
  /// - Parameter cached: a stretch of this calendar, or `PhaseSpan()`; replaced when it doesn't hold `instant`.
  @inlinable
  public func phase(at instant: Timestamp, cached: inout PhaseSpan) -> MarketPhase {
    if !cached.contains(instant) { cached = span(at: instant) }
    return cached.phase
  }

  /// How regular the trading between two instants is that a bar tells of: `regular` where any of the time lies in a regular session, then
  /// `pre` or `post`, whichever comes first, and `closed` or `break` only where nothing was traded at all.
  ///
  /// A daily bar is regular, a minute bar of 08:00 is `pre`, one of a Saturday or of a holiday `closed`.
  /// - Parameter cached: as in `phase(at:cached:)`; two comparisons where both instants lie in it.
  /// - Precondition: `end` is after `start`.
  @inlinable
  public func phase(from start: Timestamp, to end: Timestamp, cached: inout PhaseSpan) -> MarketPhase {
    if start >= cached.start && end <= cached.end { return cached.phase }
    return phase(ofStretchFrom: start, to: end, last: &cached)
  }

  @usableFromInline
  func phase(ofStretchFrom start: Timestamp, to end: Timestamp, last: inout PhaseSpan) -> MarketPhase {
    last = span(at: start)
    var found = last.phase
    // At most three stretches lie between two regular sessions: post-market, night, pre-market.
    while last.end < end && found != .regular {
      last = span(at: last.end)
      switch last.phase {
      case .regular: found = .regular
      case .pre, .post: if found != .pre && found != .post { found = last.phase }
      case .closed, .break: break
      }
    }
    return found
  }

  /// The stretch of one phase around `instant`; where one session follows upon another without a pause, its neighbour has the same phase.
  ///
  /// - Complexity: constant; a few days' hours are computed.
  public func span(at instant: Timestamp) -> PhaseSpan {
    if name == .always {
      return PhaseSpan(start: Timestamp(nanos: .min), end: Timestamp(nanos: .max), phase: .regular)
    }
    guard let day = tradingDay(endingAfter: instant) else {
      return PhaseSpan(start: lastClose(atOrBefore: instant), end: Timestamp(nanos: .max), phase: .closed)
    }
    if instant < day.extendedOpen {
      let start = lastClose(atOrBefore: instant)
      let isBreak = name == .cmeFx && day.extendedOpen.nanos - 3600 * Timestamp.nanosPerSecond == start.nanos
      return PhaseSpan(start: start, end: day.extendedOpen, phase: isBreak ? .break : .closed)
    }
    if instant < day.open { return PhaseSpan(start: day.extendedOpen, end: day.open, phase: .pre) }
    if instant < day.close { return PhaseSpan(start: day.open, end: day.close, phase: .regular) }
    return PhaseSpan(start: day.close, end: day.extendedClose, phase: .post)
  }

  /// The first trading day whose hours, extended ones included, end after `instant`.
  private func tradingDay(endingAfter instant: Timestamp) -> TradingDay? {
    var date = sessionDate(of: instant)
    for _ in 0...TradingCalendar.closedDaysMax {
      if let day = tradingDay(on: date), day.extendedClose > instant { return day }
      date = date.adding(days: 1)
    }
    return nil
  }

  /// When an order for the day given at `instant` is dead that also works outside the regular session: when the hours of that day end, those behind the
  /// close included.
  ///
  /// At the end of what `Timestamp` can hold the answer is its last instant.
  public func extendedEnd(after instant: Timestamp) -> Timestamp {
    tradingDay(endingAfter: instant)?.extendedClose ?? Timestamp(nanos: .max)
  }

  /// When the last trading day ended that had ended by `instant`; the first instant of time where there is none.
  private func lastClose(atOrBefore instant: Timestamp) -> Timestamp {
    var date = sessionDate(of: instant)
    for _ in 0...TradingCalendar.closedDaysMax {
      if let day = tradingDay(on: date), day.extendedClose <= instant { return day.extendedClose }
      date = date.adding(days: -1)
    }
    return Timestamp(nanos: .min)
  }
}
