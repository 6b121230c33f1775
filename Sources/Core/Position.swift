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

  private mutating func open(_ signed: Quantity, basis: Int128, method: LotMethod) {
    quantity += signed
    costBasis += basis
    if method == .firstInFirstOut { lots.append(Lot(quantity: signed, costBasis: basis)) }
  }

  /// Takes the basis of `closed` units (positive, at most what is held) off the position.
  private mutating func takeBasis(of closed: Quantity, method: LotMethod) -> Int128 {
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

  /// Multiplies the position by numerator ÷ denominator, rounded towards zero to whole lots.
  ///
  /// - Returns: the old units that no new lot could be made of, signed, in new units: they are paid out in cash.
  mutating func split(numerator: UInt64, denominator: UInt64, lot: Quantity) -> Quantity {
    let exact = Int128(quantity.nanos) * Int128(numerator) / Int128(denominator)
    let whole = Quantity(nanos: Int64(clamping: exact)).roundedDown(toLot: lot)
    let rest = Quantity(nanos: Int64(clamping: exact) - whole.nanos)
    if !lots.isEmpty {
      // Lots keep their basis; the last one takes up what rounding leaves.
      var assigned: Int64 = 0
      for index in lots.indices {
        let part = Int64(clamping: Int128(lots[index].quantity.nanos) * Int128(numerator) / Int128(denominator))
        lots[index].quantity = Quantity(nanos: part)
        assigned += part
      }
      lots[lots.count - 1].quantity += Quantity(nanos: whole.nanos - assigned)
    }
    quantity = whole
    return rest
  }
}

extension Position {
  /// Takes the basis of a fraction that a split left over off the position and returns what its cash realised.
  ///
  /// - Parameter rest: the fraction, already taken off `quantity`, with its sign.
  mutating func payOut(_ rest: Quantity, cash: Int128) -> Int128 {
    if rest == .zero { return 0 }
    let whole = quantity.magnitude.nanos + rest.magnitude.nanos
    let taken = scaled(costBasis, by: rest.magnitude.nanos, over: whole)
    costBasis -= taken
    if !lots.isEmpty {
      if quantity == .zero { lots.removeAll() } else { lots[lots.count - 1].costBasis -= taken }
    }
    realised += cash - taken
    return cash - taken
  }
}
