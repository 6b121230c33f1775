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
/// A bar is given once the run's clock has reached its end.
package struct LineBars: LiveFeed {
  private let symbols: [String]
  private let intervalNanos: Int64
  private var waiting: [Bar] = []
  private var isWarm = false
  private var linesHaveEnded = false
  private var hasEnded = false
  private var lineCount: Int64 = 0

  package init(symbols: [String], intervalNanos: Int64) {
    self.symbols = symbols
    self.intervalNanos = intervalNanos
  }

  package var wakeAt: Timestamp? {
    if hasEnded { return nil }
    return waiting.first?.knownAt ?? (linesHaveEnded ? Timestamp(nanos: .min) : nil)
  }

  package mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    while let bar = waiting.first, bar.knownAt <= now {
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
      let place = waiting.lastIndex { $0.knownAt <= bar.knownAt }.map { $0 + 1 } ?? 0
      waiting.insert(bar, at: place)
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
    wake(now: now, into: &out)
  }

  private mutating func warm(into out: inout WireOutbox<FeedMessage>) {
    isWarm = true
    out.messages.append(.warmedUp)
  }

  private enum LineFault: Error {
    case json(JSONError)
    case field(String)
    case symbol(String)
    case bar(BarError)

    var text: String {
      switch self {
      case .json(let error): "no JSON object: \(error)"
      case .field(let name): "\(name) is missing, or not what it should be"
      case .symbol(let symbol): "the run has no instrument \(symbol.prefix(40))"
      case .bar(let error): "no bar has such prices: \(error)"
      }
    }
  }

  private func bar(_ line: [UInt8]) throws(LineFault) -> Bar {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(line, limits: JSONLimits(byteCountMax: 65_536, depthMax: 4, valueCountMax: 64))
    } catch {
      throw .json(error)
    }
    let root = document.root
    guard let symbol = root["symbol"]?.string else { throw .field("symbol") }
    guard let place = symbols.firstIndex(of: symbol) else { throw .symbol(symbol) }
    guard let time = root["time"].flatMap(instant) else { throw .field("time") }
    var duration = intervalNanos
    if let written = root["interval_s"] {
      guard let seconds = written.integer, seconds > 0, seconds <= 86_400 else { throw .field("interval_s") }
      duration = seconds * 1_000_000_000
    }
    func nanos(_ name: StaticString) throws(LineFault) -> Int64 {
      guard let value = root[name]?.nanos else { throw .field("\(name)") }
      return value
    }
    let isHistorical = root["historical"]?.bool ?? false
    let (open, high, low) = (try nanos("open"), try nanos("high"), try nanos("low"))
    let (close, volume) = (try nanos("close"), try nanos("volume"))
    do throws(BarError) {
      return try Bar(
        instrument: InstrumentIndex(place), openTime: time, durationNanos: duration, open: Price(nanos: open),
        high: Price(nanos: high), low: Price(nanos: low), close: Price(nanos: close), volume: Quantity(nanos: volume),
        source: .stdin, isHistorical: isHistorical, closesSlot: false)
    } catch {
      throw .bar(error)
    }
  }

  private func instant(_ value: JSONValue) -> Timestamp? {
    if let nanos = value.integer { return Timestamp(nanos: nanos) }
    guard let text = value.string else { return nil }
    do throws(TimestampError) { return try Timestamp(text) } catch { return nil }
  }
}
