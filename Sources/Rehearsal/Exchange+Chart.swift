import Market
import Wire

/// Yahoo's chart endpoint, as its captures look: closed rows, the unfinished row of the running bar, and behind it a row off the grid with the last price.
extension Exchange {
  func chart(symbol: String, _ parameters: Parameters) -> Answer {
    guard let place = tape.listings.firstIndex(where: { $0.instrument.symbol == symbol }) else {
      return refusal(404, "Not Found", "No data found, symbol may be delisted")
    }
    let word = parameters["interval"] ?? "1d"
    guard let interval = chartInterval(word, place) else {
      return refusal(
        422, "Unprocessable Entity",
        "Invalid input - interval=\(word) is not supported. Valid intervals: [1m, 2m, 5m, 15m, 30m, 60m, 90m, 1h, 1d, 5d, 1wk, 1mo, 3mo]"
      )
    }
    guard let (from, through) = chartSpan(parameters, place) else {
      return refusal(400, "Bad Request", "Invalid input - range or period is invalid")
    }
    var end = through
    if distortion.staleNanos > 0 { end = min(end, time.advanced(byNanos: -distortion.staleNanos)) }
    var klines = tape.klines(place, interval, from: from, through: end.advanced(byNanos: -1), limit: 1_000_000)
    if let last = klines.last { klines[klines.count - 1] = distorted(last) }
    let snapshot = snapshot(place, from: from, through: end, last: klines.last)
    var json = JSONOutput()
    json.openObject()
    json.openObject("chart")
    json.openArray("result")
    json.openObject()
    writeMeta(place, word, interval, parameters, from: from, through: end, to: &json)
    let isIntraday = Self.isIntraday(interval)
    writeRows(klines + (snapshot.map { [$0] } ?? []), isIntraday: isIntraday, to: &json)
    json.closeObject()
    json.closeArray()
    json.null("error")
    json.closeObject()
    json.closeObject()
    return Answer(body: json.bytes)
  }

  private func refusal(_ status: Int, _ code: String, _ description: String) -> Answer {
    var json = JSONOutput()
    json.openObject()
    json.openObject("chart")
    json.null("result")
    json.openObject("error")
    json.string("code", code)
    json.string("description", description)
    json.closeObject()
    json.closeObject()
    json.closeObject()
    return Answer(status: status, body: json.bytes, isError: true)
  }

  static func isIntraday(_ interval: KlineInterval) -> Bool {
    if case .fixed(let nanos) = interval { return nanos < Timestamp.nanosPerDay }
    return false
  }

  /// Nil for a word that is none, and for an interval that the bars can't be put together to.
  private func chartInterval(_ word: String, _ place: Int) -> KlineInterval? {
    let calendar = tape.tradingDay(place)
    let minutes: Int64
    switch word {
    case "1m": minutes = 1
    case "2m": minutes = 2
    case "5m": minutes = 5
    case "15m": minutes = 15
    case "30m": minutes = 30
    case "60m", "1h": minutes = 60
    case "90m": minutes = 90
    case "1d": return calendar
    case "1wk": return .week
    case "1mo": return .month
    default: return nil
    }
    let nanos = minutes * 60 * Timestamp.nanosPerSecond
    return nanos % tape.listings[place].barNanos == 0 ? .fixed(nanos: nanos) : nil
  }

  /// Start inclusive, end exclusive; nil where the words are none.
  private func chartSpan(_ parameters: Parameters, _ place: Int) -> (Timestamp, Timestamp)? {
    if let first = parameters["period1"].flatMap({ Int64($0) }),
      let second = parameters["period2"].flatMap({ Int64($0) })
    {
      guard first < second, let from = Timestamp(seconds: first, fractionNanos: 0),
        let through = Timestamp(seconds: second, fractionNanos: 0)
      else { return nil }
      return (from, through)
    }
    // The second that runs is part of the answer.
    let now = Timestamp(nanos: shownTime.nanos - shownTime.nanos % Timestamp.nanosPerSecond + Timestamp.nanosPerSecond)
    let word = parameters["range"] ?? "1d"
    let day = Timestamp.nanosPerDay
    let units: [(suffix: String, nanos: Int64)] = [("mo", 31 * day), ("wk", 7 * day), ("y", 366 * day), ("d", day)]
    if word == "max" || word == "ytd" { return (tape.bars[place].first?.openTime ?? now, now) }
    for unit in units where word.hasSuffix(unit.suffix) {
      guard let count = Int64(word.dropLast(unit.suffix.count)), (1...100).contains(count) else { return nil }
      if unit.suffix == "d" { return (sessionStart(place, daysBack: count - 1), now) }
      return (now.advanced(byNanos: -count * unit.nanos), now)
    }
    return nil
  }

  /// When the latest session that has begun did, or one some days before it: `range=1d` on a Sunday is Friday.
  private func sessionStart(_ place: Int, daysBack: Int64) -> Timestamp {
    var starts: [Timestamp] = []
    let last = tape.running(place)?.index ?? tape.closedCount(place) - 1
    var index = last
    while index >= 0, Int64(starts.count) <= daysBack {
      let bounds = tape.tradingDay(place).bounds(of: tape.bars[place][index].openTime)
      let start = min(bounds.open, tape.bars[place][index].openTime)
      if starts.last.map({ start < $0 }) ?? true, starts.last != bounds.open { starts.append(start) }
      index -= 1
    }
    return starts.last ?? time
  }

  /// The live row: now, flat at the last price, without volume. Between bars there is none.
  private func snapshot(_ place: Int, from: Timestamp, through: Timestamp, last: Kline?) -> Kline? {
    guard distortion.staleNanos == 0, let (_, bar, phase) = tape.running(place), let last else { return nil }
    let now = Timestamp(nanos: time.nanos - time.nanos % Timestamp.nanosPerSecond)
    guard now >= from, now < through, now > last.openTime else { return nil }
    let price = bar.seen(at: phase).close
    var row = last
    row.openTime = now
    row.open = price
    row.high = price
    row.low = price
    row.close = price
    row.volume = .zero
    return distorted(row)
  }

  private func writeRows(_ klines: [Kline], isIntraday: Bool, to json: inout JSONOutput) {
    if klines.isEmpty {
      json.openObject("indicators")
      json.openArray("quote")
      json.openObject()
      json.closeObject()
      json.closeArray()
      json.closeObject()
      return
    }
    json.openArray("timestamp")
    for kline in klines { json.integer(nil, Self.seconds(kline.openTime)) }
    json.closeArray()
    json.openObject("indicators")
    json.openArray("quote")
    json.openObject()
    json.openArray("open")
    for kline in klines { writePrice(nil, kline.open, to: &json) }
    json.closeArray()
    json.openArray("high")
    for kline in klines { writePrice(nil, kline.high, to: &json) }
    json.closeArray()
    json.openArray("low")
    for kline in klines { writePrice(nil, kline.low, to: &json) }
    json.closeArray()
    json.openArray("close")
    for kline in klines { writePrice(nil, kline.close, to: &json) }
    json.closeArray()
    json.openArray("volume")
    // Yahoo's volumes are whole numbers.
    for kline in klines { json.integer(nil, kline.volume.nanos / FixedPoint.unit) }
    json.closeArray()
    json.closeObject()
    json.closeArray()
    if !isIntraday {
      json.openArray("adjclose")
      json.openObject()
      json.openArray("adjclose")
      for kline in klines { writePrice(nil, kline.close, to: &json) }
      json.closeArray()
      json.closeObject()
      json.closeArray()
    }
    json.closeObject()
  }

  func writePrice(_ name: StaticString? = nil, _ price: Price, to json: inout JSONOutput) {
    switch settings.yahooPrices {
    case .exact: json.number(name, nanos: price.nanos)
    case .float32:
      let wide = Double(Float(Double(price.nanos) / Double(FixedPoint.unit)))
      json.raw(name, Array(wide.description.utf8))
    }
  }

  static func seconds(_ time: Timestamp) -> Int64 { time.milliseconds / 1_000 }
}
