package import Events
package import Journal
package import Market

/// What a live run's journal knows of its last comparison with the venue.
package struct LastReconciliation: Sendable {
  /// Something that the venue had otherwise, or that nobody here knew of.
  package enum Difference: Hashable, Sendable {
    case position(InstrumentIndex, ours: Quantity, theirs: Quantity)
    case adopted(InstrumentIndex, quantity: Quantity, price: Price)
    case adoptedCash(Int128)
    /// In the words of the notice.
    case foreign(NoticeCode, String)
  }

  package struct Told: Hashable, Sendable {
    package var sequence: UInt64
    package var time: Timestamp
    package var difference: Difference
  }

  package var start: RunStarted
  /// The event that tells of the last comparison; nil where there was none.
  package var sequence: UInt64?
  package var time: Timestamp?
  package var agrees = false
  package var ordersCompared: Int64 = 0
  package var fillsFound: Int64 = 0
  /// Since the last comparison but one that agreed, in order.
  package var told: [Told] = []

  /// Agreed, and nothing was found since.
  package var isSettled: Bool { agrees && told.allSatisfy { $0.sequence < sequence ?? 0 } }

  /// - Throws: where the journal can't be read.
  package static func read(_ chain: JournalChain) throws(RunError) -> LastReconciliation {
    var last = LastReconciliation(start: chain.started)
    var reader = try ChainReader.opened(chain)
    while let event = try reader.nextOfRun() {
      do throws(DecodeError) { try last.note(event) } catch {
        throw .decode(error, path: chain.path, sequence: event.sequence)
      }
    }
    return last
  }

  private mutating func note(_ event: JournalEvent) throws(DecodeError) {
    func tell(_ difference: Difference) {
      told.append(Told(sequence: event.sequence, time: event.time, difference: difference))
    }
    switch event.kind {
    case ReconciliationBreak.kind:
      let found = try event.decode(ReconciliationBreak.self)
      tell(.position(found.instrument, ours: found.ours, theirs: found.theirs))
    case AccountAdopted.kind:
      let adopted = try event.decode(AccountAdopted.self)
      guard let instrument = adopted.instrument else { return tell(.adoptedCash(adopted.cash)) }
      tell(.adopted(instrument, quantity: adopted.quantity, price: adopted.price))
    case Notice.kind:
      let notice = try event.decode(Notice.self)
      if notice.code == .foreignOrder || notice.code == .foreignPosition { tell(.foreign(notice.code, notice.text)) }
      guard notice.code == .reconciled else { return }
      // What was told before one that agreed is settled by the next.
      if agrees, let before = sequence { told.removeAll { $0.sequence < before } }
      sequence = event.sequence
      time = event.time
      agrees = notice.severity == .information
      ordersCompared = notice.first
      fillsFound = notice.second
    default: break
    }
  }
}
