/// One regular trading session: it trades from `open` until just before `close`.
public struct Session: BitwiseCopyable, Hashable, Sendable {
  /// The session's label, its trade date: the local date on which it ends.
  public let date: CivilDate
  public let open: Timestamp
  public let close: Timestamp

  @inlinable
  public func contains(_ instant: Timestamp) -> Bool { instant >= open && instant < close }
}

/// When an instrument trades: the sessions of a named calendar, by rule.
///
/// Holds no state and allocates nothing; every answer costs bounded arithmetic. Closures that no rule foretells are listed in
/// `SpecialClosings`; whatever changes an answer for a past day changes what the reducer derives, and so its version.
public struct TradingCalendar: BitwiseCopyable, Hashable, Sendable {
  public let name: CalendarName

  @inlinable
  public init(_ name: CalendarName) { self.name = name }

  /// The regular session of the trade date `date`; nil where the market is closed all day, or its times lie outside `Timestamp`.
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
      return session(date, NewYorkTime.clock, openMinute: hours.openMinute, closeMinute: hours.closeMinute)
    case .cmeFx:
      guard let closeMinute = GlobexCurrencyHours.closeMinute(on: date) else { return nil }
      return overnightSession(date, ChicagoTime.clock, closeMinute: closeMinute)
    case .fx:
      if date.weekday.rawValue > Weekday.friday.rawValue { return nil }
      return overnightSession(date, NewYorkTime.clock, closeMinute: TradingCalendar.rollMinute)
    }
  }

  /// A session within one local day; minutes count from midnight.
  /// - Precondition: it opens after 03:00, so that no clock is moved in it and its close is found by addition: a seventh of
  ///   `sessionEnd`'s time went into finding the close's offset anew.
  func session(_ date: CivilDate, _ clock: FederalTime, openMinute: Int32, closeMinute: Int32) -> Session? {
    invariant(openMinute > 180, "no clock is moved in a session", Int64(openMinute))
    guard let open = clock.timestamp(date, minute: openMinute) else { return nil }
    let (close, overflowed) = open.nanos.addingReportingOverflow(
      Int64(closeMinute - openMinute) * 60 * Timestamp.nanosPerSecond)
    return overflowed ? nil : Session(date: date, open: open, close: Timestamp(nanos: close))
  }

  /// A session that begins at 17:00 on the evening before.
  func overnightSession(_ date: CivilDate, _ clock: FederalTime, closeMinute: Int32) -> Session? {
    // No day before 1677 has a timestamp, and the first day of year 0 has no day before it.
    guard date.year > 0, let open = clock.timestamp(date.adding(days: -1), minute: TradingCalendar.rollMinute),
      let close = clock.timestamp(date, minute: closeMinute)
    else { return nil }
    return Session(date: date, open: open, close: close)
  }

  /// The session in progress at `instant`; nil where there is none.
  public func session(containing instant: Timestamp) -> Session? {
    guard let session = session(on: sessionDate(of: instant)), session.contains(instant) else { return nil }
    return session
  }

  /// The session in progress at `instant`, or the next one where none is: the one in which an order given then lives.
  ///
  /// An instant at a close belongs to the next session.
  /// - Returns: nil only at the end of what `Timestamp` can hold.
  /// - Complexity: constant; at most `closedDaysMax` days are looked at.
  public func session(atOrAfter instant: Timestamp) -> Session? {
    var date = sessionDate(of: instant)
    for _ in 0...TradingCalendar.closedDaysMax {
      if let session = session(on: date), session.close > instant { return session }
      date = date.adding(days: 1)
    }
    return nil
  }

  /// The first session that opens at `instant` or later; nil at the end of what `Timestamp` can hold.
  public func session(openingAtOrAfter instant: Timestamp) -> Session? {
    guard let session = session(atOrAfter: instant) else { return nil }
    return session.open >= instant ? session : self.session(atOrAfter: session.close)
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
      case .xnys, .fx: NewYorkTime.civilTime(at: instant).nanosOfDay
      case .cmeFx: ChicagoTime.civilTime(at: instant).nanosOfDay
      }
    return Int32(nanos / (60 * Timestamp.nanosPerSecond))
  }

  /// The date whose session `instant` would lie in if every day had one: the date at the market's place, and from 17:00 on the next
  /// where sessions begin on the evening before.
  public func sessionDate(of instant: Timestamp) -> CivilDate {
    switch name {
    case .always: instant.utcDate
    case .xnys: NewYorkTime.civilTime(at: instant).date
    case .cmeFx: TradingCalendar.rolledDate(ChicagoTime.clock.civilTime(at: instant))
    case .fx: TradingCalendar.rolledDate(NewYorkTime.clock.civilTime(at: instant))
    }
  }

  private static func rolledDate(_ time: CivilTime) -> CivilDate {
    time.nanosOfDay >= Int64(rollMinute) * 60 * Timestamp.nanosPerSecond ? time.date.adding(days: 1) : time.date
  }

  /// 17:00, when the next day begins: in Chicago for CME's currency futures, in New York for spot currencies.
  static let rollMinute: Int32 = 17 * 60

  /// More days in a row than any closure since 1967 lasted: six, in September 2001.
  static let closedDaysMax = 10
}
