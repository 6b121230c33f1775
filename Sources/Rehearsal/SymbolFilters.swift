import Market
import Wire

/// A symbol's filters: made of the instrument's tick and lot, checked in integers.
struct SymbolFilters: Hashable, Sendable {
  let tickSize: Price
  let lotSize: Quantity
  let minNotional: Int64

  static let priceMax = Price(nanos: 1_000_000 * FixedPoint.unit)
  static let quantityMax = Quantity(nanos: 900_000_000 * FixedPoint.unit)
  static let notionalMax = 900_000_000
  /// Hundredths of the last price: the band of PERCENT_PRICE_BY_SIDE.
  static let bidUp: Int64 = 500
  static let bidDown: Int64 = 20
  static let ordersMax = 200
  static let stopOrdersMax = 5
  static let icebergPartsMax: Int64 = 50

  init(_ instrument: Instrument, minNotional: Int64) {
    tickSize = instrument.tickSize
    lotSize = instrument.lotSize
    self.minNotional = minNotional
  }

  func check(_ request: OrderRequest, lastPrice: Price?, openCount: Int, openStopCount: Int) throws(CallError) {
    for price in [request.price, request.stopPrice] where price != .zero {
      guard price >= tickSize, price <= SymbolFilters.priceMax, price.nanos % tickSize.nanos == 0 else {
        throw .filter("PRICE_FILTER")
      }
      guard let lastPrice else { continue }
      let scaled = Int128(price.nanos) * 100
      guard scaled <= Int128(lastPrice.nanos) * Int128(SymbolFilters.bidUp),
        scaled >= Int128(lastPrice.nanos) * Int128(SymbolFilters.bidDown)
      else { throw .filter("PERCENT_PRICE_BY_SIDE") }
    }
    if request.quoteOrderQuantity == 0 { try check(request.quantity) }
    let price = request.price != .zero ? request.price : request.stopPrice != .zero ? request.stopPrice : lastPrice
    let notional = request.quoteOrderQuantity > 0 ? request.quoteOrderQuantity : price?.notional(request.quantity)
    if let notional {
      guard notional >= Int128(minNotional),
        notional <= Int128(SymbolFilters.notionalMax) * Int128(FixedPoint.unit)
      else { throw .filter("NOTIONAL") }
    }
    guard openCount < SymbolFilters.ordersMax else { throw .filter("MAX_NUM_ORDERS") }
    if request.type.hasStop {
      guard openStopCount < SymbolFilters.stopOrdersMax else { throw .filter("MAX_NUM_ALGO_ORDERS") }
    }
  }

  func check(_ quantity: Quantity) throws(CallError) {
    guard quantity >= lotSize, quantity <= SymbolFilters.quantityMax, quantity.nanos % lotSize.nanos == 0 else {
      throw .filter("LOT_SIZE")
    }
  }

  func write(to json: inout JSONOutput) {
    json.openArray("filters")
    json.openObject()
    json.string("filterType", "PRICE_FILTER")
    json.amount("minPrice", tickSize)
    json.amount("maxPrice", SymbolFilters.priceMax)
    json.amount("tickSize", tickSize)
    json.closeObject()
    json.openObject()
    json.string("filterType", "LOT_SIZE")
    json.amount("minQty", lotSize)
    json.amount("maxQty", SymbolFilters.quantityMax)
    json.amount("stepSize", lotSize)
    json.closeObject()
    json.openObject()
    json.string("filterType", "ICEBERG_PARTS")
    json.integer("limit", SymbolFilters.icebergPartsMax)
    json.closeObject()
    json.openObject()
    json.string("filterType", "MARKET_LOT_SIZE")
    json.amount("minQty", Quantity.zero)
    json.amount("maxQty", SymbolFilters.quantityMax)
    json.amount("stepSize", Quantity.zero)
    json.closeObject()
    json.openObject()
    json.string("filterType", "PERCENT_PRICE_BY_SIDE")
    json.string("bidMultiplierUp", "5")
    json.string("bidMultiplierDown", "0.2")
    json.string("askMultiplierUp", "5")
    json.string("askMultiplierDown", "0.2")
    json.integer("avgPriceMins", 0)
    json.closeObject()
    json.openObject()
    json.string("filterType", "NOTIONAL")
    json.amount("minNotional", Int128(minNotional))
    json.bool("applyMinToMarket", true)
    json.amount("maxNotional", Int128(SymbolFilters.notionalMax) * Int128(FixedPoint.unit))
    json.bool("applyMaxToMarket", true)
    json.integer("avgPriceMins", 0)
    json.closeObject()
    for (name, member, count) in [
      ("MAX_NUM_ORDERS", "maxNumOrders", SymbolFilters.ordersMax),
      ("MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", SymbolFilters.stopOrdersMax),
    ] as [(String, StaticString, Int)] {
      json.openObject()
      json.string("filterType", name)
      json.integer(member, Int64(count))
      json.closeObject()
    }
    json.closeArray()
  }
}
