/// A currency's code: one to eight capital letters or digits, such as `USD` or `USDT`.
public struct Currency: BitwiseCopyable, Hashable, Sendable {
  /// The code's ASCII bytes, first letter lowest, zero behind the last.
  public let packed: UInt64

  /// - Returns: nil where `code` is not one to eight of A–Z and 0–9.
  public init?(_ code: String) {
    var packed: UInt64 = 0
    var shift: UInt64 = 0
    for byte in code.utf8 {
      let isLetter = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      if !(isLetter || isDigit) || shift > 56 { return nil }
      packed |= UInt64(byte) << shift
      shift += 8
    }
    if packed == 0 { return nil }
    self.packed = packed
  }

  /// - Returns: nil where the bytes are no valid code.
  public init?(packed: UInt64) {
    var code = ""
    var rest = packed
    while rest != 0 {
      code.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: rest)))
      rest >>= 8
    }
    guard let currency = Currency(code), currency.packed == packed else { return nil }
    self = currency
  }

  private init(known packed: UInt64) { self.packed = packed }
  public static let usd = Currency(known: 0x44_5355)
}

extension Currency: CustomStringConvertible {
  public var description: String {
    var code = ""
    var rest = packed
    while rest != 0 {
      code.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: rest)))
      rest >>= 8
    }
    return code
  }
}

/// Why two amounts of money can't be combined.
public enum MoneyError: Error, Hashable, Sendable {
  case currenciesDiffer(Currency, Currency)
  case outOfRange
}

/// An exact amount of one currency in units of 10⁻⁹; sums never round.
///
/// The ledger computes in bare `Int128` nanos of the run's currency; `Money` is what crosses borders with its currency attached.
///
/// - Invariant: |nanos| ≤ `Money.nanosMax`, far below the width of the type, so a sum of two never wraps.
public struct Money: BitwiseCopyable, Hashable, Sendable {
  public let nanos: Int128
  public let currency: Currency

  /// 10³⁰ nanos: 10²¹ units of the currency. A hundred million sums of such amounts still fit `Int128`.
  @inlinable
  public static var nanosMax: Int128 { 1_000_000_000_000_000 * 1_000_000_000_000_000 }

  public init(nanos: Int128, currency: Currency) throws(MoneyError) {
    guard nanos.magnitude <= Money.nanosMax.magnitude else { throw .outOfRange }
    self.nanos = nanos
    self.currency = currency
  }

  /// The exact sum.
  /// - Throws: `MoneyError` where the currencies differ or the sum leaves the range.
  public func adding(_ other: Money) throws(MoneyError) -> Money {
    guard currency == other.currency else { throw .currenciesDiffer(currency, other.currency) }
    return try Money(nanos: nanos + other.nanos, currency: currency)
  }

  public var negated: Money { Money(unchecked: -nanos, currency) }
  private init(unchecked nanos: Int128, _ currency: Currency) {
    self.nanos = nanos
    self.currency = currency
  }
}

extension Money: CustomStringConvertible {
  public var description: String { "\(FixedPoint.text(nanos: nanos)) \(currency)" }
}
