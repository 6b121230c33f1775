import Events
package import Journal
package import Market

/// The bars that a run saw, beside those that a later journal has of the same symbols and times.
package struct LaterBars: Sendable {
  /// Which value of a bar differs.
  package enum Field: String, CaseIterable, Hashable, Sendable {
    case open
    case high
    case low
    case close
    case volume
    case duration
  }

  package struct Revision: Hashable, Sendable {
    package var instrument: InstrumentIndex
    package var openTime: Timestamp
    package var field: Field
    /// In units of 10⁻⁹; of a duration nanoseconds.
    package var seen: Int64
    package var later: Int64

    package init(instrument: InstrumentIndex, openTime: Timestamp, field: Field, seen: Int64, later: Int64) {
      self.instrument = instrument
      self.openTime = openTime
      self.field = field
      self.seen = seen
      self.later = later
    }
  }

  package struct Only: Hashable, Sendable {
    package var instrument: InstrumentIndex
    package var openTime: Timestamp

    package init(instrument: InstrumentIndex, openTime: Timestamp) {
      self.instrument = instrument
      self.openTime = openTime
    }
  }

  package var path: String
  package var equal: UInt64 = 0
  /// Bars of which some value differs.
  package var revised: UInt64 = 0
  /// One a value, in the order of time; the first `shownMax` of them.
  package var revisions: [Revision] = []
  /// Bars that the run saw and the later journal lacks, and the other way round within the run's time.
  package var onlySeen: UInt64 = 0
  package var onlyLater: UInt64 = 0
  package var firstOnlySeen: Only?
  package var firstOnlyLater: Only?
  /// The run's symbols that the later journal doesn't have.
  package var unknownSymbols: [String] = []

  package static let shownMax = 1_000

  package var isSame: Bool { revised == 0 && onlySeen == 0 && onlyLater == 0 }

  /// Compares two journals bar by bar, in bounded memory.
  ///
  /// - Throws: where they have no symbol in common, or one can't be read.
  package static func compare(_ run: JournalChain, with later: JournalChain) throws(RunError) -> LaterBars {
    let symbols = run.started.instruments.map(\.symbol)
    let names = later.started.instruments.map(\.symbol)
    guard symbols.contains(where: { names.contains($0) }) else {
      throw .noCommonSymbols(symbols, path: later.path, available: names)
    }
    var comparison = LaterBars(path: later.path)
    comparison.unknownSymbols = symbols.filter { !names.contains($0) }
    let places = names.map { name in symbols.firstIndex(of: name).map { InstrumentIndex($0) } }
    let wanted = symbols.indices.map { names.contains(symbols[$0]) ? InstrumentIndex($0) : nil }
    var seen = try BarInstants(run, places: wanted)
    var newer = try BarInstants(later, places: places)
    var (left, right) = (try seen.next(), try newer.next())
    // What lies before the run's first bar and behind its last is none of it.
    while let ours = left, let theirs = right, theirs.knownAt < ours.knownAt { right = try newer.next() }
    while let ours = left {
      if let theirs = right, theirs.knownAt < ours.knownAt {
        for bar in theirs.bars { comparison.noteOnlyLater(bar) }
        right = try newer.next()
      } else if let theirs = right, theirs.knownAt == ours.knownAt {
        comparison.compare(ours.bars, theirs.bars)
        (left, right) = (try seen.next(), try newer.next())
      } else {
        for bar in ours.bars { comparison.noteOnlySeen(bar) }
        left = try seen.next()
      }
    }
    return comparison
  }

  private mutating func compare(_ ours: [Bar], _ theirs: [Bar]) {
    for bar in ours {
      if let other = theirs.first(where: { $0.instrument == bar.instrument }) {
        compare(bar, other)
      } else {
        noteOnlySeen(bar)
      }
    }
    for bar in theirs where !ours.contains(where: { $0.instrument == bar.instrument }) { noteOnlyLater(bar) }
  }

  private mutating func compare(_ seen: Bar, _ later: Bar) {
    let fields: [(Field, Int64, Int64)] = [
      (.open, seen.open.nanos, later.open.nanos), (.high, seen.high.nanos, later.high.nanos),
      (.low, seen.low.nanos, later.low.nanos), (.close, seen.close.nanos, later.close.nanos),
      (.volume, seen.volume.nanos, later.volume.nanos), (.duration, seen.durationNanos, later.durationNanos),
    ]
    var isRevised = false
    for (field, ours, theirs) in fields where ours != theirs {
      isRevised = true
      guard revisions.count < LaterBars.shownMax else { continue }
      revisions.append(
        Revision(instrument: seen.instrument, openTime: seen.openTime, field: field, seen: ours, later: theirs))
    }
    if isRevised { revised += 1 } else { equal += 1 }
  }

  private mutating func noteOnlySeen(_ bar: Bar) {
    onlySeen += 1
    if firstOnlySeen == nil { firstOnlySeen = Only(instrument: bar.instrument, openTime: bar.openTime) }
  }

  private mutating func noteOnlyLater(_ bar: Bar) {
    onlyLater += 1
    if firstOnlyLater == nil { firstOnlyLater = Only(instrument: bar.instrument, openTime: bar.openTime) }
  }
}

/// A journal's bars, those of one instant at a time; of one instrument and instant the last, as a correction comes behind what it corrects.
private struct BarInstants: ~Copyable {
  private var reader: ChainReader
  /// What each instrument of the journal is called here; nil where it isn't wanted.
  private let places: [InstrumentIndex?]
  private var ahead: Bar?
  private var hasBegun = false

  init(_ chain: JournalChain, places: [InstrumentIndex?]) throws(RunError) {
    self.places = places
    reader = try ChainReader.opened(chain)
  }

  mutating func next() throws(RunError) -> (knownAt: Timestamp, bars: [Bar])? {
    if !hasBegun {
      hasBegun = true
      ahead = try nextBar()
    }
    guard let first = ahead else { return nil }
    var bars = [first]
    ahead = try nextBar()
    while let bar = ahead, bar.knownAt == first.knownAt {
      bars.removeAll { $0.instrument == bar.instrument }
      bars.append(bar)
      ahead = try nextBar()
    }
    return (first.knownAt, bars)
  }

  private mutating func nextBar() throws(RunError) -> Bar? {
    while let event = try reader.nextOfRun() {
      guard case .bar(let bar) = event.content, bar.instrument.position < places.count,
        let place = places[bar.instrument.position]
      else { continue }
      return bar.with(instrument: place, closesSlot: bar.closesSlot)
    }
    return nil
  }
}
