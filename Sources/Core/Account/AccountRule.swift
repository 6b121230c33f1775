import Market

/// What kind of account a run trades in, and what time costs there. Without one, cash is a number: nothing accrues, everything settles at once, and futures
/// are paid for like shares.
public struct AccountRule: Hashable, Sendable {
  public var type: AccountType
  /// Days of a year that rates are divided by: 360 in the money market of the US dollar and at most brokers, 365 for sterling and for crypto.
  public var dayCount: Int64 = 360
  /// Interest a year on a balance above zero, and on one below, in millionths.
  public var creditMicros: Int64 = 0
  public var debitMicros: Int64 = 0
  /// Fee a year for units that are short, in millionths of their value at the mark; the second by symbol.
  public var borrowMicros: Int64 = 0
  public var borrowOfSymbols: [BorrowFee] = []

  public init(type: AccountType) { self.type = type }

  /// Terms of a margin account; nil for a cash account.
  public var margin: MarginRule? {
    if case .margin(let rule) = type { rule } else { nil }
  }
}

public enum AccountType: Hashable, Sendable {
  /// Pays in full, with settled money alone, and is never short.
  case cash(SettlementRule)
  /// Borrows against what it holds.
  case margin(MarginRule)
}

public struct BorrowFee: Hashable, Sendable {
  public var symbol: String
  public var micros: Int64
  public init(symbol: String, micros: Int64) {
    self.symbol = symbol
    self.micros = micros
  }
}

/// How many sessions after a sale its proceeds are the account's.
public enum SettlementRule: Hashable, Sendable {
  /// So many sessions of the instrument's calendar.
  case sessions(Int)
  /// As the SEC's rule 15c6-1 had it on the day of the sale: three sessions from 1995-06-07 to 2017-09-04, two until 2024-05-27, one since; five before there was a rule, by custom.
  case usEquities

  /// Sessions for a sale of trade date `date`.
  func sessionCount(on date: CivilDate) -> Int {
    switch self {
    case .sessions(let count): count
    case .usEquities: date.packed < 1995_06_07 ? 5 : date.packed < 2017_09_05 ? 3 : date.packed < 2024_05_28 ? 2 : 1
    }
  }
}
