package import Events
package import Journal
package import Market

/// What a run that goes on has to know of its journal besides the state: read once, when it is taken up again.
package struct LiveHistory: Sendable {
  /// The number of the last reading of the clock.
  package var lastTimer: UInt64?
  /// When the newest bar of each instrument opened; nil for those without one.
  package var lastOpenTimes: [Timestamp?]
  /// When the newest bar became known; nil where there is none.
  package var lastKnownAt: Timestamp?
  /// The intents of orders that are not known to be over, by id.
  package var intents: [OrderID: OrderIntent] = [:]
  /// When each of them was made.
  package var intentTimes: [OrderID: Timestamp] = [:]
  /// The last trade booked, by instrument.
  package var lastTrades: [InstrumentIndex: String] = [:]

  /// Reads the files of a run that ends unfinished.
  package init(_ files: [any JournalFile]) throws(RunError) {
    let chain: JournalChain
    do throws(ChainError) { chain = try JournalChain(files) } catch { throw .chain(error) }
    lastOpenTimes = Array(repeating: nil, count: chain.started.instruments.count)
    var reader = try ChainReader.opened(chain)
    while let event = try reader.nextOfRun() {
      do throws(DecodeError) { try note(event) } catch {
        throw .decode(error, path: chain.path, sequence: event.sequence)
      }
    }
  }

  private mutating func note(_ event: JournalEvent) throws(DecodeError) {
    if case .bar(let bar) = event.content {
      lastOpenTimes[bar.instrument.position] = bar.openTime
      lastKnownAt = bar.knownAt
      return
    }
    switch event.kind {
    case Timer.kind: lastTimer = try event.decode(Timer.self).number
    case OrderIntent.kind:
      let id = OrderID(sequence: event.sequence)
      intents[id] = try event.decode(OrderIntent.self)
      intentTimes[id] = event.time
    case OrderCancelled.kind: forget(try event.decode(OrderCancelled.self).order)
    case OrderRejected.kind: forget(try event.decode(OrderRejected.self).order)
    case OrderExpired.kind: forget(try event.decode(OrderExpired.self).order)
    case OrderWithheld.kind: forget(try event.decode(OrderWithheld.self).order)
    case ExecutionReport.kind:
      let report = try event.decode(ExecutionReport.self)
      if !report.tradeID.isEmpty { lastTrades[report.instrument] = report.tradeID }
    default: return
    }
  }

  private mutating func forget(_ order: OrderID) {
    intents[order] = nil
    intentTimes[order] = nil
  }
}
