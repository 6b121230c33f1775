import Core
package import Events
package import Journal
package import Market

/// What a run that goes on has to know of its journal besides the state: read once, when it is taken up again.
///
/// All but two things follow from the state, whatever event it was recomputed from. The intents of working orders are read where their ids say that they are, and the last
/// reading of the clock is looked for from the journal's end.
package struct LiveHistory: Hashable, Sendable {
  /// The number of the last reading of the clock.
  package var lastTimer: UInt64?
  /// When the newest bar of each instrument opened; nil for those without one.
  package var lastOpenTimes: [Timestamp?]
  /// When the newest bar became known; nil where there is none.
  package var lastKnownAt: Timestamp?
  /// Orders that are over and lack fills that the venue has counted.
  package var lackingFills: [OrderID]
  /// The intents of these, and of orders that are not known to be over, by id.
  package var intents: [OrderID: OrderIntent] = [:]
  /// Orders that they were to work in the place of.
  package var replaces: [OrderID: OrderID] = [:]
  /// When each of them was made.
  package var intentTimes: [OrderID: Timestamp] = [:]
  /// The last trade booked, by instrument.
  package var lastTrades: [InstrumentIndex: String] = [:]

  /// Nil where the run is no live one.
  ///
  /// - Parameter point: the chain's end.
  package init?(_ chain: JournalChain, _ point: borrowing ResumePoint) throws(RunError) {
    switch chain.started.mode {
    case .backtest, .import: return nil
    case .paper, .live: break
    }
    let state = point.engine.describe()
    lastOpenTimes = point.engine.lastOpenTimes
    if state.books.contains(where: { $0.mark != nil }) { lastKnownAt = state.time }
    for (index, trade) in point.engine.lastTrades.enumerated() {
      if let trade { lastTrades[InstrumentIndex(index)] = trade }
    }
    lackingFills = point.engine.ordersLackingFills
    var reader = try ChainReader.opened(chain)
    for order in state.books.flatMap(\.orders) { try read(order.id, &reader) }
    for order in lackingFills { try read(order, &reader) }
    lastTimer = try LiveHistory.lastTimer(&reader)
    readMissing(point.missing, from: chain.summary.nextSequence, at: point.lastTime)
  }

  /// Intents that the last input caused and a crash kept from the journal: they are appended now, and so wait for the venue like all others.
  private mutating func readMissing(_ rows: [UInt8], from first: UInt64, at time: Timestamp) {
    rows.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      var sequence = first
      do throws(DecodeError) {
        while !reader.isAtEnd {
          let row = try EventRow(&reader, sequence: sequence)
          if row.kind == OrderIntent.kind {
            intents[OrderID(sequence: sequence)] = try row.decode(OrderIntent.self, sequence: sequence)
            intentTimes[OrderID(sequence: sequence)] = time
          } else if row.kind == OrderTerms.kind {
            let terms = try row.decode(OrderTerms.self, sequence: sequence)
            replaces[terms.order] = terms.replaces
          }
          sequence += 1
        }
      } catch {
        preconditionFailure("the reducer writes rows that can be read")
      }
    }
  }

  /// An order's id is the sequence of its intent.
  private mutating func read(_ id: OrderID, _ reader: inout ChainReader) throws(RunError) {
    try reader.seekInRun(to: id.sequence)
    guard let event = try reader.nextOfRun(), event.sequence == id.sequence else { return }
    intents[id] = try event.decodedInRun(OrderIntent.self, reader.chain.path)
    intentTimes[id] = event.time
    // Its terms stand right behind it.
    guard let next = try reader.nextOfRun(), next.kind == OrderTerms.kind else { return }
    let terms = try next.decodedInRun(OrderTerms.self, reader.chain.path)
    if terms.order == id { replaces[id] = terms.replaces }
  }

  /// - Complexity: linear in the events behind the last reading. There is one before each fresh slot.
  private static func lastTimer(_ reader: inout ChainReader) throws(RunError) -> UInt64? {
    let first = reader.summary.firstSequence
    var (end, count) = (reader.summary.nextSequence, UInt64(4096))
    while end > first {
      let begin = end - min(count, end - first)
      try reader.seekInRun(to: begin)
      var found: UInt64?
      while let event = try reader.nextOfRun(), event.sequence < end {
        if event.kind == Timer.kind { found = try event.decodedInRun(Timer.self, reader.chain.path).number }
      }
      if let found { return found }
      (end, count) = (begin, count * 2)
    }
    return nil
  }
}
