import Market
import Wire

/// `ticker/24hr`: the bars of the last 24 hours as one, the running one as far as it has come.
extension Exchange {
  private static let dayNanos: Int64 = 86_400_000_000_000

  func writeDayTickers(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let isWhole: Bool
    switch try parameters.optional("type") {
    case nil, "FULL": isWhole = true
    case "MINI": isWhole = false
    default: throw CallError(-1130, "Data sent for parameter 'type' is not valid.")
    }
    let places = try wanted(parameters)
    let isList = parameters["symbol"] == nil
    if isList { json.openArray() }
    for place in places { writeDayTicker(place, isWhole: isWhole, to: &json) }
    if isList { json.closeArray() }
  }

  private func writeDayTicker(_ place: Int, isWhole: Bool, to json: inout JSONOutput) {
    let from = time.advanced(byNanos: -Self.dayNanos)
    let day = tape.span(place, from: from, to: time)
    // The window's price before its first bar: what changes are counted from where nothing was traded in it.
    let last = tape.lastPrice(place) ?? .zero
    let open = day?.open ?? last
    json.openObject()
    json.string("symbol", tape.listings[place].symbol)
    if isWhole {
      let change = Int128(last.nanos) - Int128(open.nanos)
      let volume = Int128(day?.volume.nanos ?? 0)
      let mean =
        volume == 0 ? 0 : ((day?.quoteVolume ?? 0) * Int128(FixedPoint.unit)).dividedRoundingHalfEven(by: volume)
      json.amount("priceChange", change)
      json.string("priceChangePercent", Self.percent(change, of: open))
      json.amount("weightedAvgPrice", mean)
      json.amount("prevClosePrice", tape.close(place, before: from) ?? open)
    }
    json.amount("lastPrice", last)
    if isWhole {
      let instrument = tape.listings[place].instrument
      json.amount("lastQty", instrument.lotSize)
      json.amount("bidPrice", last)
      json.amount("bidQty", instrument.lotSize)
      json.amount("askPrice", Int128(last.nanos) + Int128(instrument.tickSize.nanos))
      json.amount("askQty", instrument.lotSize)
    }
    json.amount("openPrice", open)
    json.amount("highPrice", day?.high ?? last)
    json.amount("lowPrice", day?.low ?? last)
    json.amount("volume", day?.volume ?? .zero)
    json.amount("quoteVolume", day?.quoteVolume ?? 0)
    json.time("openTime", from)
    json.time("closeTime", time)
    json.integer("firstId", day?.firstTrade ?? -1)
    json.integer("lastId", day?.lastTrade ?? -1)
    json.integer("count", day?.tradeCount ?? 0)
    json.closeObject()
  }

  /// With three digits, as Binance has it.
  private static func percent(_ change: Int128, of open: Price) -> String {
    if open.nanos == 0 { return "0.000" }
    return FixedPoint.text(units: (change * 100_000).dividedRoundingHalfEven(by: Int128(open.nanos)), decimals: 3)
  }
}

extension MarketTape {
  /// The bars of a listing that opened at `from` or later and before `to`, as one; the running one as far as it has come. Nil where there is none.
  func span(_ listing: Int, from: Timestamp, to: Timestamp) -> Kline? {
    let closed = closedCount(listing)
    var first = closed
    while first > 0, bars[listing][first - 1].openTime >= from { first -= 1 }
    var span: Kline?
    func take(_ bar: Bar, _ index: Int) {
      if span == nil {
        span = Kline(bar, index: index, openTime: from, closeTime: to)
      } else {
        span?.append(bar)
      }
    }
    for index in first..<closed { take(bars[listing][index], index) }
    if let (index, bar, phase) = running(listing) { take(bar.seen(at: phase), index) }
    return span
  }

  /// The last close of bars that opened before an instant.
  func close(_ listing: Int, before time: Timestamp) -> Price? {
    bars[listing].prefix(closedCount(listing)).last { $0.openTime < time }?.close
  }
}
