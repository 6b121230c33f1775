package import Events
package import Journal
package import Market

/// What a journal's first event says that the reading of all others needs: names of instruments and strategies, currency, run id.
package struct RunContext: Sendable {
  package let started: RunStarted
  package let startedAt: Timestamp
  /// Of the event that says it: 0 but where a chain begins in the middle of a run.
  package let startSequence: UInt64
  /// An instrument's name in everything printed: its symbol, with `.VENUE` where two instruments share it.
  package let instrumentNames: [String]
  /// The run id as 32 hex digits.
  package let runID: String
  /// What a strategy's two features are called, by strategy; nil where nobody told.
  package let featureNames: [StrategyFeatureNames?]

  /// Whether nothing is known, because the journal has lost its beginning: then instruments and strategies are printed as numbers.
  package let isFragment: Bool

  package init(_ chain: JournalChain, featureNames: [StrategyFeatureNames?] = []) {
    self.init(
      chain.started, at: chain.first.startedAt, sequence: chain.first.summary.firstSequence, featureNames: featureNames,
      isFragment: chain.first.summary.isFragment)
  }

  package init(
    _ started: RunStarted, at startedAt: Timestamp, sequence: UInt64 = 0, featureNames: [StrategyFeatureNames?] = [],
    isFragment: Bool = false
  ) {
    self.isFragment = isFragment
    self.started = started
    self.startedAt = startedAt
    startSequence = sequence
    let instruments = started.instruments
    instrumentNames = instruments.map { instrument in
      let isShared = instruments.count { $0.symbol == instrument.symbol } > 1
      return isShared ? "\(instrument.symbol).\(instrument.venue)" : instrument.symbol
    }
    runID = Hex.text(started.runID)
    self.featureNames = featureNames
  }

  /// Of a run of which nothing but its id is known: instruments and strategies are printed as numbers.
  package init(runID: [UInt8]) {
    self.init(
      RunStarted(
        mode: .backtest, reducerVersion: 0, runID: runID, profileDigest: [UInt8](repeating: 0, count: 32),
        inputsDigest: [UInt8](repeating: 0, count: 32), profile: "", currency: .usd, strategies: [], instruments: []),
      at: Timestamp(nanos: 0))
  }

  /// The name of an instrument; its number where event 0 lists fewer.
  func name(of instrument: InstrumentIndex) -> String {
    let position = instrument.position
    return position < instrumentNames.count ? instrumentNames[position] : "instrument-\(position)"
  }

  func strategyName(_ index: UInt16) -> String {
    let position = Int(index)
    return position < started.strategies.count ? started.strategies[position] : "strategy-\(position)"
  }

  func features(of strategy: UInt16) -> StrategyFeatureNames {
    let position = Int(strategy)
    let known = position < featureNames.count ? featureNames[position] : nil
    return known ?? StrategyFeatureNames(first: "first_feature", second: "second_feature")
  }

  /// Currency units per price point and unit of quantity, in nanos.
  func multiplier(of instrument: InstrumentIndex) -> Int64 {
    let position = instrument.position
    return position < started.instruments.count ? started.instruments[position].multiplierNanos : FixedPoint.unit
  }

  /// What an instrument's money is in.
  func currency(of instrument: InstrumentIndex) -> Currency {
    let position = instrument.position
    return position < started.instruments.count ? started.instruments[position].currency : started.currency
  }

  func clientOrderID(_ sequence: UInt64) -> String {
    ClientOrderID.text(runID: started.runID, sequence: sequence)
  }
}

/// Names of the two numbers that a strategy's signals carry.
package struct StrategyFeatureNames: Hashable, Sendable {
  package var first: String
  package var second: String
  package init(first: String, second: String) {
    self.first = first
    self.second = second
  }
}
