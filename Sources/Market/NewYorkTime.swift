/// Wall clock time in New York; the rules are `FederalTime`'s.
public enum NewYorkTime {
  public static let standardOffsetSeconds: Int64 = -5 * 3600
  public static let daylightOffsetSeconds: Int64 = -4 * 3600

  static var clock: FederalTime { FederalTime(standardOffsetSeconds: standardOffsetSeconds) }

  /// Seconds to add to UTC for the wall clock's time at `instant`: −18,000 in winter, −14,400 in summer.
  /// - Complexity: constant.
  public static func offsetSeconds(at instant: Timestamp) -> Int64 { clock.offsetSeconds(at: instant) }

  /// What clocks in New York show at `instant`.
  public static func civilTime(at instant: Timestamp) -> CivilTime { clock.civilTime(at: instant) }

  /// The instant at which clocks in New York show `time`; nil where 64 bits of nanoseconds don't hold it.
  ///
  /// The hour that is shown twice in autumn is its first pass; one that is skipped in spring is read by the clock not yet moved.
  public static func timestamp(_ time: CivilTime) -> Timestamp? { clock.timestamp(time) }
}

/// Wall clock time in Chicago, an hour behind New York's all year; the rules are `FederalTime`'s.
public enum ChicagoTime {
  public static let standardOffsetSeconds: Int64 = -6 * 3600
  public static let daylightOffsetSeconds: Int64 = -5 * 3600

  static var clock: FederalTime { FederalTime(standardOffsetSeconds: standardOffsetSeconds) }

  /// Seconds to add to UTC for the wall clock's time at `instant`: −21,600 in winter, −18,000 in summer.
  /// - Complexity: constant.
  public static func offsetSeconds(at instant: Timestamp) -> Int64 { clock.offsetSeconds(at: instant) }

  /// What clocks in Chicago show at `instant`.
  public static func civilTime(at instant: Timestamp) -> CivilTime { clock.civilTime(at: instant) }

  /// The instant at which clocks in Chicago show `time`; nil where 64 bits of nanoseconds don't hold it.
  ///
  /// The hour that is shown twice in autumn is its first pass; one that is skipped in spring is read by the clock not yet moved.
  public static func timestamp(_ time: CivilTime) -> Timestamp? { clock.timestamp(time) }
}
