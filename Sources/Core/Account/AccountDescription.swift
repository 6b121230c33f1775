import Market

/// An account in terms that people read; nil in runs whose profile has none.
package struct AccountDescription: Sendable {
  /// Interest, borrow fees and funding received so far, less what was paid.
  package var charges: Int128
  /// Proceeds on their way; nil for a margin account.
  package var unsettled: Int128?
  /// Nil for a cash account.
  package var margin: MarginStanding?
}

/// How a margin account stands.
package struct MarginStanding: Hashable, Sendable {
  /// Of what is held and may still fill, and of what is held.
  package var initial: Int128
  package var maintenance: Int128
  /// Equity less initial margin: what new positions may require. Below zero where there is less.
  package var excess: Int128
  /// The margin call that stands.
  package var calledBy: UInt64?

  package init(initial: Int128, maintenance: Int128, excess: Int128, calledBy: UInt64?) {
    self.initial = initial
    self.maintenance = maintenance
    self.excess = excess
    self.calledBy = calledBy
  }
}

extension Engine {
  package var accountDescription: AccountDescription? {
    guard let accountTable else { return nil }
    var description = AccountDescription(charges: chargesTotal)
    if accountTable.settlement != nil { description.unsettled = unsettled(at: now) }
    if accountTable.rule.margin != nil {
      let initial = initialMargin()
      description.margin = MarginStanding(
        initial: initial, maintenance: maintenanceMargin, excess: equity - initial,
        calledBy: account.calledBy == 0 ? nil : account.calledBy)
    }
    return description
  }
}
