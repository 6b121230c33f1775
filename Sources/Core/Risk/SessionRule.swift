public import Market

/// What is done with a bar outside its market's hours.
public enum OutsideSession: UInt8, CaseIterable, Sendable {
  /// It counts, and an alert says so.
  case flag = 1
  /// It is dropped, and an alert says so.
  case quarantine = 2
  /// The run stops.
  case refuse = 3
  /// It counts.
  case accept = 4
}

/// What becomes of an order that is decided while its market is closed or halted.
public enum ClosedMarket: UInt8, CaseIterable, Sendable {
  /// It rests until the market opens.
  case wait = 1
  case refuse = 2
}

/// What a run makes of its markets' hours.
public struct SessionRule: Hashable, Sendable {
  public var outside = OutsideSession.accept
  public var closed = ClosedMarket.wait
  public var halted = ClosedMarket.wait
  /// Pre- and post-market count as open.
  public var isExtended = false
  /// Whose trading days bound daily limits; nil: the instruments' own where they share one calendar, UTC days otherwise.
  public var dayCalendar: CalendarName?
  public init() {}
}
