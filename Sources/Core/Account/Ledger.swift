import Market

/// One purse per currency: the run's own, and those that its profile names.
///
/// Nothing is ever added up over currencies here: what the account is worth in the run's currency follows from rates (`Engine+Currencies`).
package struct Ledger: Hashable, Sendable {
  /// Of the run's currency; beside the others, so that a run in one currency looks at no array.
  package var home: Purse
  /// In the order of their codes.
  package var foreign: [Purse]
  /// Notional of all fills so far, each at the rate of its moment, in nanos of the run's currency: decides the fee tier.
  package var traded: Int128 = 0

  package init(initialCash: Int128, foreign: [Int128] = []) {
    home = Purse(initialCash: initialCash)
    self.foreign = foreign.map { Purse(initialCash: $0) }
  }

  /// A purse by its place: 0 is the run's own currency.
  package subscript(_ place: Int) -> Purse {
    @inline(__always) get { place == 0 ? home : foreign[place - 1] }
    @inline(__always) _modify {
      if place == 0 { yield &home } else { yield &foreign[place - 1] }
    }
  }

  package var balances: Bool { home.balances && foreign.allSatisfy { $0.balances } }
}
