package import Market

/// How much of a bar's volume is left for fills of its instrument, in whole lots.
package struct VolumeBudget: Hashable, Sendable {
  package private(set) var left: Quantity
  private let isIgnored: Bool

  /// - Parameter shareMicros: 0 where volume is ignored.
  package init(_ bar: Bar, shareMicros: Int64, lot: Quantity) {
    isIgnored = shareMicros == 0
    if isIgnored {
      left = Quantity(nanos: .max)
      return
    }
    let exact = Int128(bar.volume.nanos) * Int128(shareMicros) / 1_000_000
    left = Quantity(nanos: Int64(clamping: exact)).roundedDown(toLot: lot)
  }

  package mutating func take(_ wanted: Quantity) -> Quantity {
    let taken = min(wanted, left)
    if !isIgnored { left -= taken }
    return taken
  }
}
