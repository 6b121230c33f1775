import Events
import Market

/// What positions require of a margin account's equity.
///
/// Buying power is counted as brokers do between two days: equity, with what is open at its marks, less the initial margin of everything that is held and may still fill.
extension Engine {
  /// Margin of so many units of an instrument at its mark, whatever their sign, in the run's currency; rounded half to even.
  func requirement(_ index: Int, _ units: Int64, isInitial: Bool) -> Int128 {
    guard let terms = accountTable?.requirements[index], units != 0 else { return 0 }
    switch terms.rate(at: books[index].mark, isInitial: isInitial, isLong: units > 0) {
    case .perUnit(let money):
      return home((Int128(units.magnitude) * money).dividedRoundingHalfEven(by: Int128(FixedPoint.unit)), index)
    case .share(let micros):
      let value = books[index].mark.notional(
        Quantity(nanos: units), multiplier: instruments[index].multiplierNanos)
      return home((Int128(value.magnitude) * Int128(micros)).dividedRoundingHalfEven(by: 1_000_000), index)
    }
  }

  /// Maintenance margin of everything that is held.
  package var maintenanceMargin: Int128 {
    var sum: Int128 = 0
    for index in books.indices where books[index].position.quantity.nanos != 0 {
      sum += requirement(index, books[index].position.quantity.nanos, isInitial: false)
    }
    return sum
  }

  /// Initial margin where everything fills that makes it larger.
  ///
  /// - Parameter instrument: left out of the sum; nil for none.
  package func initialMargin(except instrument: Int? = nil) -> Int128 {
    var sum: Int128 = 0
    for index in books.indices where index != instrument {
      let part = part(index, ofStrategy: -1, countsOrders: true)
      if part.position == 0, part.buys == 0, part.sells == 0 { continue }
      sum += max(
        requirement(index, Int64(clamping: part.long), isInitial: true),
        requirement(index, Int64(clamping: part.short), isInitial: true))
    }
    return sum
  }

  /// Cuts what opens to what equity covers at its initial margin.
  @inline(never)
  func cutByMargin(_ walk: inout GateWalk, _ index: Int) {
    guard let terms = accountTable?.requirements[index] else { return }
    let isLong = walk.side == .buy
    let free = equity - initialMargin(except: index)
    let most: Int128
    switch terms.rate(at: books[index].mark, isInitial: true, isLong: isLong) {
    case .perUnit(let money): most = units(of: free, home(money, index))
    case .share(let micros):
      let unit = unitValue(index)
      guard unit > 0, micros > 0 else { return }
      let (scaled, overflowed) = max(free, 0).multipliedReportingOverflow(by: 1_000_000)
      most = units(of: overflowed ? .max : scaled / Int128(micros), unit)
    }
    let after = Int64(clamping: (Int128(walk.held) + Int128(walk.opening)) * Int128(walk.side.sign))
    walk.cut(
      to: Int64(clamping: most - Int128(walk.held)), .initialMargin, .account,
      narrow(requirement(index, after, isInitial: true)), narrow(max(free, 0)))
  }
}
