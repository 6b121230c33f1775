/// One trading session of one day: it trades from `open` until just before `close`.
public struct Session: BitwiseCopyable, Hashable, Sendable {
  /// The session's label: the local date of its open.
  public let date: CivilDate
  public let open: Timestamp
  public let close: Timestamp

  @inlinable
  public func contains(_ instant: Timestamp) -> Bool { instant >= open && instant < close }
}

/// When an instrument trades: the sessions of a named calendar, by rule.
///
/// Holds no table and no state; every answer costs bounded arithmetic. Closures that no rule foretells are listed in
/// `NewYorkHolidays`; whatever changes an answer for a past day changes what the reducer derives, and so its version.
public struct TradingCalendar: BitwiseCopyable, Hashable, Sendable {
  public let name: CalendarName

  @inlinable
  public init(_ name: CalendarName) { self.name = name }

  /// The session labelled `date`; nil where the market is closed all day, or its times lie outside `Timestamp`.
  ///
  /// `.always` has one session a UTC day, from midnight to midnight.
  public func session(on date: CivilDate) -> Session? {
    switch name {
    case .always:
      let day = date.daysSinceEpoch
      guard
        let open = Timestamp(seconds: day * 86_400, fractionNanos: 0),
        let close = Timestamp(seconds: (day + 1) * 86_400, fractionNanos: 0)
      else { return nil }
      return Session(date: date, open: open, close: close)
    case .xnys:
      guard let hours = NewYorkHolidays.hours(on: date) else { return nil }
      let minute = 60 * Timestamp.nanosPerSecond
      guard
        let open = NewYorkTime.timestamp(CivilTime(date: date, nanosOfDay: Int64(hours.openMinute) * minute)),
        let close = NewYorkTime.timestamp(CivilTime(date: date, nanosOfDay: Int64(hours.closeMinute) * minute))
      else { return nil }
      return Session(date: date, open: open, close: close)
    }
  }

  /// The session in progress at `instant`; nil where there is none.
  public func session(containing instant: Timestamp) -> Session? {
    guard let session = session(on: localDate(of: instant)), session.contains(instant) else { return nil }
    return session
  }

  /// The session in progress at `instant`, or the next one where none is: the one in which an order given then lives.
  ///
  /// An instant at a close belongs to the next session.
  /// - Returns: nil only at the end of what `Timestamp` can hold.
  /// - Complexity: constant; at most `closedDaysMax` days are looked at.
  public func session(atOrAfter instant: Timestamp) -> Session? {
    var date = localDate(of: instant)
    for _ in 0...TradingCalendar.closedDaysMax {
      if let session = session(on: date), session.close > instant { return session }
      date = date.adding(days: 1)
    }
    return nil
  }

  /// When an order for the day given at `instant` is dead: the close of the session in progress, or of the next one.
  ///
  /// At the end of what `Timestamp` can hold the answer is its last instant.
  public func sessionEnd(after instant: Timestamp) -> Timestamp {
    session(atOrAfter: instant)?.close ?? Timestamp(nanos: .max)
  }

  /// Minutes since midnight at the market's place.
  public func localMinute(of instant: Timestamp) -> Int32 {
    let nanos =
      switch name {
      case .always: instant.utcNanosOfDay
      case .xnys: NewYorkTime.civilTime(at: instant).nanosOfDay
      }
    return Int32(nanos / (60 * Timestamp.nanosPerSecond))
  }

  /// The date at the market's place.
  public func localDate(of instant: Timestamp) -> CivilDate {
    switch name {
    case .always: instant.utcDate
    case .xnys: NewYorkTime.civilTime(at: instant).date
    }
  }

  /// More days in a row than any closure since 1967 lasted: six, in September 2001.
  static let closedDaysMax = 10
}
