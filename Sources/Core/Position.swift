package import Market

/// What is held of one instrument, and what it cost.
///
/// - Invariant: `costBasis` has the sign of `quantity` or is zero; with FIFO the lots add up to both exactly.
package struct Position: Hashable, Sendable {
  /// Signed.
  package var quantity = Quantity.zero
  /// Nanos of currency paid for the open quantity, fees apart; negative for a short: what was received.
  package var costBasis: Int128 = 0
  /// Nanos of currency won or lost since the start, fees apart.
  package var realised: Int128 = 0
  /// Open lots, oldest first; empty where the average cost counts.
  package var lots: [Lot] = []

  package struct Lot: BitwiseCopyable, Hashable, Sendable {
    package var quantity: Quantity
    package var costBasis: Int128
  }

  package init() {}

  /// Books a fill and returns what it realised.
  ///
  /// A fill that crosses zero closes everything and opens the rest; the value is split so that its parts add up to `value` exactly.
  ///
  /// - Parameter value: positive nanos of currency of the whole fill.
  mutating func apply(
    _ side: Side, _ filled: Quantity, at price: Price, value: Int128, multiplier: Int64, method: LotMethod
  ) -> Int128 {
    let signed = Quantity(nanos: filled.nanos * side.sign)
    let isClosing = quantity.nanos != 0 && (quantity.nanos > 0) != (side == .buy)
    guard isClosing else {
      open(signed, basis: value * Int128(side.sign), method: method)
      return 0
    }
    let closed = min(filled, quantity.magnitude)
    let closedValue = closed == filled ? value : price.notional(closed, multiplier: multiplier)
    let closedBasis = takeBasis(of: closed, method: method)
    // A sale receives its value, a purchase pays it; the basis carries the position's sign.
    let gain = -Int128(side.sign) * closedValue - closedBasis
    realised += gain
    quantity += Quantity(nanos: closed.nanos * side.sign)
    if closed < filled {
      open(
        Quantity(nanos: (filled.nanos - closed.nanos) * side.sign), basis: (value - closedValue) * Int128(side.sign),
        method: method)
    }
    return gain
  }

  mutating func open(_ signed: Quantity, basis: Int128, method: LotMethod) {
    quantity += signed
    costBasis += basis
    if method == .firstInFirstOut { lots.append(Lot(quantity: signed, costBasis: basis)) }
  }

  /// Takes the basis of `closed` units (positive, at most what is held) off the position.
  mutating func takeBasis(of closed: Quantity, method: LotMethod) -> Int128 {
    var taken: Int128 = 0
    switch method {
    case .averageCost:
      taken = scaled(costBasis, by: closed.nanos, over: quantity.magnitude.nanos)
    case .firstInFirstOut:
      var left = closed.nanos
      var spent = 0
      while left > 0 {
        let lot = lots[spent]
        let held = lot.quantity.magnitude.nanos
        if held <= left {
          taken += lot.costBasis
          left -= held
          spent += 1
        } else {
          let part = scaled(lot.costBasis, by: left, over: held)
          taken += part
          lots[spent].costBasis -= part
          lots[spent].quantity = Quantity(nanos: (held - left) * (lot.quantity.nanos > 0 ? 1 : -1))
          left = 0
        }
      }
      lots.removeFirst(spent)
    }
    costBasis -= taken
    return taken
  }
}

extension Position {
  /// Multiplies the position by numerator ÷ denominator; what makes no whole lot is closed, and `cash` paid for it.
  ///
  /// Lots keep their basis and share the new units by their running sum, so that nothing is lost between them; the closed
  /// fraction comes off the newest.
  ///
  /// - Parameter cash: nanos of currency for a signed quantity of new units.
  /// - Returns: what the payment was and what it realised.
  /// - Precondition: the new quantity is within `Limits.positionNanosMax`.
  mutating func split(
    numerator: UInt64, denominator: UInt64, lot: Quantity, cash: (Quantity) -> Int128
  ) -> (paid: Int128, realised: Int128) {
    func scaledUnits(_ units: Int64) -> Int64 { Int64(Int128(units) * Int128(numerator) / Int128(denominator)) }
    let exact = scaledUnits(quantity.nanos)
    let whole = Quantity(nanos: exact).roundedDown(toLot: lot)
    let rest = Quantity(nanos: exact - whole.nanos)
    var before: Int64 = 0
    for index in lots.indices {
      let after = before + lots[index].quantity.nanos
      lots[index].quantity = Quantity(nanos: scaledUnits(after) - scaledUnits(before))
      before = after
    }
    mergeEmptyLots()
    quantity = Quantity(nanos: exact)
    let paid = cash(rest)
    var taken: Int128 = 0
    if whole == .zero {
      // Also where less than the smallest unit is left and nothing can be paid for it.
      taken = costBasis
      lots.removeAll(keepingCapacity: true)
    } else if lots.isEmpty {
      taken = scaled(costBasis, by: rest.magnitude.nanos, over: quantity.magnitude.nanos)
    } else {
      taken = takeNewest(rest.magnitude.nanos)
    }
    quantity = whole
    costBasis -= taken
    realised += paid - taken
    return (paid, paid - taken)
  }

  /// A split can leave a lot without units: its basis goes to its elder, or its younger where it has none.
  private mutating func mergeEmptyLots() {
    var kept: [Lot] = []
    kept.reserveCapacity(lots.count)
    var carried: Int128 = 0
    for lot in lots {
      if lot.quantity != .zero {
        kept.append(Lot(quantity: lot.quantity, costBasis: lot.costBasis + carried))
        carried = 0
      } else if kept.isEmpty {
        carried += lot.costBasis
      } else {
        kept[kept.count - 1].costBasis += lot.costBasis
      }
    }
    lots = kept
  }

  /// Takes `units` (positive, fewer than are held) off the newest lots and returns their basis.
  private mutating func takeNewest(_ units: Int64) -> Int128 {
    var taken: Int128 = 0
    var left = units
    while left > 0 {
      let lot = lots[lots.count - 1]
      let held = lot.quantity.magnitude.nanos
      if held <= left {
        taken += lot.costBasis
        left -= held
        lots.removeLast()
      } else {
        let part = scaled(lot.costBasis, by: left, over: held)
        taken += part
        lots[lots.count - 1].costBasis -= part
        lots[lots.count - 1].quantity = Quantity(nanos: (held - left) * (lot.quantity.nanos > 0 ? 1 : -1))
        left = 0
      }
    }
    return taken
  }
}
