import Market
import Wire

/// The `meta` object of a chart: everything that yfinance looks at, and what captures have besides.
extension Exchange {
  func writeMeta(
    _ place: Int, _ word: String, _ interval: KlineInterval, _ parameters: Parameters, from: Timestamp,
    through: Timestamp, to json: inout JSONOutput
  ) {
    let listing = tape.listings[place]
    let instrument = listing.instrument
    let price = tape.lastPrice(place) ?? .zero
    let zone = ExchangeZone(instrument.calendar)
    let offset = zone.offsetSeconds(at: time.advanced(byNanos: -tape.shiftNanos))
    let today = tape.klines(
      place, tape.tradingDay(place), from: nil, through: nil, limit: 2)
    json.openObject("meta")
    json.string("currency", instrument.currency.description)
    json.string("symbol", instrument.symbol)
    json.string("exchangeName", zone.exchangeName)
    json.string("fullExchangeName", zone.fullExchangeName)
    json.string("instrumentType", Self.type(instrument.assetClass))
    json.integer("firstTradeDate", Self.seconds(tape.bars[place].first?.openTime ?? time))
    json.integer("regularMarketTime", Self.seconds(lastTradeTime(place)))
    json.bool("hasPrePostMarketData", false)
    json.integer("gmtoffset", offset)
    json.string("timezone", zone.abbreviation(offset))
    json.string("exchangeTimezoneName", zone.name)
    writePrice("regularMarketPrice", price, to: &json)
    writePrice("fiftyTwoWeekHigh", extremes(place).high, to: &json)
    writePrice("fiftyTwoWeekLow", extremes(place).low, to: &json)
    if let day = today.last {
      writePrice("regularMarketDayHigh", day.high, to: &json)
      writePrice("regularMarketDayLow", day.low, to: &json)
      json.integer("regularMarketVolume", day.volume.nanos / FixedPoint.unit)
    }
    json.string("longName", instrument.symbol)
    json.string("shortName", instrument.symbol)
    let before = tape.klines(place, interval, from: nil, through: from.advanced(byNanos: -1), limit: 1).last
    writePrice("chartPreviousClose", before?.close ?? tape.bars[place].first?.open ?? price, to: &json)
    let isIntraday = Self.isIntraday(interval)
    if isIntraday {
      writePrice("previousClose", today.count > 1 ? today[0].close : today.last?.open ?? price, to: &json)
      json.integer("scale", 3)
    }
    json.integer("priceHint", 2)
    let sessions = sessions(place, from: from, through: through)
    if let session = sessions.last {
      json.openObject("currentTradingPeriod")
      writePeriod("pre", session.open, session.open, zone, to: &json)
      writePeriod("regular", session.open, session.close, zone, to: &json)
      writePeriod("post", session.close, session.close, zone, to: &json)
      json.closeObject()
    }
    if isIntraday {
      json.openArray("tradingPeriods")
      for session in sessions {
        json.openArray()
        writePeriod(nil, session.open, session.close, zone, to: &json)
        json.closeArray()
      }
      json.closeArray()
    }
    json.string("dataGranularity", word)
    json.string("range", parameters["period1"] == nil ? parameters["range"] ?? "1d" : "")
    json.openArray("validRanges")
    for range in ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"] { json.string(nil, range) }
    json.closeArray()
    json.closeObject()
  }

  private func writePeriod(
    _ name: StaticString?, _ start: Timestamp, _ end: Timestamp, _ zone: ExchangeZone, to json: inout JSONOutput
  ) {
    let offset = zone.offsetSeconds(at: start.advanced(byNanos: -tape.shiftNanos))
    json.openObject(name)
    json.string("timezone", zone.abbreviation(offset))
    json.integer("start", Self.seconds(start))
    json.integer("end", Self.seconds(end))
    json.integer("gmtoffset", offset)
    json.closeObject()
  }

  /// Of the running bar now, else of the last close.
  private func lastTradeTime(_ place: Int) -> Timestamp {
    if tape.running(place) != nil { return time }
    let closed = tape.closedCount(place)
    return closed > 0 ? tape.bars[place][closed - 1].knownAt : time
  }

  private func extremes(_ place: Int) -> (high: Price, low: Price) {
    let seen = tape.bars[place].prefix(max(1, tape.closedCount(place)))
    return (seen.map(\.high).max() ?? .zero, seen.map(\.low).min() ?? .zero)
  }

  /// The sessions that a span touches, as far as bars of them were seen: by the calendar in the journal's time, moved with the bars.
  private func sessions(_ place: Int, from: Timestamp, through: Timestamp) -> [(open: Timestamp, close: Timestamp)] {
    let days = tape.klines(
      place, tape.tradingDay(place), from: from,
      through: through, limit: 100_000)
    return days.map { (min($0.openTime, $0.closeTime), $0.closeTime) }
  }

  private static func type(_ assetClass: AssetClass) -> String {
    switch assetClass {
    case .equity: "EQUITY"
    case .etf: "ETF"
    case .crypto: "CRYPTOCURRENCY"
    case .future, .perpetual: "FUTURE"
    case .forex: "CURRENCY"
    case .index: "INDEX"
    }
  }
}

/// Where a calendar's exchange is, in Yahoo's words.
struct ExchangeZone: Hashable, Sendable {
  let name: String
  let exchangeName: String
  let fullExchangeName: String
  private let isNewYork: Bool

  init(_ calendar: CalendarName) {
    switch calendar {
    case .always: (name, exchangeName, fullExchangeName, isNewYork) = ("UTC", "CCC", "CCC", false)
    case .xnys: (name, exchangeName, fullExchangeName, isNewYork) = ("America/New_York", "PCX", "NYSEArca", true)
    case .cmeFx: (name, exchangeName, fullExchangeName, isNewYork) = ("America/New_York", "CME", "CME", true)
    case .fx: (name, exchangeName, fullExchangeName, isNewYork) = ("America/New_York", "CCY", "CCY", true)
    }
  }

  func offsetSeconds(at time: Timestamp) -> Int64 { isNewYork ? NewYorkTime.offsetSeconds(at: time) : 0 }

  func abbreviation(_ offset: Int64) -> String {
    guard isNewYork else { return "UTC" }
    return offset == NewYorkTime.standardOffsetSeconds ? "EST" : "EDT"
  }
}
