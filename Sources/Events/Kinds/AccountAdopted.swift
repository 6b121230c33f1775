public import Market

/// Input: what the venue's account holds beyond what this run knows becomes the run's. Written by the runtime where the profile says to adopt.
///
/// The account's initial capital changes by its value, so that nothing of it counts as profit.
///
/// Version 1: instrument varint, 0 for cash, else index + 1; quantity decimal; price decimal; cash wide decimal.
public struct AccountAdopted: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 15)
  public static let name: StaticString = "account_adopted"
  public static let role = EventRole.input

  /// Nil: cash.
  public var instrument: InstrumentIndex?
  /// Signed, of the instrument; zero for cash.
  public var quantity: Quantity
  /// What a unit is booked at; zero for cash.
  public var price: Price
  /// Signed nanos of the run's currency; zero for an instrument.
  public var cash: Int128

  public init(instrument: InstrumentIndex, quantity: Quantity, price: Price) {
    self.instrument = instrument
    self.quantity = quantity
    self.price = price
    cash = 0
  }

  public init(cash: Int128) {
    instrument = nil
    quantity = .zero
    price = .zero
    self.cash = cash
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(instrument.map { UInt64($0.rawValue) + 1 } ?? 0)
    buffer.appendDecimal(quantity.nanos)
    buffer.appendDecimal(price.nanos)
    buffer.appendWideDecimal(cash)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> AccountAdopted {
    let place = try reader.readVarint()
    guard place <= UInt64(UInt16.max) + 1 else {
      throw .valueOutOfRange(field: "instrument", value: Int64(clamping: place))
    }
    let quantity = try reader.readQuantity()
    let price = try reader.readPrice()
    let cash = try reader.readWideDecimal()
    if place == 0 {
      guard quantity == .zero, price == .zero else { throw .inconsistent("quantity") }
      return AccountAdopted(cash: cash)
    }
    guard cash == 0 else { throw .inconsistent("cash") }
    return AccountAdopted(instrument: InstrumentIndex(UInt16(place - 1)), quantity: quantity, price: price)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", instrument.map { .instrument($0) } ?? .absent)
    fields.add("quantity", .quantity(quantity))
    fields.add("price", .price(price))
    fields.add("cash", .money(cash))
  }
}
