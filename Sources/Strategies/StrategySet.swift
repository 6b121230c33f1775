package import Events
package import Market

/// Why the strategies of a run can't be made. `position` counts the profile's strategies from 0.
package enum StrategySetError: Error, Hashable, Sendable {
  case unknown(name: String, position: Int)
  case parameter(ParameterError, name: String, position: Int)
}

/// All strategies of a run with their state.
///
/// Built-in ones are kept in one array a type and updated in place behind a switch, which the compiler can see through; a user's own go
/// through the protocol. Strategies are numbered in the profile's order.
package struct StrategySet: Sendable {
  enum Kind: BitwiseCopyable {
    case builtIn(BuiltInKind)
    case user
  }
  struct Slot: BitwiseCopyable {
    let kind: Kind
    /// Place in the array of its kind.
    let position: Int
    let comparesInstruments: Bool
  }

  var slots: [Slot] = []
  var smaCrosses: [BlockStrategy<SMACross>] = []
  var emaCrosses: [BlockStrategy<EMACross>] = []
  var momenta: [BlockStrategy<Momentum>] = []
  var crossSections: [CrossSectionalMomentum] = []
  var zScoreReversions: [BlockStrategy<ZScoreReversion>] = []
  var rsiReversions: [BlockStrategy<RSIReversion>] = []
  var bollingerReversions: [BlockStrategy<BollingerReversion>] = []
  var donchianBreakouts: [BlockStrategy<DonchianBreakout>] = []
  var buyAndHolds: [BlockStrategy<BuyAndHold>] = []
  var ruleStrategies: [RuleStrategy] = []
  var users: [any Strategy] = []

  /// - Parameters:
  ///   - specifications: names and parameters, complete and of their described forms, in the profile's order.
  ///   - instrumentCount: instruments are indexed 0 ..< instrumentCount.
  /// - Throws: `StrategySetError` for the first strategy that can't be made.
  package init(
    _ specifications: [(name: String, parameters: ParameterValues)], catalog: StrategyCatalog, instrumentCount: Int
  ) throws(StrategySetError) {
    for (position, specification) in specifications.enumerated() {
      guard let entry = catalog[specification.name] else {
        throw .unknown(name: specification.name, position: position)
      }
      do throws(ParameterError) {
        try append(entry, specification.parameters, instrumentCount)
      } catch {
        throw .parameter(error, name: specification.name, position: position)
      }
    }
  }

  private mutating func append(
    _ entry: StrategyCatalog.Entry, _ parameters: ParameterValues, _ instrumentCount: Int
  ) throws(ParameterError) {
    func make<S: Strategy>(_ type: S.Type) throws(ParameterError) -> S {
      try S(parameters: parameters, instrumentCount: instrumentCount)
    }
    let compares = entry.comparesInstruments
    switch entry.door {
    case .builtIn(let kind):
      let position: Int
      switch kind {
      case .smaCross: position = smaCrosses.appended(try make(BlockStrategy<SMACross>.self))
      case .emaCross: position = emaCrosses.appended(try make(BlockStrategy<EMACross>.self))
      case .momentum: position = momenta.appended(try make(BlockStrategy<Momentum>.self))
      case .crossSectionalMomentum: position = crossSections.appended(try make(CrossSectionalMomentum.self))
      case .zScoreReversion: position = zScoreReversions.appended(try make(BlockStrategy<ZScoreReversion>.self))
      case .rsiReversion: position = rsiReversions.appended(try make(BlockStrategy<RSIReversion>.self))
      case .bollingerReversion:
        position = bollingerReversions.appended(try make(BlockStrategy<BollingerReversion>.self))
      case .donchianBreakout: position = donchianBreakouts.appended(try make(BlockStrategy<DonchianBreakout>.self))
      case .buyAndHold: position = buyAndHolds.appended(try make(BlockStrategy<BuyAndHold>.self))
      case .rules: position = ruleStrategies.appended(try make(RuleStrategy.self))
      }
      slots.append(Slot(kind: .builtIn(kind), position: position, comparesInstruments: compares))
    case .user(let type):
      let made: any Strategy = try make(type)
      slots.append(Slot(kind: .user, position: users.appended(made), comparesInstruments: compares))
    }
  }

  package var count: Int { slots.count }

  /// Gives the next bar to one strategy.
  package mutating func update(_ strategy: Int, _ bar: Bar) -> Decision {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): return smaCrosses[slot.position].update(bar)
    case .builtIn(.emaCross): return emaCrosses[slot.position].update(bar)
    case .builtIn(.momentum): return momenta[slot.position].update(bar)
    case .builtIn(.crossSectionalMomentum): return crossSections[slot.position].update(bar)
    case .builtIn(.zScoreReversion): return zScoreReversions[slot.position].update(bar)
    case .builtIn(.rsiReversion): return rsiReversions[slot.position].update(bar)
    case .builtIn(.bollingerReversion): return bollingerReversions[slot.position].update(bar)
    case .builtIn(.donchianBreakout): return donchianBreakouts[slot.position].update(bar)
    case .builtIn(.buyAndHold): return buyAndHolds[slot.position].update(bar)
    case .builtIn(.rules): return ruleStrategies[slot.position].update(bar)
    case .user: return users[slot.position].update(bar)
    }
  }

  /// True where `closeSlot` is to be called after the last bar of an instant.
  package func comparesInstruments(_ strategy: Int) -> Bool {
    slots[strategy].comparesInstruments
  }

  /// Lets a strategy that compares instruments decide on an instant whose bars it has all seen.
  package mutating func closeSlot(_ strategy: Int, _ targets: inout [InstrumentTarget]) {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): smaCrosses[slot.position].closeSlot(&targets)
    case .builtIn(.emaCross): emaCrosses[slot.position].closeSlot(&targets)
    case .builtIn(.momentum): momenta[slot.position].closeSlot(&targets)
    case .builtIn(.crossSectionalMomentum): crossSections[slot.position].closeSlot(&targets)
    case .builtIn(.zScoreReversion): zScoreReversions[slot.position].closeSlot(&targets)
    case .builtIn(.rsiReversion): rsiReversions[slot.position].closeSlot(&targets)
    case .builtIn(.bollingerReversion): bollingerReversions[slot.position].closeSlot(&targets)
    case .builtIn(.donchianBreakout): donchianBreakouts[slot.position].closeSlot(&targets)
    case .builtIn(.buyAndHold): buyAndHolds[slot.position].closeSlot(&targets)
    case .builtIn(.rules): ruleStrategies[slot.position].closeSlot(&targets)
    case .user: users[slot.position].closeSlot(&targets)
    }
  }

  /// Tells a strategy of a halt or its end; the built-in ones decide by bars alone.
  package mutating func observeHalt(_ strategy: Int, _ instrument: InstrumentIndex?, isHalted: Bool) {
    let slot = slots[strategy]
    if case .user = slot.kind { users[slot.position].observeHalt(of: instrument, isHalted: isHalted) }
  }

  /// How a strategy wants its orders worked; the built-in ones leave that to the profile.
  package func style(_ strategy: Int, _ instrument: InstrumentIndex, isExit: Bool) -> OrderStyle? {
    let slot = slots[strategy]
    guard case .user = slot.kind else { return nil }
    return users[slot.position].style(for: instrument, isExit: isExit)
  }

  /// What the two features of the strategy's targets are called.
  package func featureNames(_ strategy: Int) -> (first: String, second: String) { self[strategy].featureNames }

  /// Writes the state of all strategies, in their order.
  package func encodeState(into buffer: inout ByteBuffer) {
    for strategy in slots.indices { self[strategy].encodeState(into: &buffer) }
  }

  /// Replaces the state by what `encodeState` of an equally initialised set wrote.
  ///
  /// - Throws: `DecodeError`; some strategies may hold the new state then, so the set is of no further use.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    for slot in slots {
      switch slot.kind {
      case .builtIn(.smaCross): try smaCrosses[slot.position].decodeState(&reader)
      case .builtIn(.emaCross): try emaCrosses[slot.position].decodeState(&reader)
      case .builtIn(.momentum): try momenta[slot.position].decodeState(&reader)
      case .builtIn(.crossSectionalMomentum): try crossSections[slot.position].decodeState(&reader)
      case .builtIn(.zScoreReversion): try zScoreReversions[slot.position].decodeState(&reader)
      case .builtIn(.rsiReversion): try rsiReversions[slot.position].decodeState(&reader)
      case .builtIn(.bollingerReversion): try bollingerReversions[slot.position].decodeState(&reader)
      case .builtIn(.donchianBreakout): try donchianBreakouts[slot.position].decodeState(&reader)
      case .builtIn(.buyAndHold): try buyAndHolds[slot.position].decodeState(&reader)
      case .builtIn(.rules): try ruleStrategies[slot.position].decodeState(&reader)
      case .user: try users[slot.position].decodeState(&reader)
      }
    }
  }

  /// A strategy as a value of the protocol: a copy, for questions asked outside the loop.
  private subscript(strategy: Int) -> any Strategy {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): return smaCrosses[slot.position]
    case .builtIn(.emaCross): return emaCrosses[slot.position]
    case .builtIn(.momentum): return momenta[slot.position]
    case .builtIn(.crossSectionalMomentum): return crossSections[slot.position]
    case .builtIn(.zScoreReversion): return zScoreReversions[slot.position]
    case .builtIn(.rsiReversion): return rsiReversions[slot.position]
    case .builtIn(.bollingerReversion): return bollingerReversions[slot.position]
    case .builtIn(.donchianBreakout): return donchianBreakouts[slot.position]
    case .builtIn(.buyAndHold): return buyAndHolds[slot.position]
    case .builtIn(.rules): return ruleStrategies[slot.position]
    case .user: return users[slot.position]
    }
  }
}

extension Array {
  /// Appends and says where.
  fileprivate mutating func appended(_ element: Element) -> Int {
    append(element)
    return count - 1
  }
}
