/// The ratio of small whole numbers behind a quotient that was rounded when it was written.
///
/// LEAN's factors have six to eight digits, so that 7:1 reads 0.1428572 and truncation gives 699 shares for 100 (facts/corporate-actions.md §3).
enum SmallRatio {
  /// The smaller of both numbers is at most this.
  static let smallMax = 20
  /// How far the quotient may be off, relative to itself.
  static let tolerance = 5e-6

  /// - Returns: new units for old ones with `new` ÷ `old` = `quotient`, in lowest terms; nil where no ratio is near.
  static func of(_ quotient: Double) -> (new: UInt64, old: UInt64)? {
    guard quotient.isFinite, quotient > 1e-6, quotient < 1e6 else { return nil }
    let isForward = quotient >= 1
    let large = isForward ? quotient : 1 / quotient
    for small in 1...smallMax {
      let other = (large * Double(small)).rounded()
      if (other / Double(small) / large - 1).magnitude <= tolerance {
        return isForward ? (UInt64(other), UInt64(small)) : (UInt64(small), UInt64(other))
      }
    }
    return nil
  }

  /// Two positive numbers in lowest terms.
  static func reduced(_ first: UInt64, _ second: UInt64) -> (UInt64, UInt64) {
    var (left, right) = (first, second)
    while right != 0 { (left, right) = (right, left % right) }
    return (first / left, second / left)
  }
}

/// The decimal with the fewest digits within an interval: what was meant before somebody rounded.
enum ShortestDecimal {
  /// - Parameters: in nanos; `low` ≤ `high`.
  /// - Returns: in nanos; the interval's middle where nothing shorter lies in it.
  static func within(_ low: Int128, _ high: Int128) -> Int64? {
    let middle = (low + high) / 2
    var step: Int128 = 1_000_000_000
    while step > 0 {
      let nearest = (middle + step / 2) / step * step
      if nearest >= low, nearest <= high, nearest > 0 { return Int64(exactly: nearest) }
      step /= 10
    }
    return Int64(exactly: middle)
  }
}
