import Market

/// One purse per currency: the run's own, and those that its profile names.
///
/// Nothing is ever added up over currencies here: what the account is worth in the run's currency follows from rates (`Engine+Currencies`).
package struct Ledger: Hashable, Sendable {
  /// The run's own currency first, the others in the order of their codes.
  package var purses: [Purse]
  /// Notional of all fills so far, each at the rate of its moment, in nanos of the run's currency: decides the fee tier.
  package var traded: Int128 = 0

  package init(initialCash: Int128, foreign: [Int128] = []) {
    purses = ([initialCash] + foreign).map { Purse(initialCash: $0) }
  }

  /// Of the run's currency.
  package var home: Purse { purses[0] }

  package var balances: Bool { purses.allSatisfy { $0.balances } }
}
