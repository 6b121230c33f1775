/// The hours of one trade date, with those before and after the regular session.
///
/// - Invariant: `extendedOpen` ≤ `open` < `close` ≤ `extendedClose`; the outer two are equal to the inner where a market has no such hours.
public struct TradingDay: BitwiseCopyable, Hashable, Sendable {
  /// The trade date: the local date on which the regular session ends.
  public let date: CivilDate
  /// Pre-market trading begins.
  public let extendedOpen: Timestamp
  public let open: Timestamp
  public let close: Timestamp
  /// Post-market trading ends.
  public let extendedClose: Timestamp

  public var session: Session { Session(date: date, open: open, close: close) }

  public var hasPreMarket: Bool { extendedOpen < open }
  public var hasPostMarket: Bool { extendedClose > close }
}

extension TradingCalendar {
  /// All hours of the trade date `date`; nil where the market is closed all day, or a time lies outside `Timestamp`.
  public func tradingDay(on date: CivilDate) -> TradingDay? {
    guard let session = session(on: date) else { return nil }
    var (extendedOpen, extendedClose) = (session.open, session.close)
    if name == .xnys {
      guard let hours = NewYorkHolidays.hours(on: date) else { return nil }
      let closeMinute = NewYorkHolidays.extendedCloseMinute(closeMinute: hours.closeMinute)
      guard
        let before = NewYorkTime.clock.timestamp(date, minute: NewYorkHolidays.extendedOpenMinute),
        let after = NewYorkTime.clock.timestamp(date, minute: closeMinute)
      else { return nil }
      (extendedOpen, extendedClose) = (before, after)
    }
    return TradingDay(
      date: date, extendedOpen: extendedOpen, open: session.open, close: session.close, extendedClose: extendedClose)
  }

  /// The trade date that `instant` counts to: that of the session in progress, or of the next one.
  ///
  /// | calendar | the trading day ends at |
  /// |---|---|
  /// | `xnys` | the regular close: what is done after it counts to the next day, as funds and daily bars are marked at the close |
  /// | `cmeFx` | the session's close, 16:00 in Chicago or earlier |
  /// | `fx` | 17:00 in New York |
  /// | `always` | midnight UTC |
  ///
  /// So Sunday evening counts to Monday for `cmeFx` and `fx`. Never decreases from one instant to a later one.
  public func tradeDate(of instant: Timestamp) -> CivilDate {
    session(atOrAfter: instant)?.date ?? sessionDate(of: instant)
  }

  /// When the trading day ends that `instant` counts to: the first end after it.
  ///
  /// The same as `sessionEnd(after:)`: a day order lapses with its day.
  public func tradeDateEnd(after instant: Timestamp) -> Timestamp { sessionEnd(after: instant) }

  /// The first end of a trading day at or after `instant`.
  ///
  /// For what becomes known at an instant and tells of the time before it: a bar that is known at the close belongs to the day that
  /// ends there. Who keeps this value compares one integer an event: the day is over when a time is greater than it.
  public func tradeDateEnd(atOrAfter instant: Timestamp) -> Timestamp {
    instant.nanos == .min ? sessionEnd(after: instant) : sessionEnd(after: instant.advanced(byNanos: -1))
  }

  /// What `date` would trade if it were no holiday and no short day; for bars of dates that the calendar doesn't know as sessions.
  /// - Returns: nil where the times lie outside `Timestamp`.
  public func regularSession(on date: CivilDate) -> Session? {
    switch name {
    case .always: session(on: date)
    case .xnys: session(date, NewYorkTime.clock, openMinute: 9 * 60 + 30, closeMinute: 16 * 60)
    case .cmeFx: overnightSession(date, ChicagoTime.clock, closeMinute: GlobexCurrencyHours.closeMinute)
    case .fx: overnightSession(date, NewYorkTime.clock, closeMinute: TradingCalendar.rollMinute)
    }
  }

  /// What is worth knowing about `date` beyond its hours: why the market was closed on a weekday, or traded shorter, or what kept it from
  /// its hours; nil where nothing is.
  public func remark(on date: CivilDate) -> StaticString? {
    if date.weekday.rawValue > Weekday.friday.rawValue { return nil }
    switch name {
    case .always, .fx: return nil
    case .xnys:
      if let reason = SpecialClosings.reason(on: date) ?? SpecialHours.remark(on: date) { return reason }
    case .cmeFx: break
    }
    if session(on: date) == nil { return HolidayName.ofClosedDay(date) }
    return closesEarly(on: date) ? HolidayName.ofShortDay(date) : nil
  }

  /// True where the session of `date` is shorter than a regular one.
  public func closesEarly(on date: CivilDate) -> Bool {
    guard let session = session(on: date), let regular = regularSession(on: date) else { return false }
    return session.close < regular.close
  }
}
