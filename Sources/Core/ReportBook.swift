import Events
import Market

/// What a real venue has reported of one instrument, as far as a report that is repeated, late or out of order must still be recognised.
///
/// Two facts together decide whether a fill is new: its trade id, and how much the venue says is filled of its order. The second needs no memory beyond the
/// order's own, and holds where the first has been forgotten or was never told: no more of an order is ever booked than the venue has counted.
struct ReportBook: Hashable, Sendable {
  /// Trades that were booked, newest last; as many as `tradeCountMax`.
  var trades: [String] = []
  /// Orders that are over, newest last, as many as `endedCountMax`: their fills may still come.
  var ended: [EndedOrder] = []

  static let tradeCountMax = 1_024
  static let endedCountMax = 256

  func hasBooked(_ trade: String) -> Bool { !trade.isEmpty && trades.contains(trade) }

  mutating func note(_ trade: String) {
    if trade.isEmpty { return }
    if trades.count == ReportBook.tradeCountMax { trades.removeFirst(ReportBook.tradeCountMax / 4) }
    trades.append(trade)
  }

  mutating func end(_ order: EndedOrder) {
    if ended.count == ReportBook.endedCountMax { ended.removeFirst(ReportBook.endedCountMax / 4) }
    ended.append(order)
  }

  func place(of id: OrderID) -> Int? { ended.lastIndex { $0.id == id } }
}

/// An order that is over, and what is needed to book a fill of it that comes late.
struct EndedOrder: BitwiseCopyable, Hashable, Sendable {
  let id: OrderID
  let side: Side
  let purpose: UInt8
  let strategy: UInt16
  /// Booked so far.
  var filled: Quantity
  /// Filled, as the venue counts it in the furthest of its reports.
  var reported: Quantity
  /// What the order may still fill without an overfill.
  var leaves: Quantity

  var state: OrderState { leaves == .zero ? .filled : .over }
}

extension ReportBook {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(trades.count))
    for trade in trades { buffer.appendText(trade) }
    buffer.appendVarint(UInt64(ended.count))
    for order in ended {
      buffer.appendVarint(order.id.sequence)
      buffer.append(order.side.rawValue)
      buffer.append(order.purpose)
      buffer.appendVarint(UInt64(order.strategy))
      buffer.appendZigzag(order.filled.nanos)
      buffer.appendZigzag(order.reported.nanos)
      buffer.appendZigzag(order.leaves.nanos)
    }
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeError) -> ReportBook {
    var book = ReportBook()
    let tradeCount = try reader.readCount(itemBytesMin: 1)
    guard tradeCount <= tradeCountMax else { throw .inconsistent("trades") }
    for _ in 0..<tradeCount { book.trades.append(try reader.readText()) }
    let endedCount = try reader.readCount(itemBytesMin: 7)
    guard endedCount <= endedCountMax else { throw .inconsistent("ended") }
    for _ in 0..<endedCount {
      let id = OrderID(sequence: try reader.readSequence())
      let side = try reader.readCase("side", as: Side.self)
      let purpose = try reader.readCase("purpose", as: OrderPurpose.self)
      let strategy = try reader.readInstrument().rawValue
      let (filled, reported) = (try reader.readZigzagQuantity(), try reader.readZigzagQuantity())
      let leaves = try reader.readZigzagQuantity()
      guard filled.nanos >= 0, reported.nanos >= 0, leaves.nanos >= 0 else { throw .inconsistent("ended") }
      book.ended.append(
        EndedOrder(
          id: id, side: side, purpose: purpose.rawValue, strategy: strategy, filled: filled, reported: reported,
          leaves: leaves))
    }
    return book
  }
}
