public import Market

/// Derived as `cash_changed`, where the cash is of another currency than the run's.
///
/// Version 1: currency text; reason u8; amount, balance wide decimals, both in that currency.
public struct PurseChanged: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 55)
  public static let name: StaticString = "purse_changed"
  public static let role = EventRole.derived

  public var currency: Currency
  public var reason: CashReason
  /// Signed.
  public var amount: Int128
  /// Afterwards.
  public var balance: Int128

  public init(currency: Currency, reason: CashReason, amount: Int128, balance: Int128) {
    self.currency = currency
    self.reason = reason
    self.amount = amount
    self.balance = balance
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendText(currency.description)
    buffer.append(reason.rawValue)
    buffer.appendWideDecimal(amount)
    buffer.appendWideDecimal(balance)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> PurseChanged {
    let currency = try reader.readCurrency()
    let reason = try reader.readCase("reason", as: CashReason.self)
    let amount = try reader.readWideDecimal()
    let balance = try reader.readWideDecimal()
    return PurseChanged(currency: currency, reason: reason, amount: amount, balance: balance)
  }

  public func list(into fields: inout FieldList) {
    fields.add("currency", .word(currency.description))
    fields.add("reason", .word(reason.word))
    fields.add("amount", .money(amount))
    fields.add("balance", .money(balance))
  }
}
