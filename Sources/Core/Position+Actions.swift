import Market

/// What corporate actions do to a position besides multiplying it.
extension Position {
  /// Closes all of it for `cash`; returns its basis and what that realised.
  mutating func close(for cash: Int128) -> (basis: Int128, realised: Int128) {
    let basis = costBasis
    quantity = .zero
    costBasis = 0
    lots.removeAll(keepingCapacity: true)
    realised += cash - basis
    return (basis, cash - basis)
  }

  /// Takes `part` ÷ `whole` of the cost of every lot out of the position, whose units stay, and returns it as a position of its own of as many units.
  ///
  /// - Precondition: 0 ≤ part ≤ whole, whole > 0.
  mutating func detach(_ part: Int64, of whole: Int64) -> Position {
    var detached = Position()
    detached.quantity = quantity
    if lots.isEmpty {
      detached.costBasis = scaled(costBasis, by: part, over: whole)
    } else {
      for index in lots.indices {
        let basis = scaled(lots[index].costBasis, by: part, over: whole)
        lots[index].costBasis -= basis
        detached.lots.append(Lot(quantity: lots[index].quantity, costBasis: basis))
        detached.costBasis += basis
      }
    }
    costBasis -= detached.costBasis
    return detached
  }

  /// Takes over another's units with their cost, lot by lot; returns what that realised where they close units of the other sign.
  mutating func receive(_ other: Position, method: LotMethod) -> Int128 {
    if other.lots.isEmpty { return receive(other.quantity, basis: other.costBasis, method: method) }
    var gain: Int128 = 0
    for lot in other.lots { gain += receive(lot.quantity, basis: lot.costBasis, method: method) }
    return gain
  }

  private mutating func receive(_ signed: Quantity, basis: Int128, method: LotMethod) -> Int128 {
    if signed == .zero { return 0 }
    guard quantity.nanos != 0, (quantity.nanos > 0) != (signed.nanos > 0) else {
      open(signed, basis: basis, method: method)
      return 0
    }
    let closed = min(signed.magnitude, quantity.magnitude)
    let sign: Int64 = signed.nanos > 0 ? 1 : -1
    let part = scaled(basis, by: closed.nanos, over: signed.magnitude.nanos)
    // What the units cost, and what those they close had brought in: bases of two signs.
    let gain = -(part + takeBasis(of: closed, method: method))
    realised += gain
    quantity += Quantity(nanos: closed.nanos * sign)
    if closed < signed.magnitude {
      open(
        Quantity(nanos: (signed.magnitude.nanos - closed.nanos) * sign), basis: basis - part, method: method)
    }
    return gain
  }
}
