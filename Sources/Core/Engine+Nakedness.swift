import Events
package import Market

/// What is held at a venue outside without the stop that the profile wants: told once as an error, and once more when it is over.
extension Engine {
  /// How much of an instrument's position no stop, and nothing that closes at market, looks after at the venue; zero where the profile wants no stop there.
  ///
  /// Dust counts as closed. What the venue has not acknowledged, and what is being cancelled, doesn't count.
  package func unprotected(_ index: Int) -> Quantity {
    if protections.isEmpty || configuration.exits.stopLossMicros == nil { return .zero }
    // Dust can't be protected, nor closed.
    let held = sellable(index)
    if held == .zero { return .zero }
    let side: Side = held.nanos > 0 ? .sell : .buy
    var open = held.magnitude.nanos
    for order in books[index].orders where order.side == side && !order.isUnacknowledged && !order.isCancelRequested {
      guard
        order.purpose == OrderPurpose.stopLoss.rawValue || order.purpose == OrderPurpose.flatten.rawValue
          || order.type == .market
      else { continue }
      open -= min(order.leaves.nanos, open)
    }
    return Quantity(nanos: open)
  }

  /// Says that a position stays without a stop because the venue has refused or ended it, and that it has one again or is over.
  mutating func tellOfNakedness(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    let state = protections[index]
    if !state.isNaked, state.failures == 0 { return }
    let open = unprotected(index)
    if state.isNaked == (open != .zero) { return }
    protections[index].isNaked = open != .zero
    if open != .zero {
      warn(.unprotected, index, open.nanos, severity: .error, cause: cause, into: &out)
    } else {
      warn(.protectionRestored, index, closable(index).nanos, severity: .information, cause: cause, into: &out)
    }
  }
}
