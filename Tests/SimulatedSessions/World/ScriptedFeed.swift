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

  private let bars: [Bar]
  private var next = 0
  private var delays: SplitMix64
  private var isWarm = false
  private var due: Timestamp?
  /// Wakes up at once, to give the history.
  private let startsAt: Timestamp

  /// - Parameter bars: in order; every symbol's of a minute side by side.
  package init(_ bars: [Bar], delays: SplitMix64, now: Timestamp) {
    self.bars = bars
    self.delays = delays
    startsAt = now
  }

  package var wakeAt: Timestamp? { isWarm ? due : startsAt }

  package mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if !isWarm {
      isWarm = true
      // What became known this instant is fresh to nobody who was not there.
      while next < bars.count, bars[next].knownAt <= now {
        out.messages.append(.bar(bars[next].asHistory))
        next += 1
      }
      out.messages.append(.warmedUp)
      plan()
      return
    }
    guard let due, due <= now else { return }
    let minute = bars[next].knownAt
    while next < bars.count, bars[next].knownAt == minute {
      out.messages.append(.bar(bars[next]))
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
  /// The same bar as one that nothing may be ordered on.
  var asHistory: Bar {
    do throws(BarError) {
      return try Bar(
        instrument: instrument, openTime: openTime, durationNanos: durationNanos, open: open, high: high, low: low,
        close: close, volume: volume, source: source, isHistorical: true, closesSlot: closesSlot)
    } catch {
      preconditionFailure("a bar keeps its shape: \(error)")
    }
  }
}
