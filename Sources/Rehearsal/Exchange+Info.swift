import Market
import Wire

/// `exchangeInfo`, klines and tickers.
extension Exchange {
  /// The listings that `symbol` or `symbols` name; all where neither is there.
  func wanted(_ parameters: Parameters) throws(CallError) -> [Int] {
    if parameters["symbol"] != nil { return [try parameters.listing(in: tape)] }
    guard let text = try parameters.optional("symbols") else { return Array(tape.listings.indices) }
    let names: [String]
    do throws(JSONError) {
      names = try JSONDocument(Array(text.utf8)).root.items.compactMap(\.string)
    } catch {
      throw .illegal("symbols", pattern: "^\\[(\"[A-Z0-9-_.]{1,20}\"(,\"[A-Z0-9-_.]{1,20}\"){0,}){0,1}\\]$")
    }
    var places: [Int] = []
    for name in names {
      guard let place = tape.place(ofSymbol: name) else { throw .badSymbol }
      places.append(place)
    }
    return places
  }

  func writeInfo(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let listings = try wanted(parameters)
    json.openObject()
    json.string("timezone", "UTC")
    json.time("serverTime", shownTime)
    json.openArray("rateLimits")
    writeLimits(withCounts: false, to: &json)
    json.closeArray()
    json.openArray("exchangeFilters")
    json.closeArray()
    json.openArray("symbols")
    for place in listings { writeSymbol(place, to: &json) }
    json.closeArray()
    json.closeObject()
  }

  private func writeSymbol(_ place: Int, to json: inout JSONOutput) {
    let listing = tape.listings[place]
    json.openObject()
    json.string("symbol", listing.symbol)
    json.string("status", "TRADING")
    json.string("baseAsset", listing.baseAsset)
    json.integer("baseAssetPrecision", 8)
    json.string("quoteAsset", listing.quoteAsset)
    json.integer("quotePrecision", 8)
    json.integer("quoteAssetPrecision", 8)
    json.integer("baseCommissionPrecision", 8)
    json.integer("quoteCommissionPrecision", 8)
    json.openArray("orderTypes")
    for type in ExchangeOrderType.allCases { json.string(nil, type.rawValue) }
    json.closeArray()
    json.bool("icebergAllowed", false)
    json.bool("ocoAllowed", true)
    json.bool("otoAllowed", false)
    json.bool("opoAllowed", false)
    json.bool("quoteOrderQtyMarketAllowed", true)
    json.bool("allowTrailingStop", false)
    json.bool("cancelReplaceAllowed", true)
    json.bool("amendAllowed", true)
    json.bool("pegInstructionsAllowed", false)
    json.bool("isSpotTradingAllowed", true)
    json.bool("isMarginTradingAllowed", false)
    filters(place).write(to: &json)
    json.openArray("permissions")
    json.closeArray()
    json.openArray("permissionSets")
    json.openArray()
    json.string(nil, "SPOT")
    json.closeArray()
    json.closeArray()
    json.string("defaultSelfTradePreventionMode", "EXPIRE_MAKER")
    json.openArray("allowedSelfTradePreventionModes")
    for mode in OrderRequest.preventionModes { json.string(nil, mode) }
    json.closeArray()
    json.closeObject()
  }

  func writeKlines(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let listing = try parameters.listing(in: tape)
    let interval = try interval(try parameters.required("interval"), listing)
    var through = try parameters.time("endTime")
    if distortion.staleNanos > 0 {
      let oldest = time.advanced(byNanos: -distortion.staleNanos)
      through = through.map { min($0, oldest) } ?? oldest
    }
    let klines = tape.klines(
      listing, interval, from: try parameters.time("startTime"), through: through,
      limit: try parameters.limit(1_000, default: 500))
    json.openArray()
    for (number, kline) in klines.enumerated() {
      write(number == klines.count - 1 ? distorted(kline) : kline, to: &json)
    }
    json.closeArray()
  }

  /// An interval that the listing's bars can be put together to.
  func interval(_ text: String, _ listing: Int) throws(CallError) -> KlineInterval {
    guard let interval = KlineInterval(text) else { throw CallError(-1120, "Invalid interval.") }
    if case .fixed(let nanos) = interval, nanos % tape.listings[listing].barNanos != 0 {
      throw CallError(-1120, "Invalid interval.")
    }
    return interval
  }

  private func write(_ kline: Kline, to json: inout JSONOutput) {
    json.openArray()
    json.time(nil, kline.openTime)
    for price in [kline.open, kline.high, kline.low, kline.close] { json.amount(nil, price) }
    json.amount(nil, kline.volume)
    json.integer(nil, kline.closeTime.milliseconds - 1)
    json.amount(nil, kline.quoteVolume)
    json.integer(nil, kline.tradeCount)
    json.amount(nil, Int128(kline.volume.nanos / 2))
    json.amount(nil, kline.quoteVolume / 2)
    json.string(nil, "0")
    json.closeArray()
  }

  /// As `distortion` says.
  func distorted(_ kline: Kline) -> Kline {
    if distortion.factorMillis == 1_000 { return kline }
    var wrong = kline
    wrong.open = kline.open.times(millis: distortion.factorMillis)
    wrong.high = kline.high.times(millis: distortion.factorMillis)
    wrong.low = kline.low.times(millis: distortion.factorMillis)
    wrong.close = kline.close.times(millis: distortion.factorMillis)
    return wrong
  }

  func writeTickers(_ parameters: Parameters, isBook: Bool, to json: inout JSONOutput) throws(CallError) {
    let places = try wanted(parameters)
    let isList = parameters["symbol"] == nil
    if isList { json.openArray() }
    for place in places {
      json.openObject()
      json.string("symbol", tape.listings[place].symbol)
      let price = tape.lastPrice(place) ?? .zero
      if isBook {
        let instrument = tape.listings[place].instrument
        json.amount("bidPrice", price)
        json.amount("bidQty", instrument.lotSize)
        json.amount("askPrice", Int128(price.nanos) + Int128(instrument.tickSize.nanos))
        json.amount("askQty", instrument.lotSize)
      } else {
        json.amount("price", price)
      }
      json.closeObject()
    }
    if isList { json.closeArray() }
  }
}

extension Price {
  /// Clamped to what a price can be.
  func times(millis: Int64) -> Price {
    Price(nanos: max(-.max, Int64(clamping: Int128(nanos) * Int128(millis) / 1_000)))
  }
}
