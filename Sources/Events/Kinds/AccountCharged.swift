public import Market

/// Derived: what time, and not a trade, adds to cash or takes from it, with the numbers that it follows from. Cause: the input that ends the day, or that
/// tells the rate. The cash that moves has this event as its cause.
///
/// Version 1: instrument varint, 0 for none, else index + 1; reason u8; days varint; base, rate, amount wide decimals.
public struct AccountCharged: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 57)
  public static let name: StaticString = "account_charged"
  public static let role = EventRole.derived

  /// Nil for what belongs to the account as a whole.
  public var instrument: InstrumentIndex?
  public var reason: CashReason
  /// Calendar days that it is for; 0 where it is no matter of days.
  public var days: UInt64
  /// What it is computed on: the balance, or the position at its mark.
  public var base: Int128
  /// In units of 10⁻⁹: the rate a year, or funding's own; for variation the price that is settled at.
  public var rate: Int128
  /// Signed: what the account receives.
  public var amount: Int128

  public init(
    instrument: InstrumentIndex?, reason: CashReason, days: UInt64, base: Int128, rate: Int128, amount: Int128
  ) {
    self.instrument = instrument
    self.reason = reason
    self.days = days
    self.base = base
    self.rate = rate
    self.amount = amount
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(instrument.map { UInt64($0.rawValue) + 1 } ?? 0)
    buffer.append(reason.rawValue)
    buffer.appendVarint(days)
    buffer.appendWideDecimal(base)
    buffer.appendWideDecimal(rate)
    buffer.appendWideDecimal(amount)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> AccountCharged {
    let place = try reader.readVarint()
    guard place <= UInt64(UInt16.max) + 1 else {
      throw .valueOutOfRange(field: "instrument", value: Int64(clamping: place))
    }
    let instrument = place == 0 ? nil : InstrumentIndex(UInt16(place - 1))
    let reason = try reader.readCase("reason", as: CashReason.self)
    let days = try reader.readVarint()
    let base = try reader.readWideDecimal()
    let rate = try reader.readWideDecimal()
    let amount = try reader.readWideDecimal()
    return AccountCharged(
      instrument: instrument, reason: reason, days: days, base: base, rate: rate, amount: amount)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", instrument.map { .instrument($0) } ?? .absent)
    fields.add("reason", .word(reason.word))
    fields.add("days", .integer(Int64(clamping: days)))
    fields.add("base", .money(base))
    fields.add("rate", .money(rate))
    fields.add("amount", .money(amount))
  }
}
