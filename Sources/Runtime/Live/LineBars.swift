import Events
package import Feeds
package import Market
package import Wire

/// Bars from JSON lines on standard input, so that anything can be a feed:
///
///     {"symbol":"SPY","time":"2026-11-26T14:31:00Z","interval_s":60,"open":601.2,"high":601.5,"low":601.1,"close":601.4,"volume":1200}
///
/// `time` is when the bar opened, as an instant or in nanoseconds since 1970; `interval_s`, in seconds, may be left out for the profile's interval;
/// `historical` is false unless it is given. A line that can't be read is left out and said, with the field that is wrong.
/// A bar is given once the run's clock has reached its end. One that is dated further ahead than clocks differ is said with its line, and left out where the input ends before its time comes.
package struct LineBars: LiveFeed {
  let symbols: [String]
  let intervalNanos: Int64
  /// Whether the run's clock goes by itself: one that jumps makes no bar early.
  private let isPaced: Bool
  private var waiting: [Waiting] = []
  /// Whether the last bar was ahead of the clock: such a program is told so once, not with every bar.
  private var isAhead = false
  private var isWarm = false
  private var linesHaveEnded = false
  private var hasEnded = false
  private var lineCount: Int64 = 0

  private struct Waiting {
    var bar: Bar
    var line: Int64
  }

  /// Clocks of two machines differ by as much without anybody's minding.
  private static let aheadNanosMax: Int64 = 2_000_000_000
  /// How long a run whose input has ended waits for the end of bars that are still being made.
  private static let lastWaitNanosMax: Int64 = 60_000_000_000

  package init(symbols: [String], intervalNanos: Int64, isPaced: Bool = true) {
    self.symbols = symbols
    self.intervalNanos = intervalNanos
    self.isPaced = isPaced
  }

  package var wakeAt: Timestamp? {
    if hasEnded { return nil }
    return waiting.first?.bar.knownAt ?? (linesHaveEnded ? Timestamp(nanos: .min) : nil)
  }

  package mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    while let bar = waiting.first?.bar, bar.knownAt <= now {
      waiting.removeFirst()
      if !isWarm, !bar.isHistorical { warm(into: &out) }
      out.messages.append(.bar(bar))
    }
    guard linesHaveEnded, waiting.isEmpty, !hasEnded else { return }
    if !isWarm { warm(into: &out) }
    hasEnded = true
    out.messages.append(.ended)
  }

  package mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}

  package mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    lineCount += 1
    if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
    do throws(LineFault) {
      let bar = try bar(line)
      // Lines that come in order of time, as they should, need no search.
      let place = waiting.lastIndex { $0.bar.knownAt <= bar.knownAt }.map { $0 + 1 } ?? 0
      waiting.insert(Waiting(bar: bar, line: lineCount), at: place)
      tellAhead(bar, now, into: &out)
      wake(now: now, into: &out)
    } catch {
      out.messages.append(
        .notice(
          FeedNotice(.invalidBar, .warning, source: "stdin", first: lineCount, text: "line \(lineCount): \(error.text)")
        )
      )
    }
  }

  package mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    linesHaveEnded = true
    if isPaced { leaveOutLater(now, into: &out) }
    wake(now: now, into: &out)
  }

  private mutating func tellAhead(_ bar: Bar, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    let (ahead, overflows) = bar.knownAt.nanos.subtractingReportingOverflow(now.nanos)
    guard isPaced, overflows || ahead > LineBars.aheadNanosMax else {
      isAhead = false
      return
    }
    if isAhead { return }
    isAhead = true
    out.messages.append(
      .notice(
        FeedNotice(
          .clockSkew, .warning, source: "stdin", instrument: bar.instrument, first: overflows ? .max : ahead,
          second: lineCount,
          text:
            "line \(lineCount): the bar ends at \(bar.knownAt), which is ahead of the run's clock, \(now): it waits until then; `time` is when a bar opened"
        )))
  }

  /// Nothing comes any more: bars that are far ahead of the clock would keep the run waiting for what nobody sends.
  private mutating func leaveOutLater(_ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    let last = now.adding(LineBars.lastWaitNanosMax)
    let later = waiting.filter { $0.bar.knownAt > last }
    guard let first = later.first else { return }
    waiting.removeAll { $0.bar.knownAt > last }
    out.messages.append(
      .notice(
        FeedNotice(
          .invalidBar, .warning, source: "stdin", instrument: first.bar.instrument, first: first.line,
          second: Int64(later.count),
          text:
            "\(later.count) bar\(later.count == 1 ? "" : "s") from line \(first.line) on left out: dated ahead of the run's clock, \(now), the first ends at \(first.bar.knownAt), and the input is at its end"
        )))
  }

  private mutating func warm(into out: inout WireOutbox<FeedMessage>) {
    isWarm = true
    out.messages.append(.warmedUp)
  }
}
