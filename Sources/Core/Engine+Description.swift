package import Events
package import Market

/// The state in terms that people read: what `inspect --at` shows.
package struct StateDescription: Sendable {
  package var time: Timestamp
  package var isHalted: Bool
  /// Orders and cancels are decided on and none leaves.
  package var isWithheld: Bool
  /// What may leave, where something is not active.
  package var states: [(subject: RiskSubject, state: TradingState)]
  package var killPhase: KillPhase
  /// The event that began the kill that is on.
  package var killedAt: UInt64?
  /// Nil where the profile has no drawdown schedule.
  package var sizeScale: SizeScale?
  /// Nanos of currency, all of them.
  package var cash: Int128
  package var equity: Int128
  package var realised: Int128
  package var unrealised: Int128
  package var fees: Int128
  package var dividends: Int128
  /// What is held of each currency, in its own nanos; empty where the run has one.
  package var purses: [PurseDescription]
  /// By asset; empty where the profile names no rates for fees, or no venue outside takes any.
  package var assetFees: [AssetFeeDescription]
  /// Nil where the profile has no account.
  package var account: AccountDescription?
  /// Front contracts of chains that have begun.
  package var fronts: [InstrumentIndex]
  package var books: [BookDescription]
  package var targets: [TargetDescription]
  package var counts: Engine.Counts

  /// Cash and equity of one currency.
  package struct PurseDescription: Sendable {
    package var currency: Currency
    package var cash: Int128
    package var equity: Int128
  }

  package struct BookDescription: Sendable {
    package var instrument: InstrumentIndex
    package var mark: Price?
    package var quantity: Quantity
    package var costBasis: Int128
    package var value: Int128
    package var realised: Int128
    package var lotCount: Int
    /// Something is held, and no order can close it: it counts as closed.
    package var isDust: Bool
    package var orders: [WorkingOrder]
    /// Held at a venue outside without the stop that the profile wants.
    package var unprotected: Quantity
  }

  /// What one strategy wants of one instrument, where it wants anything.
  package struct TargetDescription: Sendable {
    package var strategy: Int
    package var instrument: InstrumentIndex
    /// Signed millionths of a full position.
    package var micros: Int64
  }
}

/// Where an account stands in its drawdown schedule.
package struct SizeScale: Hashable, Sendable {
  /// What sizes are multiplied by, in millionths.
  package var scaleMicros: Int64
  /// The step that holds, from 1; 0 for none.
  package var step: Int
  package var stepCount: Int
  /// The drawdown from which it holds, in millionths of the peak.
  package var depthMicros: Int64?
  /// The drawdown now.
  package var drawdownMicros: Int64
}

extension Engine {
  package func describe() -> StateDescription {
    var targets: [StateDescription.TargetDescription] = []
    for position in targetMicros.indices where targetMicros[position] != 0 {
      targets.append(
        StateDescription.TargetDescription(
          strategy: position / books.count, instrument: InstrumentIndex(position % books.count),
          micros: targetMicros[position]))
    }
    var described: [StateDescription.BookDescription] = []
    for index in books.indices {
      let book = books[index]
      described.append(
        StateDescription.BookDescription(
          instrument: InstrumentIndex(index), mark: book.hasBar ? book.mark : nil, quantity: book.position.quantity,
          costBasis: book.position.costBasis, value: book.value, realised: book.position.realised,
          lotCount: book.position.lots.count, isDust: holdsDust(index), orders: book.orders,
          unprotected: unprotected(index)))
    }
    return StateDescription(
      time: now, isHalted: risk.account == .halted, isWithheld: risk.isWithheld, states: tradingStates,
      killPhase: risk.kill.phase,
      killedAt: killedAt, sizeScale: sizeScale,
      cash: cash, equity: equity, realised: realisedTotal, unrealised: unrealisedTotal, fees: feesTotal,
      dividends: dividendsTotal, purses: describePurses(), assetFees: describeAssetFees(), account: accountDescription,
      fronts: frontContracts, books: described,
      targets: targets, counts: counts)
  }
}

extension Engine {
  /// Trading states that are not active: the account's, then strategies', then instruments'.
  package var tradingStates: [(subject: RiskSubject, state: TradingState)] {
    var states: [(subject: RiskSubject, state: TradingState)] = []
    if risk.account != .active { states.append((.account, risk.account)) }
    for strategy in risk.strategies.indices where risk.strategies[strategy] != .active {
      states.append((.strategy(strategy), risk.strategies[strategy]))
    }
    for index in risk.symbols.indices where risk.symbols[index] != .active {
      states.append((.symbol(index), risk.symbols[index]))
    }
    return states
  }

  private func describePurses() -> [StateDescription.PurseDescription] {
    if !hasForeign { return [] }
    let currencies = [configuration.currency] + configuration.currencies.foreign.map(\.currency)
    return currencies.enumerated().map { place, currency in
      StateDescription.PurseDescription(
        currency: currency, cash: ledger.purses[place].cash, equity: ledger.purses[place].equity)
    }
  }

  /// How far a kill has come; `none` where there is none.
  package var killPhase: KillPhase { risk.kill.phase }

  /// The event that began the kill that is on: the input, or a breaker's trip.
  package var killedAt: UInt64? { risk.kill.phase == .none ? nil : risk.kill.begunBy }

  /// Whether orders are marked as withheld.
  package var isWithheld: Bool { risk.isWithheld }

  /// What the drawdown schedule makes of sizes; nil where the profile has none.
  package var sizeScale: SizeScale? {
    guard let schedule = sizer.drawdown else { return nil }
    return SizeScale(
      scaleMicros: schedule.scaleMicros, step: schedule.level, stepCount: schedule.steps.count,
      depthMicros: schedule.level == 0 ? nil : schedule.steps[schedule.level - 1].drawdownMicros,
      drawdownMicros: drawdownMicros)
  }
}
