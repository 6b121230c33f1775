import Events
import Feeds
import Market

/// From bars as they come to slots as they are decided on: all bars that become known at one instant, in the run's order, the last one closing it.
///
/// A slot is closed where its feed says so (a journal that plays knows), when each instrument that is waited for has its bar, when a bar of a later instant comes, or when its grace is over. No bar goes back
/// in time and none comes twice; what is left out is said.
///
/// Waited for is an instrument whose market is in its regular hours. Out of them nobody knows which instruments trade: one that brings bars then is waited for, and where all markets are closed
/// each is, until it has brought none for `silentSlotsMax` slots in a row. Else the first bar of an instant would close its slot on all others.
struct LiveSlots {
  static let silentSlotsMax = 3

  private let calendars: [CalendarName]
  /// How long a slot waits for its last bars, in nanoseconds; nil for until later ones come.
  private let graceNanos: Int64?
  private var bars: [Bar] = []
  private var closed: [[Bar]] = []
  private var notices: [FeedNotice] = []
  /// When the newest bar of each instrument opened.
  private var lastOpenTimes: [Timestamp?]
  /// Slots in a row that closed without a bar of each instrument.
  private var silentSlots: [Int]
  /// Whether the newest bar of each instrument, one that came too late included, was of an hour in which its market is closed.
  private var tradesOutOfHours: [Bool]
  /// When the newest closed slot became known.
  private var lastKnownAt = Timestamp(nanos: .min)
  private(set) var wakeAt: Timestamp?

  init(_ instruments: [Instrument], graceNanos: Int64?) {
    calendars = instruments.map(\.calendar)
    self.graceNanos = graceNanos
    lastOpenTimes = Array(repeating: nil, count: instruments.count)
    silentSlots = Array(repeating: 0, count: instruments.count)
    tradesOutOfHours = Array(repeating: false, count: instruments.count)
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
    silentSlots[place] = 0
    tradesOutOfHours[place] = !isOpen(place, bar.openTime)
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
    } else if bars.count == lastOpenTimes.count || !isAwaitingBars {
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
      !hasBar(place) && isOpen(place, first.openTime)
    }
  }

  private func hasBar(_ place: Int) -> Bool { bars.contains { $0.instrument.position == place } }

  private func isOpen(_ place: Int, _ instant: Timestamp) -> Bool {
    TradingCalendar(calendars[place]).phase(at: instant) == .regular
  }

  /// Whether the open slot waits for somebody's bar.
  private var isAwaitingBars: Bool {
    guard let first = bars.first else { return false }
    // An instrument whose market is open decides alone; most slots end here.
    if calendars.indices.contains(where: { !hasBar($0) && isOpen($0, first.openTime) }) { return true }
    let isAllClosed = !bars.contains { isOpen($0.instrument.position, first.openTime) }
    return calendars.indices.contains { place in
      !hasBar(place) && silentSlots[place] < LiveSlots.silentSlotsMax && (isAllClosed || tradesOutOfHours[place])
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
    for place in silentSlots.indices where !hasBar(place) {
      silentSlots[place] = min(silentSlots[place] + 1, LiveSlots.silentSlotsMax)
    }
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
