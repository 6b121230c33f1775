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
  /// What was booked under no trade id, newest last, as many as `endedCountMax`: put right when the trade itself is told.
  var inferred: [InferredFill] = []

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

  mutating func infer(_ fill: InferredFill) {
    if inferred.count == ReportBook.endedCountMax { inferred.removeFirst(ReportBook.endedCountMax / 4) }
    inferred.append(fill)
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

/// A fill, or a part of one, that was booked under no trade id, as it was booked.
struct InferredFill: BitwiseCopyable, Hashable, Sendable {
  let id: OrderID
  /// Filled of the order, as its report counted: two reports of one count are of one fill.
  let cumulative: Quantity
  /// The same report was booked before: this was booked in place of another fill.
  let isRepeat: Bool
  var quantity: Quantity
  /// Nanos of currency.
  var value: Int128
  /// The fee that was paid in cash.
  var cash: Int128
  /// The fee that was paid in what was bought, in nanos of a unit.
  var units: Int64
  /// Nil where the fee was paid in no other asset; what it is worth is part of `cash`.
  var paid: AssetFee?

  /// Takes a part out, with its share of everything; what is left is positive or nothing.
  mutating func take(_ part: Quantity) -> InferredFill {
    var taken = self
    taken.quantity = part
    if part != quantity {
      taken.value = scaled(value, by: part.nanos, over: quantity.nanos)
      taken.cash = scaled(cash, by: part.nanos, over: quantity.nanos)
      taken.units = Int64(clamping: scaled(Int128(units), by: part.nanos, over: quantity.nanos))
      if let paid {
        let share = scaled(paid.amount, by: part.nanos, over: quantity.nanos)
        taken.paid = AssetFee(place: paid.place, amount: share, booked: taken.cash)
        self.paid = AssetFee(place: paid.place, amount: paid.amount - share, booked: paid.booked - taken.cash)
      }
    }
    quantity = Quantity(nanos: quantity.nanos - part.nanos)
    (value, cash, units) = (value - taken.value, cash - taken.cash, units - taken.units)
    return taken
  }
}

extension ReportBook {
  /// Added to the number of orders that are over where something inferred follows them: without it the bytes are those of states from before there was any.
  private static let inferredMark: UInt64 = 1 << 16
  /// Added, too, where a fee of what was inferred was paid in another asset.
  private static let paidMark: UInt64 = 1 << 17

  func encode(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(trades.count))
    for trade in trades { buffer.appendText(trade) }
    let hasPaid = inferred.contains { $0.paid != nil }
    buffer.appendVarint(
      UInt64(ended.count) + (inferred.isEmpty ? 0 : ReportBook.inferredMark) + (hasPaid ? ReportBook.paidMark : 0))
    for order in ended {
      buffer.appendVarint(order.id.sequence)
      buffer.append(order.side.rawValue)
      buffer.append(order.purpose)
      buffer.appendVarint(UInt64(order.strategy))
      buffer.appendZigzag(order.filled.nanos)
      buffer.appendZigzag(order.reported.nanos)
      buffer.appendZigzag(order.leaves.nanos)
    }
    if inferred.isEmpty { return }
    buffer.appendVarint(UInt64(inferred.count))
    for fill in inferred {
      buffer.appendVarint(fill.id.sequence)
      buffer.appendZigzag(fill.cumulative.nanos)
      buffer.append(fill.isRepeat ? 1 : 0)
      buffer.appendZigzag(fill.quantity.nanos)
      buffer.appendWideZigzag(fill.value)
      buffer.appendWideZigzag(fill.cash)
      buffer.appendZigzag(fill.units)
      if hasPaid { fill.encodePaid(into: &buffer) }
    }
  }

  /// - Parameter assetCount: how many assets fees are converted from.
  static func decode(_ reader: inout ByteReader, assetCount: Int) throws(DecodeError) -> ReportBook {
    var book = ReportBook()
    let tradeCount = try reader.readCount(itemBytesMin: 1)
    guard tradeCount <= tradeCountMax else { throw .inconsistent("trades") }
    for _ in 0..<tradeCount { book.trades.append(try reader.readText()) }
    let marked = try reader.readVarint()
    let hasInferred = marked & inferredMark != 0
    let hasPaid = marked & paidMark != 0
    let endedCount = marked & ~(inferredMark | paidMark)
    guard hasInferred || !hasPaid else { throw .inconsistent("inferred") }
    guard endedCount <= UInt64(endedCountMax) else { throw .inconsistent("ended") }
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
    if hasInferred { try book.decodeInferred(&reader, assetCount: hasPaid ? assetCount : nil) }
    return book
  }

  /// - Parameter assetCount: nil where no fee was paid in another asset.
  private mutating func decodeInferred(_ reader: inout ByteReader, assetCount: Int?) throws(DecodeError) {
    let count = try reader.readCount(itemBytesMin: 7)
    guard count > 0, count <= ReportBook.endedCountMax else { throw .inconsistent("inferred") }
    for _ in 0..<count {
      let id = OrderID(sequence: try reader.readSequence())
      let cumulative = try reader.readZigzagQuantity()
      let isRepeat = try reader.readBool("is_repeat")
      let quantity = try reader.readZigzagQuantity()
      let (value, cash) = (try reader.readAmount(), try reader.readAmount())
      let units = try reader.readZigzag()
      guard cumulative.nanos >= 0, quantity.nanos > 0, units >= 0, units <= quantity.nanos else {
        throw .inconsistent("inferred")
      }
      let paid = try assetCount.flatMap { count throws(DecodeError) in
        try AssetFee.decodePaid(&reader, assetCount: count, booked: cash)
      }
      inferred.append(
        InferredFill(
          id: id, cumulative: cumulative, isRepeat: isRepeat, quantity: quantity, value: value, cash: cash,
          units: units, paid: paid))
    }
    guard assetCount == nil || inferred.contains(where: { $0.paid != nil }) else { throw .inconsistent("inferred") }
  }
}
