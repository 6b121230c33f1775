package import Core
import Events
package import Market

/// Refuses limits, breakers and terms of the account for symbols and sectors that no instrument of a run has: they would protect nothing.
///
/// The profile's own check sees symbols where the universe is a list; whatever else is named is known when the run starts.
package func checkLimitNames(
  _ risk: RiskLimits, account: AccountRule? = nil, instruments: [Instrument], path: String
) throws(RunError) {
  let available = Set(instruments.map(\.symbol))
  let availableSectors = Set(instruments.map(\.sector)).subtracting([""])
  var symbols = risk.symbols.map(\.name).filter { !available.contains($0) }
  for breaker in risk.breakers where breaker.scope == .symbol {
    if let symbol = breaker.subject, !available.contains(symbol), !symbols.contains(symbol) { symbols.append(symbol) }
  }
  let ofAccount = (account?.borrowOfSymbols.map(\.symbol) ?? []) + (account?.margin?.symbols.map(\.symbol) ?? [])
  for symbol in ofAccount where !available.contains(symbol) && !symbols.contains(symbol) { symbols.append(symbol) }
  for sector in risk.sectors {
    for symbol in sector.members where !available.contains(symbol) && !symbols.contains(symbol) {
      symbols.append(symbol)
    }
  }
  let sectors = risk.sectors.filter { $0.members.isEmpty && !availableSectors.contains($0.name) }.map(\.name)
  if symbols.isEmpty, sectors.isEmpty { return }
  throw .unknownLimits(symbols: symbols, sectors: sectors, path: path)
}
