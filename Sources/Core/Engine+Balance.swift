import Market

/// The ledger's identities, recomputed: the slow, independent path that tests and `replay` walk.
extension Engine {
  /// True where the first identity holds over the ledger's own totals: what holds between two fills, when marks alone move.
  package var ledgerTotalsBalance: Bool { ledger.balances }

  /// True where both identities of the ledger hold in every currency, recomputed from the positions. Sums that leave 128 bits don't hold.
  package var ledgerBalances: Bool {
    for place in ledger.purses.indices where !balances(place) { return false }
    return true
  }

  private func balances(_ place: Int) -> Bool {
    var basis = CheckedSum()
    var realised = CheckedSum()
    var value = CheckedSum()
    for index in books.indices where purse(index) == place {
      realised.add(books[index].position.realised)
      if books[index].position.quantity.nanos == 0, books[index].value == 0, books[index].position.costBasis == 0,
        books[index].position.lots.isEmpty
      {
        // Nothing is held, and nothing is counted for it.
        continue
      }
      let marked = books[index].mark.notional(
        books[index].position.quantity, multiplier: instruments[index].multiplierNanos)
      // No notional is paid for what is settled daily: its basis is no cost, and its value what it has won since.
      let paid = isMargined(index) ? 0 : books[index].position.costBasis
      let unpaid = books[index].position.costBasis - paid
      basis.add(paid)
      if marked - unpaid != books[index].value { return false }
      value.add(books[index].value)
      if !books[index].position.isConsistent(configuration.lots) { return false }
    }
    let purse = ledger.purses[place]
    guard basis.total == purse.costBasis, realised.total == purse.realised, value.total == purse.positionsValue,
      !basis.overflowed, !realised.overflowed, !value.overflowed
    else { return false }
    var booked = CheckedSum(purse.initialCash)
    booked.add(purse.adopted)
    booked.add(purse.converted)
    booked.add(purse.realised)
    booked.subtract(purse.fees)
    booked.add(purse.dividends)
    booked.add(purse.charges)
    var held = CheckedSum(purse.cash)
    held.add(purse.costBasis)
    var equity = booked
    equity.add(purse.positionsValue)
    equity.subtract(purse.costBasis)
    var counted = CheckedSum(purse.cash)
    counted.add(purse.positionsValue)
    return booked == held && equity == counted && !booked.overflowed && !equity.overflowed
  }
}

extension Position {
  /// Lots of one sign that add up to quantity and basis with FIFO, none without; nothing held costs nothing.
  fileprivate func isConsistent(_ method: LotMethod) -> Bool {
    if quantity == .zero { return costBasis == 0 && lots.isEmpty }
    guard method == .firstInFirstOut else { return lots.isEmpty }
    var units: Int128 = 0
    var basis = CheckedSum()
    for lot in lots {
      if lot.quantity == .zero || (lot.quantity.nanos > 0) != (quantity.nanos > 0) { return false }
      units += Int128(lot.quantity.nanos)
      basis.add(lot.costBasis)
    }
    return units == Int128(quantity.nanos) && basis.total == costBasis && !basis.overflowed
  }
}

/// A sum that remembers having left 128 bits instead of trapping.
private struct CheckedSum: Hashable {
  private(set) var total: Int128
  private(set) var overflowed = false

  init(_ start: Int128 = 0) { total = start }

  mutating func add(_ value: Int128) {
    let (sum, carried) = total.addingReportingOverflow(value)
    total = sum
    overflowed = overflowed || carried
  }

  mutating func subtract(_ value: Int128) {
    let (difference, borrowed) = total.subtractingReportingOverflow(value)
    total = difference
    overflowed = overflowed || borrowed
  }
}
