public import Market

/// Why a chain's front contract is another. Raw values are stored and never change meaning.
public enum FrontReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// The chain's first bar: no contract was in front before.
  case begin = 1
  /// The date that the rule gives.
  case date = 2
  /// More of the next contract than of the front one was traded in a session.
  case volume = 3
  /// The front contract ended before the rule had it rolled.
  case expiry = 4
}

/// Derived: which contract of a chain strategies decide on from now on. Cause: the bar that completes the session of the roll, or the action that ended the
/// contract before; the orders that carry a position over have this event as their root.
///
/// Version 1: instrument varint; previous varint, 0 for none, else index + 1; reason u8; price, previous price decimals; quantity decimal.
public struct FrontContract: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 58)
  public static let name: StaticString = "front_contract"
  public static let role = EventRole.derived

  public var instrument: InstrumentIndex
  /// Nil where the chain begins.
  public var previous: InstrumentIndex?
  public var reason: FrontReason
  /// Last closes of both contracts, whose ratio the strategies' memories follow; zero where there is none.
  public var price: Price
  public var previousPrice: Price
  /// What is held of the contract before, signed: what the roll is to carry over.
  public var quantity: Quantity

  public init(
    instrument: InstrumentIndex, previous: InstrumentIndex?, reason: FrontReason, price: Price, previousPrice: Price,
    quantity: Quantity
  ) {
    self.instrument = instrument
    self.previous = previous
    self.reason = reason
    self.price = price
    self.previousPrice = previousPrice
    self.quantity = quantity
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.appendVarint(previous.map { UInt64($0.rawValue) + 1 } ?? 0)
    buffer.append(reason.rawValue)
    buffer.appendDecimal(price.nanos)
    buffer.appendDecimal(previousPrice.nanos)
    buffer.appendDecimal(quantity.nanos)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> FrontContract {
    let instrument = try reader.readInstrument()
    let place = try reader.readVarint()
    guard place <= UInt64(UInt16.max) + 1 else {
      throw .valueOutOfRange(field: "previous", value: Int64(clamping: place))
    }
    let previous = place == 0 ? nil : InstrumentIndex(UInt16(place - 1))
    let reason = try reader.readCase("reason", as: FrontReason.self)
    let price = try reader.readPrice()
    let previousPrice = try reader.readPrice()
    let quantity = try reader.readQuantity()
    return FrontContract(
      instrument: instrument, previous: previous, reason: reason, price: price, previousPrice: previousPrice,
      quantity: quantity)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("previous", previous.map { .instrument($0) } ?? .absent)
    fields.add("reason", .word(reason.word))
    fields.add("price", .price(price))
    fields.add("previous_price", .price(previousPrice))
    fields.add("quantity", .quantity(quantity))
  }
}
