package import Events
package import Journal
package import Market

/// What a run that goes on has to know of its journal besides the state: read once, when it is taken up again.
package struct LiveHistory: Sendable {
  /// The number of the last reading of the clock.
  package var lastTimer: UInt64?
  /// When the newest bar of each instrument opened; nil for those without one.
  package var lastOpenTimes: [Timestamp?]
  /// The intents of orders that are not known to be over, by id.
  package var intents: [OrderID: OrderIntent] = [:]
  /// When each of them was made.
  package var intentTimes: [OrderID: Timestamp] = [:]
  /// The last trade booked, by instrument.
  package var lastTrades: [InstrumentIndex: String] = [:]

  /// Reads the files of a run that ends unfinished.
  package init(_ chain: JournalChain) throws(RunError) {
    lastOpenTimes = Array(repeating: nil, count: chain.started.instruments.count)
    do throws(JournalError) {
      var reader = try ChainReader(chain)
      while let event = try reader.next() { try note(event, path: chain.path) }
    } catch {
      throw .journal(error)
    }
  }

  private mutating func note(_ event: JournalEvent, path: String) throws(JournalError) {
    switch event.kind {
    case BarObserved.kind:
      let bar = try event.body(BarObserved.self, path: path).bar
      lastOpenTimes[bar.instrument.position] = bar.openTime
    case Timer.kind: lastTimer = try event.body(Timer.self, path: path).number
    case OrderIntent.kind:
      let id = OrderID(sequence: event.sequence)
      intents[id] = try event.body(OrderIntent.self, path: path)
      intentTimes[id] = event.time
    default: return
    }
  }
}
