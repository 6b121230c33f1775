import Events
import Market
import Wire

/// From Binance's words to bars.
extension BinanceFeed {
  /// A row of `klines`: open time, open, high, low, close, volume, close time, …
  mutating func took(
    _ rows: JSONValue, _ place: Int, _ from: Timestamp?, sentAt: Timestamp, _ now: Timestamp,
    into out: inout WireOutbox<FeedMessage>
  ) {
    guard rows.kind == .array else {
      say(.invalidAnswer, .error, place: place, text: "klines are no array", into: &out)
      return filled(place, now, into: &out)
    }
    let serverNow = now.plus(offsetNanos)
    var count = 0
    var last: Timestamp?
    let items = Array(rows.items)
    for (position, row) in items.enumerated() {
      count += 1
      let isFollowed = position + 1 < items.count
      guard let bar = bar(row, place, isFollowed: isFollowed, sentAt: sentAt, serverNow, into: &out) else { continue }
      last = bar.openTime
      buffer.append(bar)
    }
    if from != nil, count > 0 { say(.gapFilled, .information, place: place, first: Int64(count), into: &out) }
    if count >= BinanceFeed.rowsMax, let last {
      // A full page: there is more behind it.
      calls.add(.klines(place: place, from: last.plus(settings.intervalNanos)))
      return
    }
    filled(place, now, into: &out)
  }

  /// - Parameter isFollowed: the exchange had begun a later bar when it answered.
  private func bar(
    _ row: JSONValue, _ place: Int, isFollowed: Bool, sentAt: Timestamp, _ serverNow: Timestamp,
    into out: inout WireOutbox<FeedMessage>
  ) -> Bar? {
    guard let open = row[0]?.integer.flatMap({ Timestamp(milliseconds: $0) }),
      let prices = prices(row[1], row[2], row[3], row[4], row[5])
    else {
      say(.invalidBar, .error, place: place, text: "a row of klines can't be read", into: &out)
      return nil
    }
    let end = open.plus(settings.intervalNanos)
    // The running bar: its end had not come, as far as can be told, when the exchange was asked. Its own message will tell it, or the bar behind it that it is missing.
    if !isFollowed {
      guard let offsetErrorNanos else { return nil }
      let asked = sentAt.plus(offsetNanos).plus(-offsetErrorNanos).plus(-BinanceFeed.settledNanos)
      guard end <= asked else { return nil }
    }
    let isFresh = isWarm && end >= serverNow.plus(-settings.freshNanos)
    return bar(place, open, prices, isHistorical: !isFresh, into: &out)
  }

  struct Prices: Hashable, Sendable {
    var open, high, low, close: Price
    var volume: Quantity
  }

  private func prices(
    _ open: JSONValue?, _ high: JSONValue?, _ low: JSONValue?, _ close: JSONValue?, _ volume: JSONValue?
  ) -> Prices? {
    guard let open = open?.nanos, let high = high?.nanos, let low = low?.nanos, let close = close?.nanos,
      let volume = volume?.nanosRounded
    else { return nil }
    return Prices(
      open: Price(nanos: open), high: Price(nanos: high), low: Price(nanos: low), close: Price(nanos: close),
      volume: Quantity(nanos: volume))
  }

  private func bar(
    _ place: Int, _ open: Timestamp, _ prices: Prices, isHistorical: Bool, into out: inout WireOutbox<FeedMessage>
  ) -> Bar? {
    do throws(BarError) {
      return try Bar(
        instrument: settings.instruments[place].instrument, openTime: open, durationNanos: settings.intervalNanos,
        open: prices.open, high: prices.high, low: prices.low, close: prices.close, volume: prices.volume,
        source: .binance, isHistorical: isHistorical, closesSlot: false)
    } catch {
      say(.invalidBar, .error, place: place, first: open.nanos, text: "\(error)", into: &out)
      return nil
    }
  }

  /// A message of the stream: `{"stream":…,"data":{"e":"kline","E":…,"s":…,"k":{…}}}`.
  mutating func hear(_ text: [UInt8], _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    let root: JSONValue
    do throws(JSONError) { root = try JSONDocument(text).root } catch {
      say(.invalidAnswer, .warning, text: "\(error): \(excerpt(text))", into: &out)
      return
    }
    let data = root["data"] ?? root
    let event = data["e"]?.string
    if event == "serverShutdown" { return renew(now, into: &out) }
    guard event == "kline", let kline = data["k"], let symbol = data["s"]?.string else { return }
    guard kline["x"]?.bool == true else { return }
    guard kline["i"]?.string == interval, let place = settings.instruments.firstIndex(where: { $0.symbol == symbol }),
      let open = kline["t"]?.integer.flatMap({ Timestamp(milliseconds: $0) }),
      let prices = prices(kline["o"], kline["h"], kline["l"], kline["c"], kline["v"])
    else {
      say(.invalidAnswer, .warning, text: "a kline can't be read: \(excerpt(text))", into: &out)
      return
    }
    if let sent = data["E"]?.integer.flatMap({ Timestamp(milliseconds: $0) }) {
      let skew = sent.nanos - now.nanos
      // A message of the future: our clock is behind, and bars would look fresher than they are.
      if skew > 5_000_000_000, (skew - offsetNanos).magnitude > 5_000_000_000 {
        say(.clockSkew, .warning, first: skew, text: "a message is dated ahead of our clock", into: &out)
        calls.add(.time)
      }
    }
    guard let bar = bar(place, open, prices, isHistorical: false, into: &out) else { return }
    take(bar, place, now, into: &out)
  }

  /// A closed bar of the stream.
  private mutating func take(_ bar: Bar, _ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if !filling.isEmpty {
      buffer.append(bar)
      return
    }
    if let last = lastOpenTimes[place] {
      // Two streams overlap while one replaces the other.
      if bar.openTime <= last { return }
      if bar.openTime != last.plus(settings.intervalNanos) {
        buffer.append(bar)
        fetch(place)
        return
      }
    }
    if let close = lastCloses[place], isImplausible(bar.open, close) {
      say(
        .priceImplausible, .error, place: place, first: close.nanos, second: bar.open.nanos,
        text: "asked for again before it is taken", into: &out)
      fetch(place)
      return
    }
    if !isWarm {
      isWarm = true
      out.messages.append(.warmedUp)
    }
    give(bar, now, into: &out)
  }

  /// Ten times as much, or a tenth: a slip of the point, a split, another unit.
  private func isImplausible(_ price: Price, _ last: Price) -> Bool {
    if last.nanos <= 0 || price.nanos <= 0 { return price.nanos <= 0 && last.nanos > 0 }
    return Int128(price.nanos) >= Int128(last.nanos) * 10 || Int128(price.nanos) * 10 <= Int128(last.nanos)
  }
}
