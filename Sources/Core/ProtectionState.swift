import Events
import Market

/// What is kept of an instrument whose position is protected at a venue outside (`Engine+VenueProtection`), besides the orders themselves.
struct ProtectionState: BitwiseCopyable, Hashable, Sendable {
  /// What entries have filled since something was placed to protect it, and what that cost, in nanos of currency: stops are counted from its price.
  var fresh = Quantity.zero
  var freshValue: Int128 = 0
  /// Somebody has taken everything back: nothing is protected again before the next entry.
  var isOff = false
  /// What protects is being taken back because a decision wants to close: nothing new is placed before that decision was made again.
  var makesWay = false
  /// Ends of protective orders in a row that nobody had asked for, and the bars to wait for before another is placed.
  var failures: UInt8 = 0
  var barsToWait: UInt8 = 0
  /// The venue has refused a stop because the market is beyond it: what is open is closed at market as soon as nothing holds its units.
  var isPassed = false
  /// What is held has been told to be without a stop, and has none yet.
  var isNaked = false
  /// Until when what the newest bar said may be acted on: a bar of history never.
  var freshUntil = Timestamp(nanos: .min)

  /// A venue that refuses is asked again after 1, 2, 4 … bars.
  mutating func fail() {
    failures = min(failures + 1, 6)
    barsToWait = 1 << (failures - 1)
  }

  /// Orders of a position's protection that may rest at once; one more, and all of them become one. Exchanges count such orders (Binance allows five).
  static let orderCountMax = 3
}

extension ProtectionState {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendZigzag(fresh.nanos)
    buffer.appendWideZigzag(freshValue)
    buffer.append((isOff ? 1 : 0) | (makesWay ? 2 : 0) | (isPassed ? 4 : 0) | (isNaked ? 8 : 0))
    buffer.append(failures)
    buffer.append(barsToWait)
    buffer.appendZigzag(freshUntil.nanos)
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeError) -> ProtectionState {
    var state = ProtectionState()
    state.fresh = try reader.readZigzagQuantity()
    state.freshValue = try reader.readAmount()
    let flags = try reader.readByte()
    guard flags < 16, state.fresh.nanos >= 0, state.fresh.nanos <= Limits.quantityNanosMax else {
      throw .inconsistent("protection")
    }
    state.isOff = flags & 1 != 0
    state.makesWay = flags & 2 != 0
    state.isPassed = flags & 4 != 0
    state.isNaked = flags & 8 != 0
    state.failures = try reader.readByte()
    state.barsToWait = try reader.readByte()
    guard state.failures <= 6, state.barsToWait <= 32 else { throw .inconsistent("protection") }
    state.freshUntil = Timestamp(nanos: try reader.readZigzag())
    return state
  }
}
