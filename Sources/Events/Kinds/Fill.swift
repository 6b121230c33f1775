public import Market

/// Which numbered fill condition of the simulated venue applied. Raw values are stored and never change meaning.
public enum FillRule: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case marketAtOpen = 1
  case limitTouched = 2
  case limitGapAtOpen = 3
  case stopTouched = 4
  case stopGapAtOpen = 5
  case stopLimitTouched = 6
  case stopLimitAtOpen = 7
  /// Reported by a real venue.
  case external = 8
  /// What is touched: at its trigger.
  case ifTouched = 9
  case ifTouchedAtOpen = 10
  /// A trailing stop: at the level it had come to.
  case trailTouched = 11
  case trailGapAtOpen = 12
  /// The bar's own extreme moved the level, and its close proves that it was crossed, but not where: the bar's worst price.
  case trailProved = 13
  case sessionOpen = 14
  case sessionClose = 15
  /// A market order at the close that it was decided on, as some conventions have it.
  case marketAtClose = 16
}

/// An execution. Cause: the intent of the order.
///
/// Version 1: order, bar references; instrument varint; side u8; quantity, price decimals; fee wide decimal; slippage decimal; leaves decimal; liquidity, rule u8.
public struct Fill: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 39)
  public static let name: StaticString = "fill"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  /// The bar inside which it happened.
  public var bar: UInt64
  public var instrument: InstrumentIndex
  public var side: Side
  /// Always positive.
  public var quantity: Quantity
  /// After slippage.
  public var price: Price
  /// Nanos of currency; negative is a rebate.
  public var fee: Int128
  /// How much worse than the rule's price, per unit, in nanos of price; never negative.
  public var slippage: Int64
  public var leaves: Quantity
  public var liquidity: LiquiditySide
  public var rule: FillRule

  public init(
    order: OrderID, bar: UInt64, instrument: InstrumentIndex, side: Side, quantity: Quantity, price: Price, fee: Int128,
    slippage: Int64, leaves: Quantity, liquidity: LiquiditySide, rule: FillRule
  ) {
    self.order = order
    self.bar = bar
    self.instrument = instrument
    self.side = side
    self.quantity = quantity
    self.price = price
    self.fee = fee
    self.slippage = slippage
    self.leaves = leaves
    self.liquidity = liquidity
    self.rule = rule
  }

  public var references: [UInt64] { [order.sequence, bar] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.appendReference(bar, from: sequence)
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(side.rawValue)
    buffer.appendDecimal(quantity.nanos)
    buffer.appendDecimal(price.nanos)
    buffer.appendWideDecimal(fee)
    buffer.appendDecimal(slippage)
    buffer.appendDecimal(leaves.nanos)
    buffer.append(liquidity.rawValue)
    buffer.append(rule.rawValue)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Fill {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let bar = try reader.readReference(from: sequence)
    let instrument = try reader.readInstrument()
    let side = try reader.readCase("side", as: Side.self)
    let quantity = try reader.readQuantity()
    let price = try reader.readPrice()
    let fee = try reader.readWideDecimal()
    let slippage = try reader.readDecimal()
    let leaves = try reader.readQuantity()
    let liquidity = try reader.readCase("liquidity", as: LiquiditySide.self)
    let rule = try reader.readCase("rule", as: FillRule.self)
    return Fill(
      order: order, bar: bar, instrument: instrument, side: side, quantity: quantity, price: price, fee: fee,
      slippage: slippage, leaves: leaves, liquidity: liquidity, rule: rule)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("bar", .sequence(bar))
    fields.add("instrument", .instrument(instrument))
    fields.add("side", .word(side.word))
    fields.add("quantity", .quantity(quantity))
    fields.add("price", .price(price))
    fields.add("fee", .money(fee))
    fields.add("slippage", .decimal(slippage))
    fields.add("leaves", .quantity(leaves))
    fields.add("liquidity", .word(liquidity.word))
    fields.add("rule", .word(rule.word))
  }
}
