import Core
import Events
import Journal
import Market

/// Corporate actions that a paper run takes beside its feed: each before the first bars that become known behind its instant, as in a backtest.
///
/// What the journal has is not taken again after a restart, and what a renewed file has of an instant that is past is taken before the next bars: late, but not lost.
struct LiveActions: Sendable {
  private var entries: [ActionSchedule.Entry]

  init(_ schedule: ActionSchedule?) {
    let all = schedule?.entries ?? []
    entries = all.indices.sorted { (all[$0].time, $0) < (all[$1].time, $1) }.map { all[$0] }
  }

  var isEmpty: Bool { entries.isEmpty }

  /// What lies before a run's first bars meets nothing.
  mutating func begin(at time: Timestamp) { entries.removeAll { $0.time < time } }

  /// Leaves out what a journal has already: each of its actions is the newest equal one that was due by then.
  mutating func resume(_ chain: JournalChain) throws(RunError) {
    if entries.isEmpty { return }
    begin(at: chain.links[0].startedAt)
    var reader: ChainReader
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
    while true {
      let read: JournalEvent?
      do throws(JournalError) { read = try reader.next() } catch { throw .journal(error) }
      guard let event = read else { return }
      guard event.kind == CorporateAction.kind else { continue }
      let action: CorporateAction
      do throws(DecodeError) { action = try event.decode(CorporateAction.self) } catch {
        throw .decode(error, path: chain.path, sequence: event.sequence)
      }
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
