public import Market

/// Derived: a real venue took a fee in an asset that the run doesn't pay with, and it is booked as money at a journaled rate. Cause: the fill whose fee it is
/// a part of, or the report that corrects what was booked before; then `replaced` and `replacedBooked` say what, and their differences are what counts.
///
/// Version 1: references order, bar; instrument, rate instrument varints; rate decimal; amount, booked, replaced, replaced booked wide decimals; asset text.
public struct FeeConverted: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 59)
  public static let name: StaticString = "fee_converted"
  public static let role = EventRole.derived

  public var order: OrderID
  /// The bar whose close is the rate.
  public var bar: UInt64
  /// What was traded.
  public var instrument: InstrumentIndex
  /// The pair whose price is the rate.
  public var rateInstrument: InstrumentIndex
  /// What a unit of the asset costs.
  public var rate: Price
  /// In nanos of the asset; negative is a rebate.
  public var amount: Int128
  /// In nanos of the run's currency: amount × rate, rounded half to even.
  public var booked: Int128
  /// In nanos of the asset; 0 but in a correction.
  public var replaced: Int128
  /// What that had been booked as, in nanos of the run's currency.
  public var replacedBooked: Int128
  public var asset: String

  public init(
    order: OrderID, bar: UInt64, instrument: InstrumentIndex, rateInstrument: InstrumentIndex, rate: Price,
    amount: Int128, booked: Int128, replaced: Int128, replacedBooked: Int128, asset: String
  ) {
    self.order = order
    self.bar = bar
    self.instrument = instrument
    self.rateInstrument = rateInstrument
    self.rate = rate
    self.amount = amount
    self.booked = booked
    self.replaced = replaced
    self.replacedBooked = replacedBooked
    self.asset = asset
  }

  public var references: [UInt64] { [order.sequence, bar] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.appendReference(bar, from: sequence)
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.appendVarint(UInt64(rateInstrument.rawValue))
    buffer.appendDecimal(rate.nanos)
    for amount in [amount, booked, replaced, replacedBooked] { buffer.appendWideDecimal(amount) }
    buffer.appendText(asset)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> FeeConverted {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let bar = try reader.readReference(from: sequence)
    let (instrument, rateInstrument) = (try reader.readInstrument(), try reader.readInstrument())
    let rate = try reader.readPrice()
    let (amount, booked) = (try reader.readWideDecimal(), try reader.readWideDecimal())
    let (replaced, replacedBooked) = (try reader.readWideDecimal(), try reader.readWideDecimal())
    return FeeConverted(
      order: order, bar: bar, instrument: instrument, rateInstrument: rateInstrument, rate: rate, amount: amount,
      booked: booked, replaced: replaced, replacedBooked: replacedBooked, asset: try reader.readText())
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("bar", .sequence(bar))
    fields.add("instrument", .instrument(instrument))
    fields.add("rate_instrument", .instrument(rateInstrument))
    fields.add("rate", .price(rate))
    fields.add("amount", .money(amount))
    fields.add("booked", .money(booked))
    fields.add("replaced", .money(replaced))
    fields.add("replaced_booked", .money(replacedBooked))
    fields.add("asset", .text(asset))
  }
}
