public import Market

/// Raw values are stored and never change meaning.
public enum CashReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Notional and fee of one fill.
  case fill = 1
  case dividend = 2
  /// Paid for the fraction that a split left over.
  case cashInLieu = 3
  /// Was in the venue's account, and belongs to the run from here on.
  case adopted = 4
  /// Paid for units that a merger or a delisting took.
  case proceeds = 5
  /// On the balance of a day, received or paid.
  case interest = 6
  /// For units that are short.
  case borrowFee = 7
  /// Between the two sides of a perpetual.
  case funding = 8
  /// What a future has won or lost since it was settled last.
  case variation = 9
  /// Turned into another currency, or out of it.
  case conversion = 10
  /// A fill that had been booked under no trade id was told itself, with another fee: the difference.
  case feeCorrection = 11
  /// The same with another price.
  case priceCorrection = 12
}

/// Derived from a fill, a corporate action or a venue's report: cash moved.
///
/// Version 1: reason u8; amount, balance wide decimals.
public struct CashChanged: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 41)
  public static let name: StaticString = "cash_changed"
  public static let role = EventRole.derived

  public var reason: CashReason
  /// Signed.
  public var amount: Int128
  /// Afterwards.
  public var balance: Int128

  public init(reason: CashReason, amount: Int128, balance: Int128) {
    self.reason = reason
    self.amount = amount
    self.balance = balance
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(reason.rawValue)
    buffer.appendWideDecimal(amount)
    buffer.appendWideDecimal(balance)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> CashChanged {
    let reason = try reader.readCase("reason", as: CashReason.self)
    let amount = try reader.readWideDecimal()
    let balance = try reader.readWideDecimal()
    return CashChanged(reason: reason, amount: amount, balance: balance)
  }

  public func list(into fields: inout FieldList) {
    fields.add("reason", .word(reason.word))
    fields.add("amount", .money(amount))
    fields.add("balance", .money(balance))
  }
}
