import Events
import Market

/// What an account remembers; part of the reducer's state where the profile has one.
struct AccountState: Sendable {
  /// True from the first bar on that is no history: nothing accrues before anything could be traded.
  var hasBegun = false
  /// The trade date that goes on, in days since 1970; `Int64.min` before the first input.
  var tradeDate = Int64.min
  /// Proceeds on their way, in the order of the sales.
  var unsettled: [UnsettledProceeds] = []
  /// The margin call that stands; 0 for none.
  var calledBy: UInt64 = 0
  /// True while an order that a call has asked for may still fill.
  var isReducing = false
}

/// What sales of one day brought that isn't the account's to spend yet.
struct UnsettledProceeds: BitwiseCopyable, Hashable, Sendable {
  /// The open of the session from which it is.
  var settlesAt: Timestamp
  var amount: Int128
}

extension AccountState {
  func encode(into buffer: inout ByteBuffer) {
    buffer.append((hasBegun ? 1 : 0) | (isReducing ? 2 : 0))
    buffer.appendZigzag(tradeDate)
    buffer.appendVarint(calledBy)
    buffer.appendVarint(UInt64(unsettled.count))
    for entry in unsettled {
      buffer.appendZigzag(entry.settlesAt.nanos)
      buffer.appendWideZigzag(entry.amount)
    }
  }

  static func decode(_ reader: inout ByteReader, before sequence: UInt64) throws(DecodeError) -> AccountState {
    var state = AccountState()
    let flags = try reader.readByte()
    guard flags < 4 else { throw .valueOutOfRange(field: "account_flags", value: Int64(flags)) }
    state.hasBegun = flags & 1 != 0
    state.isReducing = flags & 2 != 0
    state.tradeDate = try reader.readZigzag()
    guard state.tradeDate == .min || state.tradeDate.magnitude < 3_000_000 else {
      throw .valueOutOfRange(field: "trade_date", value: state.tradeDate)
    }
    state.calledBy = try reader.readVarint()
    guard state.calledBy < max(sequence, 1) else { throw .inconsistent("margin_call") }
    for _ in 0..<(try reader.readCount(itemBytesMin: 2)) {
      let settlesAt = Timestamp(nanos: try reader.readZigzag())
      let amount = try reader.readAmount()
      state.unsettled.append(UnsettledProceeds(settlesAt: settlesAt, amount: amount))
    }
    return state
  }
}
