/// A date and a time of day as a wall clock shows them.
public struct CivilTime: BitwiseCopyable, Hashable, Sendable {
  public let date: CivilDate
  /// Nanoseconds since midnight by the wall clock, 0 ..< 86,400 · 10⁹.
  public let nanosOfDay: Int64

  /// - Precondition: `nanosOfDay` is 0 ..< 86,400 · 10⁹.
  public init(date: CivilDate, nanosOfDay: Int64) {
    invariant(nanosOfDay >= 0 && nanosOfDay < Timestamp.nanosPerDay, "a time of day lies within a day", nanosOfDay)
    self.date = date
    self.nanosOfDay = nanosOfDay
  }
}
