/// An instant: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds. Covers 1677-09-21 … 2262-04-11.
public struct Timestamp: BitwiseCopyable, Hashable, Comparable, Sendable {
  public let nanos: Int64

  @inlinable
  public init(nanos: Int64) { self.nanos = nanos }

  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanos < right.nanos }

  /// Traps on overflow, which takes an instant beyond the year 2262.
  @inlinable
  public func advanced(byNanos delta: Int64) -> Timestamp { Timestamp(nanos: nanos + delta) }

  /// The instant `delta` later, or the last one that there is.
  /// - Precondition: `delta` is not negative.
  public func advanced(atMost delta: Int64) -> Timestamp {
    let (sum, overflowed) = nanos.addingReportingOverflow(delta)
    return Timestamp(nanos: overflowed ? .max : sum)
  }

  /// The instant `delta` later, for deltas that nothing has bounded yet.
  /// - Throws: `ArithmeticError.sumOutOfRange`.
  @inlinable
  public func adding(nanos delta: Int64) throws(ArithmeticError) -> Timestamp {
    let (sum, overflowed) = nanos.addingReportingOverflow(delta)
    guard !overflowed else { throw .sumOutOfRange(nanos, delta) }
    return Timestamp(nanos: sum)
  }

  /// The earlier of two instants of which either may be missing.
  @inlinable
  public static func earlier(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
    guard let left else { return right }
    guard let right else { return left }
    return min(left, right)
  }

  public static let nanosPerSecond: Int64 = 1_000_000_000
  public static let nanosPerDay: Int64 = 86_400_000_000_000

  /// Days since 1970-01-01, rounded towards the past.
  @inlinable
  public var utcDay: Int64 {
    let (day, rest) = nanos.quotientAndRemainder(dividingBy: Timestamp.nanosPerDay)
    return rest < 0 ? day - 1 : day
  }
}
