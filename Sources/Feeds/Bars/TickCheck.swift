import Market

/// Whether the prices of an import are multiples of the tick size that its specification declares.
///
/// Only the first bars of each symbol are looked at: a wrong tick size shows at once, and a check of all would buy nothing.
struct TickCheck {
  /// Bars of each symbol that are looked at.
  static let barsOfSymbolMax = 4096

  private(set) var checked = 0
  /// Bars with a price that is no multiple of the declared tick size.
  private(set) var offTick = 0
  private let declared: TickTest
  /// For the largest power of ten up to the declared tick size of which all prices seen are multiples.
  private var fitting: TickTest

  /// - Precondition: `tickSize` is positive.
  init(tickSize: Price) {
    declared = TickTest(nanos: UInt64(tickSize.nanos))
    var power: UInt64 = 1
    while power <= declared.nanos / 10 { power *= 10 }
    fitting = TickTest(nanos: power)
  }

  /// The tick size to declare instead; nil where the declared one fits.
  var fittingTick: Price? { offTick == 0 ? nil : Price(nanos: Int64(fitting.nanos)) }

  mutating func look(at bars: UnsafeBufferPointer<Bar>) {
    for bar in bars { look(at: bar) }
  }

  @inline(__always)
  mutating func look(at bar: Bar) {
    checked &+= 1
    if !declared.divides(bar) { offTick &+= 1 }
    // All prices are multiples of a nano, so this ends at the latest there.
    while !fitting.divides(bar) { fitting = TickTest(nanos: fitting.nanos / 10) }
  }
}

/// Whether numbers are multiples of a fixed one, without dividing: four divisions a bar would show in an import of many symbols.
///
/// A number times the inverse of an odd divisor modulo 2⁶⁴ is the quotient where there is no rest, and beyond the largest
/// possible quotient where there is one (Warren, Hacker's Delight, 10–17); rotating does the same for the factors of two.
struct TickTest {
  let nanos: UInt64
  private let inverse: UInt64
  private let twos: UInt64
  private let quotientMax: UInt64

  /// - Precondition: `nanos` is not zero.
  init(nanos: UInt64) {
    self.nanos = nanos
    twos = UInt64(nanos.trailingZeroBitCount)
    quotientMax = UInt64.max / nanos
    let odd = nanos >> twos
    // Newton: an odd number inverts itself in its lowest three bits, and each step doubles how many bits are right.
    var inverse = odd
    for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
    self.inverse = inverse
  }

  @inline(__always)
  func divides(_ price: Price) -> Bool {
    let product = price.nanos.magnitude &* inverse
    return (product &>> twos | product &<< ((64 &- twos) & 63)) <= quotientMax
  }

  @inline(__always)
  func divides(_ bar: Bar) -> Bool {
    divides(bar.open) && divides(bar.high) && divides(bar.low) && divides(bar.close)
  }
}
