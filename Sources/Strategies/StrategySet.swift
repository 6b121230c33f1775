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
  private enum Kind: BitwiseCopyable {
    case builtIn(BuiltInKind)
    case user
  }
  private struct Slot: BitwiseCopyable {
    let kind: Kind
    /// Place in the array of its kind.
    let position: Int
  }

  private var slots: [Slot] = []
  private var smaCrosses: [BlockStrategy<SMACross>] = []
  private var buyAndHolds: [BlockStrategy<BuyAndHold>] = []
  private var users: [any Strategy] = []

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
        try append(entry.door, specification.parameters, instrumentCount)
      } catch {
        throw .parameter(error, name: specification.name, position: position)
      }
    }
  }

  private mutating func append(
    _ door: StrategyCatalog.Door, _ parameters: ParameterValues, _ instrumentCount: Int
  ) throws(ParameterError) {
    func make<S: Strategy>(_ type: S.Type) throws(ParameterError) -> S {
      try S(parameters: parameters, instrumentCount: instrumentCount)
    }
    switch door {
    case .builtIn(let kind):
      let position: Int
      switch kind {
      case .smaCross: position = smaCrosses.appended(try make(BlockStrategy<SMACross>.self))
      case .buyAndHold: position = buyAndHolds.appended(try make(BlockStrategy<BuyAndHold>.self))
      }
      slots.append(Slot(kind: .builtIn(kind), position: position))
    case .user(let type):
      let made: any Strategy = try make(type)
      slots.append(Slot(kind: .user, position: users.appended(made)))
    }
  }

  package var count: Int { slots.count }

  /// Gives the next bar to one strategy.
  package mutating func update(_ strategy: Int, _ bar: Bar) -> Decision {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): return smaCrosses[slot.position].update(bar)
    case .builtIn(.buyAndHold): return buyAndHolds[slot.position].update(bar)
    case .user: return users[slot.position].update(bar)
    }
  }

  /// True where `closeSlot` is to be called after the last bar of an instant.
  package func comparesInstruments(_ strategy: Int) -> Bool {
    type(of: self[strategy]).comparesInstruments
  }

  /// Lets a strategy that compares instruments decide on an instant whose bars it has all seen.
  package mutating func closeSlot(_ strategy: Int, _ targets: inout [InstrumentTarget]) {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): smaCrosses[slot.position].closeSlot(&targets)
    case .builtIn(.buyAndHold): buyAndHolds[slot.position].closeSlot(&targets)
    case .user: users[slot.position].closeSlot(&targets)
    }
  }

  /// What the two features of the strategy's targets are called.
  package func featureNames(_ strategy: Int) -> (first: String, second: String) { self[strategy].featureNames }

  /// Writes the state of all strategies, in their order.
  package func encodeState(into buffer: inout ByteBuffer) {
    for strategy in slots.indices { self[strategy].encodeState(into: &buffer) }
  }

  /// Replaces the state by what `encodeState` of an equally initialised set wrote.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    for slot in slots {
      switch slot.kind {
      case .builtIn(.smaCross): try smaCrosses[slot.position].decodeState(&reader)
      case .builtIn(.buyAndHold): try buyAndHolds[slot.position].decodeState(&reader)
      case .user: try users[slot.position].decodeState(&reader)
      }
    }
  }

  /// A strategy as a value of the protocol: a copy, for questions asked outside the loop.
  private subscript(strategy: Int) -> any Strategy {
    let slot = slots[strategy]
    switch slot.kind {
    case .builtIn(.smaCross): return smaCrosses[slot.position]
    case .builtIn(.buyAndHold): return buyAndHolds[slot.position]
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
