/// An amount of an instrument, exact to 10⁻⁹ of a unit; negative is short.
///
/// - Invariant: `nanos != .min`, so negation never overflows.
public struct Quantity: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// The amount in units of 10⁻⁹.
  public let nanos: Int64

  /// - Precondition: `nanos` is not `Int64.min`.
  @inlinable
  public init(nanos: Int64) {
    invariant(nanos != .min, "a quantity is above Int64.min")
    self.nanos = nanos
  }

  /// Reads decimal text such as `100` or `0.00012`.
  /// - Throws: `FixedPointError` where the text is no decimal with at most nine decimals in range.
  public init(_ text: String) throws(FixedPointError) { self.init(nanos: try text.fixedPointNanos()) }

  public static let zero = Quantity(nanos: 0)

  @inlinable
  public static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }
  @inlinable
  public static prefix func - (value: Quantity) -> Quantity { Quantity(nanos: -value.nanos) }
  /// Traps on overflow: quantities are bounded by what the risk gate and the venue let through.
  @inlinable
  public static func + (left: Quantity, right: Quantity) -> Quantity { Quantity(nanos: left.nanos + right.nanos) }
  @inlinable
  public static func - (left: Quantity, right: Quantity) -> Quantity { Quantity(nanos: left.nanos - right.nanos) }
  @inlinable
  public static func += (left: inout Quantity, right: Quantity) { left = left + right }
  @inlinable
  public static func -= (left: inout Quantity, right: Quantity) { left = left - right }
  /// The sum, for amounts that nothing has bounded yet.
  /// - Throws: `ArithmeticError.sumOutOfRange`.
  @inlinable
  public func adding(_ other: Quantity) throws(ArithmeticError) -> Quantity {
    let (sum, overflowed) = nanos.addingReportingOverflow(other.nanos)
    guard !overflowed, sum != .min else { throw .sumOutOfRange(nanos, other.nanos) }
    return Quantity(nanos: sum)
  }

  /// The amount without its sign.
  @inlinable
  public var magnitude: Quantity { Quantity(nanos: nanos < 0 ? -nanos : nanos) }

  /// The largest multiple of `lot` that is not farther from zero than this amount.
  /// - Precondition: `lot` is positive.
  @inlinable
  public func roundedDown(toLot lot: Quantity) -> Quantity {
    invariant(lot.nanos > 0, "a lot is positive", lot.nanos)
    return Quantity(nanos: nanos - nanos % lot.nanos)
  }
}

extension Quantity: CustomStringConvertible {
  public var description: String { FixedPoint.text(nanos: nanos) }
}
