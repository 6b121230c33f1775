import Core
import Events
import Journal
import Market

/// Corporate actions that a paper run takes beside its feed: each before the first bars that become known behind its instant, as in a backtest.
///
/// What the journal has is not taken again after a restart, and what a renewed file has of an instant that is past is taken before the next bars: late, but not lost. It is refused where it would meet what
/// came behind its instant: bars at its new prices, or units that were bought without it.
struct LiveActions: Sendable {
  private var entries: [ActionSchedule.Entry]
  /// Of the journal that they are from; nil where there is none.
  let path: String?

  init(_ schedule: ActionSchedule?) {
    path = schedule?.path
    let all = schedule?.entries ?? []
    entries = all.indices.sorted { (all[$0].time, $0) < (all[$1].time, $1) }.map { all[$0] }
  }

  /// What lies before a run's first bars meets nothing.
  mutating func begin(at time: Timestamp) { entries.removeAll { $0.time < time } }

  /// Leaves out what a journal has already: each of its actions is the newest equal one that was due by then.
  ///
  /// - Throws: `RunError.lateAction`.
  mutating func resume(_ chain: JournalChain, _ instruments: [Instrument]) throws(RunError) {
    if entries.isEmpty { return }
    var newest = Newest(instruments.count)
    begin(at: chain.links[0].startedAt)
    var reader = try ChainReader.opened(chain)
    while let event = try reader.nextOfRun() {
      try newest.note(event, chain.path)
      guard event.kind == CorporateAction.kind else { continue }
      let action = try event.decodedInRun(CorporateAction.self, chain.path)
      if let place = entries.lastIndex(where: { $0.time <= event.time && $0.action == action }) {
        entries.remove(at: place)
      }
    }
    for entry in entries where newest.meets(entry) {
      throw .lateAction(
        symbol: instruments[entry.action.instrument.position].symbol, action: entry.action.type, time: entry.time,
        path: path ?? "the actions")
    }
  }

  /// How far a journal goes, by instrument.
  private struct Newest {
    private var barOpens: [Timestamp]
    private var fills: [Timestamp]

    init(_ count: Int) {
      barOpens = Array(repeating: Timestamp(nanos: .min), count: count)
      fills = barOpens
    }

    mutating func note(_ event: JournalEvent, _ path: String) throws(RunError) {
      if case .bar(let bar) = event.content {
        barOpens[bar.instrument.position] = max(barOpens[bar.instrument.position], bar.openTime)
      } else if event.kind == Fill.kind {
        let place = try event.decodedInRun(Fill.self, path).instrument.position
        fills[place] = max(fills[place], event.time)
      }
    }

    /// Whether something that the action would change belongs to the time behind it.
    func meets(_ entry: ActionSchedule.Entry) -> Bool {
      let place = entry.action.instrument.position
      switch entry.action.type {
      case .symbolChange: return false
      // It is paid on what is held, and changes no price.
      case .cashDividend: return fills[place] > entry.time
      case .split, .specialDividend, .spinOff, .merger, .delisting, .delistingAtLast:
        return barOpens[place] >= entry.time || fills[place] > entry.time
      }
    }
  }

  /// The next one whose instant lies before `time`.
  mutating func take(before time: Timestamp) -> ActionSchedule.Entry? {
    guard let first = entries.first, first.time < time else { return nil }
    return entries.removeFirst()
  }
}
