package import Market

/// Corporate actions on their way to the strategies.
extension StrategySet {
  /// Lets a strategy's memory of an instrument follow; false where it doesn't know how.
  package mutating func rescale(_ strategy: Int, _ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): return smaCrosses[slot.position].rescale(instrument, by: scale)
    case .builtIn(.emaCross): return emaCrosses[slot.position].rescale(instrument, by: scale)
    case .builtIn(.momentum): return momenta[slot.position].rescale(instrument, by: scale)
    case .builtIn(.crossSectionalMomentum): return crossSections[slot.position].rescale(instrument, by: scale)
    case .builtIn(.zScoreReversion): return zScoreReversions[slot.position].rescale(instrument, by: scale)
    case .builtIn(.rsiReversion): return rsiReversions[slot.position].rescale(instrument, by: scale)
    case .builtIn(.bollingerReversion): return bollingerReversions[slot.position].rescale(instrument, by: scale)
    case .builtIn(.donchianBreakout): return donchianBreakouts[slot.position].rescale(instrument, by: scale)
    case .builtIn(.buyAndHold): return buyAndHolds[slot.position].rescale(instrument, by: scale)
    case .builtIn(.rules): return ruleStrategies[slot.position].rescale(instrument, by: scale)
    case .user: return users[slot.position].rescale(instrument, by: scale)
    }
  }

  /// Lets a strategy begin an instrument anew; false where it doesn't know how.
  package mutating func forget(_ strategy: Int, _ instrument: InstrumentIndex) -> Bool {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): return smaCrosses[slot.position].forget(instrument)
    case .builtIn(.emaCross): return emaCrosses[slot.position].forget(instrument)
    case .builtIn(.momentum): return momenta[slot.position].forget(instrument)
    case .builtIn(.crossSectionalMomentum): return crossSections[slot.position].forget(instrument)
    case .builtIn(.zScoreReversion): return zScoreReversions[slot.position].forget(instrument)
    case .builtIn(.rsiReversion): return rsiReversions[slot.position].forget(instrument)
    case .builtIn(.bollingerReversion): return bollingerReversions[slot.position].forget(instrument)
    case .builtIn(.donchianBreakout): return donchianBreakouts[slot.position].forget(instrument)
    case .builtIn(.buyAndHold): return buyAndHolds[slot.position].forget(instrument)
    case .builtIn(.rules): return ruleStrategies[slot.position].forget(instrument)
    case .user: return users[slot.position].forget(instrument)
    }
  }
}
