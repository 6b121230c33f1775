import Market
import Wire

/// Decimals as Binance prints them: with eight digits behind the point, nine where the ninth isn't zero.
enum Decimal8 {
  static func text(_ nanos: Int128) -> String {
    let isShort = nanos % 10 == 0
    let magnitude = isShort ? nanos.magnitude / 10 : nanos.magnitude
    let unit: UInt128 = isShort ? 100_000_000 : 1_000_000_000
    let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: unit)
    let digits = String(rest)
    let zeros = String(repeating: "0", count: (isShort ? 8 : 9) - digits.count)
    return "\(nanos < 0 ? "-" : "")\(whole).\(zeros)\(digits)"
  }
}

extension JSONOutput {
  mutating func amount(_ name: StaticString? = nil, _ nanos: Int128) { string(name, Decimal8.text(nanos)) }
  mutating func amount(_ name: StaticString? = nil, _ price: Price) { string(name, Decimal8.text(Int128(price.nanos))) }
  mutating func amount(_ name: StaticString? = nil, _ quantity: Quantity) {
    string(name, Decimal8.text(Int128(quantity.nanos)))
  }
  mutating func time(_ name: StaticString? = nil, _ time: Timestamp) { integer(name, time.milliseconds) }
}
