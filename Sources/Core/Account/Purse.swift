import Market

/// Cash of one currency and the totals that the positions in that currency add up to, in its nanos.
///
/// Two identities hold exactly after every event; `balances` compares them from independent totals:
/// cash + cost basis = initial cash + adopted + converted + realised − fees + dividends + charges, and cash + positions at their marks = equity.
package struct Purse: Hashable, Sendable {
  package let initialCash: Int128
  package var cash: Int128
  package var costBasis: Int128 = 0
  package var realised: Int128 = 0
  package var fees: Int128 = 0
  package var dividends: Int128 = 0
  /// Interest, borrow fees and funding, signed: what the account received. Zero where the profile has no account.
  package var charges: Int128 = 0
  /// Capital that came in from the venue's account, at what it was booked at.
  package var adopted: Int128 = 0
  /// What came from other currencies less what went there.
  package var converted: Int128 = 0
  /// Positions at their marks.
  package var positionsValue: Int128 = 0

  package init(initialCash: Int128) {
    self.initialCash = initialCash
    self.cash = initialCash
  }

  package var equity: Int128 { cash + positionsValue }
  /// What the open positions would realise at their marks.
  package var unrealised: Int128 { positionsValue - costBasis }

  package var balances: Bool {
    cash + costBasis == initialCash + adopted + converted + realised - fees + dividends + charges
  }
}
