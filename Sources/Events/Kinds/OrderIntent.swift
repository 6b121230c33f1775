public import Market

/// Why an order exists. Raw values are stored and never change meaning.
public enum OrderPurpose: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case signal = 1
  /// Closes the position at a loss limit; dies with its sibling.
  case stopLoss = 2
  /// Closes the position at a profit; dies with its sibling.
  case takeProfit = 3
  /// Closes a position after a kill or a breaker; reduce-only.
  case flatten = 4
  /// Closes what is held of a futures contract that gives way to the next one; reduce-only.
  case rollOut = 5
  /// Opens as much of the next contract.
  case rollIn = 6

  /// A stop-loss or take-profit.
  package var isProtective: Bool { self == .stopLoss || self == .takeProfit }
}

/// Derived from a risk decision or from a fill (protective orders): an order is to be sent. Its sequence is the order id.
///
/// Version 1: instrument varint; side, type, time in force, purpose u8; quantity decimal; limit, stop optional prices.
public struct OrderIntent: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 34)
  public static let name: StaticString = "order_intent"
  public static let role = EventRole.derived

  public var instrument: InstrumentIndex
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var purpose: OrderPurpose
  /// Always positive.
  public var quantity: Quantity
  public var limitPrice: Price?
  public var stopPrice: Price?

  public init(
    instrument: InstrumentIndex, side: Side, type: OrderType, timeInForce: TimeInForce, purpose: OrderPurpose,
    quantity: Quantity, limitPrice: Price?, stopPrice: Price?
  ) {
    self.instrument = instrument
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.purpose = purpose
    self.quantity = quantity
    self.limitPrice = limitPrice
    self.stopPrice = stopPrice
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(side.rawValue)
    buffer.append(type.rawValue)
    buffer.append(timeInForce.rawValue)
    buffer.append(purpose.rawValue)
    buffer.appendDecimal(quantity.nanos)
    buffer.appendOptional(limitPrice)
    buffer.appendOptional(stopPrice)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderIntent {
    let instrument = try reader.readInstrument()
    let side = try reader.readCase("side", as: Side.self)
    let type = try reader.readCase("type", as: OrderType.self)
    let timeInForce = try reader.readCase("time_in_force", as: TimeInForce.self)
    let purpose = try reader.readCase("purpose", as: OrderPurpose.self)
    let quantity = try reader.readQuantity()
    let limitPrice = try reader.readOptionalPrice()
    let stopPrice = try reader.readOptionalPrice()
    return OrderIntent(
      instrument: instrument, side: side, type: type, timeInForce: timeInForce, purpose: purpose, quantity: quantity,
      limitPrice: limitPrice, stopPrice: stopPrice)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("side", .word(side.word))
    fields.add("type", .word(type.word))
    fields.add("time_in_force", .word(timeInForce.word))
    fields.add("purpose", .word(purpose.word))
    fields.add("quantity", .quantity(quantity))
    fields.add("limit_price", limitPrice)
    fields.add("stop_price", stopPrice)
  }
}
