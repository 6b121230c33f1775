import Events
package import Journal
import Market

/// Reads single events and their ancestors by seeking, without reading what lies between.
struct CausalChain: ~Copyable {
  private var reader: ChainReader
  private let path: String
  let context: RunContext
  let firstSequence: UInt64
  /// Of the event behind the last one.
  let nextSequence: UInt64

  init(_ chain: JournalChain, context: RunContext) throws(ProjectionError) {
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
    path = chain.path
    firstSequence = reader.summary.firstSequence
    nextSequence = reader.summary.nextSequence
    self.context = context
  }

  /// - Throws: `sequenceBeyondEnd` or `sequenceBeforeStart` where the journal has no such event.
  mutating func event(_ sequence: UInt64) throws(ProjectionError) -> JournalEvent {
    guard sequence < nextSequence else { throw .sequenceBeyondEnd(sequence, eventCount: nextSequence) }
    guard sequence >= firstSequence else {
      throw .sequenceBeforeStart(sequence, path: path, firstSequence: firstSequence)
    }
    do throws(JournalError) {
      try reader.seek(toSequence: sequence)
      if let event = try reader.next() { return event }
    } catch { throw .journal(error) }
    throw .sequenceBeyondEnd(sequence, eventCount: nextSequence)
  }

  /// The next event behind the last one read.
  mutating func next() throws(ProjectionError) -> JournalEvent? {
    do throws(JournalError) { return try reader.next() } catch { throw .journal(error) }
  }

  /// The event and what caused it, the input that began it all first.
  mutating func ancestors(of sequence: UInt64) throws(ProjectionError) -> [JournalEvent] {
    var chain: [JournalEvent] = []
    var current: UInt64? = sequence
    while let target = current {
      let event = try event(target)
      chain.append(event)
      current = event.cause
    }
    return chain.reversed()
  }

  mutating func ancestorLinks(of sequence: UInt64) throws(ProjectionError) -> [ChainLink] {
    var links: [ChainLink] = []
    let summary = EventSummary(context: context)
    for event in try ancestors(of: sequence) {
      let text = summary.text(try event.anyBody(), sequence: event.sequence, time: event.time)
      links.append(ChainLink(event: try EventText(event, context: context), summary: text))
    }
    return links
  }
}

/// One event of a causal chain, with its summary in words.
package struct ChainLink: Sendable {
  package let event: EventText
  package let summary: String
}

extension EventText {
  package init(_ event: JournalEvent, context: RunContext) throws(ProjectionError) {
    self.init(
      sequence: event.sequence, time: event.time, kind: event.kind, cause: event.cause, body: try event.anyBody(),
      context: context)
  }
}

extension JournalEvent {
  /// The decoded event; an error names its sequence.
  func anyBody() throws(ProjectionError) -> any EventBody {
    do throws(DecodeError) { return try body() } catch { throw .decode(error, sequence: sequence) }
  }
}
