import Core
import Events
import Journal
import Market

/// Corporate actions that a paper run takes beside its feed: each before the first bars that become known behind its instant, as in a backtest.
///
/// What the journal has is not taken again after a restart, and what a renewed file has of an instant that is past is taken before the next bars: late, but not lost.
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
  mutating func resume(_ chain: JournalChain) throws(RunError) {
    if entries.isEmpty { return }
    begin(at: chain.links[0].startedAt)
    var reader = try ChainReader.opened(chain)
    while let event = try reader.nextOfRun() {
      guard event.kind == CorporateAction.kind else { continue }
      let action = try event.decodedInRun(CorporateAction.self, chain.path)
      if let place = entries.lastIndex(where: { $0.time <= event.time && $0.action == action }) {
        entries.remove(at: place)
      }
    }
  }

  /// The next one whose instant lies before `time`.
  mutating func take(before time: Timestamp) -> ActionSchedule.Entry? {
    guard let first = entries.first, first.time < time else { return nil }
    return entries.removeFirst()
  }
}
