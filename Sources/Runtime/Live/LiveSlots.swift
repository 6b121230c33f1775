import Events
import Feeds
import Market

/// From bars as they come to slots as they are decided on: all bars that become known at one instant, in the run's order, the last one closing it.
///
/// A slot is closed where its feed says so (a journal that plays knows), when each instrument whose market trades has its bar, when a bar of a later instant comes, or when its grace is over. No bar goes back
/// in time and none comes twice; what is left out is said.
struct LiveSlots {
  private let calendars: [CalendarName]
  /// How long a slot waits for its last bars, in nanoseconds; nil for until later ones come.
  private let graceNanos: Int64?
  private var bars: [Bar] = []
  private var closed: [[Bar]] = []
  private var notices: [FeedNotice] = []
  /// When the newest bar of each instrument opened.
  private var lastOpenTimes: [Timestamp?]
  /// When the newest closed slot became known.
  private var lastKnownAt = Timestamp(nanos: .min)
  private(set) var wakeAt: Timestamp?

  init(_ instruments: [Instrument], graceNanos: Int64?) {
    calendars = instruments.map(\.calendar)
    self.graceNanos = graceNanos
    lastOpenTimes = Array(repeating: nil, count: instruments.count)
  }

  /// Goes on behind the bars that a journal holds.
  mutating func resume(behind openTimes: [Timestamp?], lastKnownAt: Timestamp) {
    lastOpenTimes = openTimes
    self.lastKnownAt = lastKnownAt
  }

  mutating func take(_ bar: Bar, now: Timestamp) {
    let place = bar.instrument.position
    guard place < lastOpenTimes.count else {
      note(.invalidBar, bar, "instrument \(place) of \(lastOpenTimes.count)")
      return
    }
    if let last = lastOpenTimes[place], bar.openTime <= last {
      note(bar.openTime == last ? .duplicateBar : .lateBar, bar, "")
      return
    }
    if bar.knownAt <= lastKnownAt {
      note(.lateBar, bar, "its slot was decided on already")
      return
    }
    if let open = bars.first, open.knownAt != bar.knownAt {
      if bar.knownAt < open.knownAt {
        note(.lateBar, bar, "a later slot is open")
        return
      }
      close()
    }
    lastOpenTimes[place] = bar.openTime
    bars.append(bar)
    if bar.closesSlot {
      close(saysMissing: false)
    } else if bars.count == lastOpenTimes.count || missing.isEmpty {
      close()
    } else if wakeAt == nil, let graceNanos {
      wakeAt = max(bar.knownAt, now).adding(graceNanos)
    }
  }

  mutating func wake(now: Timestamp) { if let wakeAt, now >= wakeAt { close() } }

  /// Nothing more comes: what is there is all.
  mutating func flush() { close() }

  mutating func takeNotices() -> [FeedNotice] {
    defer { notices = [] }
    return notices
  }

  mutating func takeClosed() -> [[Bar]] {
    defer { closed = [] }
    return closed
  }

  var hasNews: Bool { !closed.isEmpty || !notices.isEmpty }

  /// The instruments that lack their bar though their market trades.
  private var missing: [Int] {
    guard let first = bars.first else { return [] }
    return calendars.indices.filter { place in
      if bars.contains(where: { $0.instrument.position == place }) { return false }
      return TradingCalendar(calendars[place]).phase(at: first.openTime) == .regular
    }
  }

  private mutating func close(saysMissing: Bool = true) {
    wakeAt = nil
    guard let first = bars.first else { return }
    if saysMissing, !first.isHistorical {
      for place in missing {
        notices.append(
          FeedNotice(
            .slotIncomplete, .warning, source: "slots", instrument: InstrumentIndex(place), first: first.openTime.nanos)
        )
      }
    }
    lastKnownAt = first.knownAt
    bars.sort { $0.instrument < $1.instrument }
    let last = bars.count - 1
    closed.append(bars.indices.map { bars[$0].with(instrument: bars[$0].instrument, closesSlot: $0 == last) })
    bars.removeAll(keepingCapacity: true)
  }

  private mutating func note(_ code: NoticeCode, _ bar: Bar, _ text: String) {
    notices.append(
      FeedNotice(
        code, .warning, source: "slots", instrument: code == .invalidBar ? nil : bar.instrument,
        first: bar.openTime.nanos, second: bar.knownAt.nanos, text: text))
  }
}
