package import Feeds
package import Journal
package import Market
import Runtime
import Simulation
package import Wire

/// A feed that gives the session's bars as their times come, a little late: history first, then each bar once it is known. A process that
/// begins again gets what it missed as history.
///
/// It uses no network: what goes wrong with feeds' own protocols is tested with them. So every process of a session sees the same bars, and what it
/// decides doesn't depend on what else goes wrong.
package struct ScriptedFeed: LiveFeed {
  package typealias Message = FeedMessage

  private static let historyNanos = 12 * SessionPlan.intervalNanos

  private let bars: [Bar]
  private var next = 0
  private var delays: SplitMix64
  private var isWarm = false
  private var due: Timestamp?
  /// Wakes up at once, to give the history.
  private let startsAt: Timestamp
  private let defect: Defect?

  /// - Parameter bars: in order; every symbol's of a minute side by side.
  package init(_ bars: [Bar], delays: SplitMix64, now: Timestamp, defect: Defect?) {
    self.defect = defect
    self.bars = bars
    self.delays = delays
    startsAt = now
  }

  package var wakeAt: Timestamp? { isWarm ? due : startsAt }

  package mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if !isWarm {
      isWarm = true
      // A feed that is asked for the last bars; a run that was away for longer has a gap.
      while next < bars.count, bars[next].knownAt.nanos < now.nanos - ScriptedFeed.historyNanos { next += 1 }
      // What became known this instant is fresh to nobody who was not there.
      while next < bars.count, bars[next].knownAt <= now {
        let bar = bars[next]
        let isFresh = defect == .historyOrderedOn && now.nanos - bar.knownAt.nanos < 10 * bar.durationNanos
        out.messages.append(.bar(isFresh ? bar : bar.marked(isHistorical: true)))
        next += 1
      }
      out.messages.append(.warmedUp)
      plan()
      return
    }
    guard let due, due <= now else { return }
    let minute = bars[next].knownAt
    while next < bars.count, bars[next].knownAt == minute {
      // A bar that still runs: its close is what was seen last.
      let bar = defect == .unfinishedBarTaken && next % 7 == 0 ? bars[next].unfinished : bars[next]
      out.messages.append(.bar(bar))
      next += 1
    }
    plan()
  }

  private mutating func plan() {
    guard next < bars.count else {
      due = nil
      return
    }
    due = Timestamp(nanos: bars[next].knownAt.nanos + delays.logUniform(5_000_000...400_000_000))
  }

  package mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
}

extension Bar {
  /// The bar as it stood while it ran.
  var unfinished: Bar {
    do throws(BarError) {
      return try Bar(
        instrument: instrument, openTime: openTime, durationNanos: durationNanos, open: open, high: high, low: low,
        close: open, volume: volume, source: source, isHistorical: isHistorical, closesSlot: closesSlot)
    } catch {
      preconditionFailure("a bar keeps its shape: \(error)")
    }
  }
}
