import Events
package import Feeds
package import Journal
package import Market
package import Wire

/// The bars of a journal, each given when the run's clock reaches the instant at which it became known: at any speed that the clock goes at.
package struct BarPlayback: LiveFeed {
  /// Reads block by block, never the whole journal; shared by copies of the feed, of which one is used.
  private final class Source {
    var reader: ChainReader
    init(_ reader: consuming ChainReader) { self.reader = reader }
  }

  private let source: Source
  /// Run index by journal index; nil for those that the run doesn't want.
  private let places: [InstrumentIndex?]
  private var next: Bar?
  /// Slots that are still given as history.
  private var historyCount: Int
  /// When the slot that is being given became known.
  private var slotEnd = Timestamp(nanos: .min)
  private var hasBegun = false
  private var isWarm = false
  private var hasEnded = false

  /// - Parameters:
  ///   - places: where each instrument of the journal is among the run's.
  ///   - historySlots: so many slots from its beginning are given as history.
  ///   - behind: bars known at or before this instant are left out; for a run that has had them.
  package init(
    _ reader: consuming ChainReader, places: [InstrumentIndex?], historySlots: Int, behind: Timestamp?
  ) throws(JournalError) {
    source = Source(reader)
    self.places = places
    historyCount = historySlots
    next = try BarPlayback.bar(&source.reader, places)
    while let bar = next, let behind, bar.knownAt <= behind {
      count(bar)
      next = try BarPlayback.bar(&source.reader, places)
    }
  }

  /// The instant of the first bar that it gives.
  package var begins: Timestamp? { next?.knownAt }

  package var isPlayback: Bool { true }

  package var wakeAt: Timestamp? { hasEnded ? nil : next?.knownAt ?? Timestamp(nanos: .min) }

  package mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if hasEnded { return }
    if !hasBegun, next?.isHistorical != true, historyCount <= 0 { say(.warmedUp, into: &out) }
    hasBegun = true
    while let bar = next, bar.knownAt <= now {
      let isHistorical = count(bar) || bar.isHistorical
      if !isHistorical, !isWarm { say(.warmedUp, into: &out) }
      var failure: JournalError?
      do throws(JournalError) { next = try BarPlayback.bar(&source.reader, places) } catch {
        failure = error
        next = nil
      }
      // The journal knows where a slot ends; of one that lacks a bar, too.
      let given = isHistorical ? bar.marked(isHistorical: true) : bar
      out.messages.append(.bar(given.with(instrument: given.instrument, closesSlot: next?.knownAt != bar.knownAt)))
      if let failure {
        out.messages.append(.notice(FeedNotice(.invalidAnswer, .error, source: "journal", text: "\(failure)")))
      }
    }
    guard next == nil else { return }
    if !isWarm { say(.warmedUp, into: &out) }
    out.messages.append(.ended)
    hasEnded = true
  }

  package mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}

  private mutating func say(_ message: FeedMessage, into out: inout WireOutbox<FeedMessage>) {
    isWarm = true
    out.messages.append(message)
  }

  /// Counts a slot off the history; whether the bar's slot is part of it.
  @discardableResult
  private mutating func count(_ bar: Bar) -> Bool {
    if bar.knownAt > slotEnd {
      slotEnd = bar.knownAt
      if historyCount >= 0 { historyCount -= 1 }
    }
    return historyCount >= 0
  }

  private static func bar(
    _ reader: inout ChainReader, _ places: [InstrumentIndex?]
  ) throws(JournalError) -> Bar? {
    while let event = try reader.next() {
      guard case .bar(let bar) = event.content, bar.instrument.position < places.count,
        let place = places[bar.instrument.position]
      else { continue }
      return bar.with(instrument: place, closesSlot: false)
    }
    return nil
  }
}
