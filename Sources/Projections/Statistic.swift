import Market

/// Rounding of computed numbers for print: the last bits of `pow` and of long sums may differ between machines, what is
/// printed must not.
package enum Statistic {
  /// `value` in units of 10⁻⁹, half away from zero; nil where it is no finite number of less than 10¹⁸ nanos.
  static func nanos(_ value: Double?) -> Int64? {
    guard let value, value.isFinite, value.magnitude < 1e9 else { return nil }
    return Int64((value * 1e9).rounded())
  }

  /// With a fixed number of decimals, such as `12.30`; `-` where there is no value.
  static func text(_ value: Double?, decimals: Int) -> String {
    guard let value, value.isFinite, value.magnitude < 1e9 else { return "-" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let units = Int64((value * scale).rounded())
    return FixedPoint.text(units: Int128(units), decimals: decimals)
  }

  /// With two decimals, however large; nil where there is no value, or none that 128 bits hold.
  package static func hundredths(_ value: Double?) -> String? {
    guard let hundredths = value.map({ ($0 * 100).rounded() }), hundredths.magnitude < 1e38 else { return nil }
    return FixedPoint.text(units: Int128(hundredths), decimals: 2)
  }

  /// A share as a percentage with two decimals.
  static func percent(_ value: Double?) -> String {
    value.map { text($0 * 100, decimals: 2) + " %" } ?? "-"
  }

  /// Nanos of money with two decimals and thousands apart, half to even: for people, never for sums.
  package static func money(_ nanos: Int128?) -> String {
    guard let nanos else { return "-" }
    let plain = FixedPoint.text(units: nanos.dividedRoundingHalfEven(by: 10_000_000), decimals: 2)
    let isNegative = plain.hasPrefix("-")
    let digits = plain.drop { $0 == "-" }
    let whole = digits.prefix { $0 != "." }
    var grouped = ""
    for (position, digit) in whole.enumerated() {
      if position > 0, (whole.count - position) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return (isNegative ? "-" : "") + grouped + digits.dropFirst(whole.count)
  }
}
