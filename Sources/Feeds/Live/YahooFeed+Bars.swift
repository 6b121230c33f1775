import Events
import Market
import Wire

/// From a chart to bars.
extension YahooFeed {
  /// What a chart says, as far as it can be believed.
  private struct Chart {
    var bars: [Bar]
    /// Of the last trade that Yahoo has.
    var marketTime: Timestamp
    /// Opens of all rows on the grid, those without prices too.
    var newestRow: Timestamp?
  }

  mutating func tookHistory(
    _ result: JSONValue, _ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    guard let chart = chart(result, place, now, into: &out) else { return endHistory(place, now, into: &out) }
    // The newest may still move: they are left to the polls.
    let settled = chart.bars.filter {
      $0.knownAt.plus(settings.intervalNanos) <= now && $0.openTime > (lastOpenTimes[place] ?? Timestamp(nanos: .min))
    }
    for bar in settled.suffix(lastOpenTimes[place] == nil ? settings.warmupBars : settled.count) {
      history.append(bar.marked(isHistorical: true))
      lastBars[place] = bar
      lastOpenTimes[place] = bar.openTime
    }
    if settings.warmupBars == 0, lastOpenTimes[place] == nil, let newest = settled.last {
      // Nothing of history is wanted: what follows is new.
      lastOpenTimes[place] = newest.openTime
    }
    endHistory(place, now, into: &out)
  }

  mutating func took(
    _ result: JSONValue, _ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    guard let chart = chart(result, place, now, into: &out) else { return }
    for bar in chart.bars {
      if let last = lastBars[place], bar.openTime == last.openTime {
        noteRevision(bar, last, place, into: &out)
        continue
      }
      if let last = lastOpenTimes[place], bar.openTime <= last { continue }
      consider(bar, chart, place, now)
    }
    giveFinal(place, now, into: &out)
  }

  private mutating func noteRevision(
    _ bar: Bar, _ last: Bar, _ place: Int, into out: inout WireOutbox<FeedMessage>
  ) {
    guard bar.open != last.open || bar.high != last.high || bar.low != last.low || bar.close != last.close else {
      return
    }
    lastBars[place] = bar
    say(
      .revisedBar, .warning, place: place, first: bar.openTime.nanos,
      text: "close \(last.close) is \(bar.close) now", into: &out)
  }

  /// Counts how often a bar was seen with these prices, polls far enough apart.
  private mutating func consider(_ bar: Bar, _ chart: Chart, _ place: Int, _ now: Timestamp) {
    let hasEnded = bar.knownAt <= chart.marketTime || (chart.newestRow.map { $0 > bar.openTime } ?? false)
    guard hasEnded, bar.knownAt <= now else { return }
    guard let at = candidates[place].firstIndex(where: { $0.bar.openTime == bar.openTime }) else {
      candidates[place].append(Candidate(bar: bar, seenAt: now, agreements: 1))
      return
    }
    if !candidates[place][at].bar.hasSamePrices(as: bar) {
      candidates[place][at] = Candidate(bar: bar, seenAt: now, agreements: 1)
    } else if now >= candidates[place][at].seenAt.plus(confirmNanos) {
      candidates[place][at].agreements += 1
      candidates[place][at].seenAt = now
      candidates[place][at].bar = bar
    }
  }

  /// Gives the bars that are final, oldest first, none before an older one.
  private mutating func giveFinal(_ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    candidates[place].sort { $0.bar.openTime < $1.bar.openTime }
    while let first = candidates[place].first {
      let isStrange = lastBars[place].map { YahooFeed.isImplausible(first.bar.open, $0.close) } ?? false
      if isStrange, first.agreements == 2, let last = lastBars[place] {
        say(
          .priceImplausible, .error, place: place, first: last.close.nanos, second: first.bar.open.nanos,
          text: "asked for once more before it is taken", into: &out)
      }
      guard first.agreements >= (isStrange ? 3 : 2) else { return }
      candidates[place].removeFirst()
      let isFresh = first.bar.knownAt >= now.plus(-settings.freshNanos)
      let bar = isFresh ? first.bar : first.bar.marked(isHistorical: true)
      lastBars[place] = bar
      lastOpenTimes[place] = bar.openTime
      out.messages.append(.bar(bar))
    }
  }

  /// Nearly twice as much, or half: a split, another unit, a slip of the point.
  private static func isImplausible(_ price: Price, _ last: Price) -> Bool {
    if last.nanos <= 0 { return false }
    return Int128(price.nanos) * 10 >= Int128(last.nanos) * 19 || Int128(price.nanos) * 100 <= Int128(last.nanos) * 55
  }

  private mutating func chart(
    _ result: JSONValue, _ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) -> Chart? {
    guard let meta = result["meta"] else {
      say(.invalidAnswer, .warning, place: place, text: "a chart without meta", into: &out)
      return nil
    }
    if let granularity = meta["dataGranularity"]?.string, granularity != interval,
      !(interval == "1h" && granularity == "60m")
    {
      say(
        .invalidAnswer, .warning, place: place, text: "bars of \(granularity) where \(interval) was asked for",
        into: &out)
      return nil
    }
    // No data in the window: no rows at all, which is no error.
    guard let times = result["timestamp"], times.kind == .array else { return nil }
    guard let quote = result["indicators"]?["quote"]?[0],
      let columns = Columns(quote, count: times.items.reduce(into: 0) { count, _ in count += 1 })
    else {
      say(.invalidAnswer, .warning, place: place, text: "columns of unequal length", into: &out)
      return nil
    }
    let marketTime = meta["regularMarketTime"]?.integer.flatMap(YahooFeed.time) ?? Timestamp(nanos: .min)
    let session = meta["currentTradingPeriod"]?["regular"]
    let isAlways = settings.instruments[place].calendar == .always
    let gridStart = session?["start"]?.integer.flatMap(YahooFeed.time)
    let sessionEnd = isAlways ? nil : session?["end"]?.integer.flatMap(YahooFeed.time)
    let divisor: Int64 = ["GBp", "ZAc", "ILA"].contains(meta["currency"]?.string ?? "") ? 100 : 1
    var chart = Chart(bars: [], marketTime: marketTime)
    var row = -1
    for value in times.items {
      row += 1
      guard let open = value.integer.flatMap(YahooFeed.time) else { continue }
      // The last price, as a row of its own, stands off the grid or at the session's end.
      if settings.intervalNanos < Timestamp.nanosPerDay, let gridStart,
        (open.nanos - gridStart.nanos) % settings.intervalNanos != 0
      {
        continue
      }
      if let sessionEnd, open >= sessionEnd, settings.intervalNanos < Timestamp.nanosPerDay { continue }
      if open > now { continue }
      chart.newestRow = max(chart.newestRow ?? open, open)
      guard let bar = bar(columns, row, open, place, divisor, into: &out) else { continue }
      if let last = chart.bars.last, bar.openTime <= last.openTime { continue }
      chart.bars.append(bar)
    }
    return chart
  }

  private static func time(_ seconds: Int64) -> Timestamp? {
    let (nanos, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflowed ? nil : Timestamp(nanos: nanos)
  }

  /// The columns of a chart, each as long as its times.
  private struct Columns {
    var open, high, low, close, volume: [JSONValue]

    init?(_ quote: JSONValue, count: Int) {
      func column(_ name: StaticString) -> [JSONValue] { quote[name].map { Array($0.items) } ?? [] }
      (open, high, low) = (column("open"), column("high"), column("low"))
      (close, volume) = (column("close"), column("volume"))
      guard [open, high, low, close, volume].allSatisfy({ $0.count == count }) else { return nil }
    }
  }

  /// A row's bar; nil where it has no prices, as in a minute without trades.
  private func bar(
    _ columns: Columns, _ row: Int, _ open: Timestamp, _ place: Int, _ divisor: Int64,
    into out: inout WireOutbox<FeedMessage>
  ) -> Bar? {
    let instrument = settings.instruments[place]
    func price(_ value: JSONValue) -> Price? {
      guard let nanos = value.nanosRounded, nanos > 0 else { return nil }
      // 32-bit floating point, widened: what it stands for is on the tick's grid.
      return Price(nanos: nanos / divisor).rounded(toTick: instrument.tickSize)
    }
    guard let first = price(columns.open[row]), let high = price(columns.high[row]), let low = price(columns.low[row]),
      let close = price(columns.close[row])
    else { return nil }
    let volume = Quantity(nanos: max(columns.volume[row].nanosRounded ?? 0, 0))
    do throws(BarError) {
      return try Bar(
        instrument: instrument.instrument, openTime: open, durationNanos: settings.intervalNanos, open: first,
        high: high, low: low, close: close, volume: volume, source: .yahoo, isHistorical: false, closesSlot: false)
    } catch {
      say(.invalidBar, .warning, place: place, first: open.nanos, text: "\(error)", into: &out)
      return nil
    }
  }
}

extension Bar {
  fileprivate func hasSamePrices(as other: Bar) -> Bool {
    open == other.open && high == other.high && low == other.low && close == other.close && volume == other.volume
  }
}
