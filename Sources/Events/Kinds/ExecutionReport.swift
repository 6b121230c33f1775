public import Market

/// What a venue says happened to an order. Raw values are stored and never change meaning.
public enum ExecutionType: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case accepted = 1
  case filled = 2
  case cancelled = 3
  case rejected = 4
  case expired = 5
  /// It works on with another quantity.
  case reduced = 6
  /// A cancel was refused: the order is as it was.
  case cancelRejected = 7
  /// Never reached the venue, and that is proved: it will not be sent again.
  case neverArrived = 8
  /// Rejected, because the market is already beyond the price that would trigger it, or its pair.
  case wouldTrigger = 9
}

/// How the runtime learned of it. Raw values are stored and never change meaning.
public enum ReportSource: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// The venue told it unasked.
  case stream = 1
  /// The answer to the order or cancel itself.
  case answer = 2
  /// The venue was asked for this order.
  case query = 3
  /// Found when the run reconciled itself with the venue.
  case reconciliation = 4
  /// The runtime's own conclusion.
  case runtime = 5
}

/// Input: a real venue says what happened to an order. Written by the runtime; the reducer books it, once.
///
/// The same fact may be reported any number of times, by several ways and in any order: what it changes is decided by the reducer.
///
/// Version 1: type, source u8; order distance varint (0: not one of this run's orders); instrument varint; side u8; quantity, cumulative decimals; optional price; fee wide
/// decimal; liquidity u8 (0 where nothing filled); venue time zigzag; fee asset, client order id, venue order id, trade id, reason texts.
public struct ExecutionReport: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 12)
  public static let name: StaticString = "execution_report"
  public static let role = EventRole.input

  public var type: ExecutionType
  public var source: ReportSource
  /// Nil where the client order id is none of this run's.
  public var order: OrderID?
  public var instrument: InstrumentIndex
  public var side: Side
  /// Of this fill, or the whole order's; never negative.
  public var quantity: Quantity
  /// Filled so far, this fill included, as the venue counts.
  public var cumulative: Quantity
  /// Of this fill; nil where nothing filled.
  public var price: Price?
  /// Nanos of `feeAsset`; negative is a rebate.
  public var fee: Int128
  /// Nil where nothing filled, or the venue doesn't say.
  public var liquidity: LiquiditySide?
  /// The venue's clock.
  public var venueTime: Timestamp
  public var feeAsset: String
  public var clientOrderID: String
  public var venueOrderID: String
  /// Unique per instrument at its venue; empty where nothing filled.
  public var tradeID: String
  /// The venue's words; may be empty.
  public var reason: String

  public init(
    type: ExecutionType, source: ReportSource, order: OrderID?, instrument: InstrumentIndex, side: Side,
    quantity: Quantity, cumulative: Quantity, price: Price?, fee: Int128, liquidity: LiquiditySide?,
    venueTime: Timestamp, feeAsset: String, clientOrderID: String, venueOrderID: String, tradeID: String,
    reason: String
  ) {
    self.type = type
    self.source = source
    self.order = order
    self.instrument = instrument
    self.side = side
    self.quantity = quantity
    self.cumulative = cumulative
    self.price = price
    self.fee = fee
    self.liquidity = liquidity
    self.venueTime = venueTime
    self.feeAsset = feeAsset
    self.clientOrderID = clientOrderID
    self.venueOrderID = venueOrderID
    self.tradeID = tradeID
    self.reason = reason
  }

  public var references: [UInt64] { order.map { [$0.sequence] } ?? [] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(type.rawValue)
    buffer.append(source.rawValue)
    if let order { buffer.appendReference(order.sequence, from: sequence) } else { buffer.appendVarint(0) }
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(side.rawValue)
    buffer.appendDecimal(quantity.nanos)
    buffer.appendDecimal(cumulative.nanos)
    buffer.appendOptional(price)
    buffer.appendWideDecimal(fee)
    buffer.append(liquidity?.rawValue ?? 0)
    buffer.appendZigzag(venueTime.nanos)
    buffer.appendText(feeAsset)
    buffer.appendText(clientOrderID)
    buffer.appendText(venueOrderID)
    buffer.appendText(tradeID)
    buffer.appendText(reason)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> ExecutionReport {
    let type = try reader.readCase("type", as: ExecutionType.self)
    let source = try reader.readCase("source", as: ReportSource.self)
    let distance = try reader.readVarint()
    guard distance <= sequence else { throw .valueOutOfRange(field: "order", value: Int64(clamping: distance)) }
    let order = distance == 0 ? nil : OrderID(sequence: sequence - distance)
    let instrument = try reader.readInstrument()
    let side = try reader.readCase("side", as: Side.self)
    let quantity = try reader.readQuantity()
    let cumulative = try reader.readQuantity()
    let price = try reader.readOptionalPrice()
    let fee = try reader.readWideDecimal()
    let liquidityByte = try reader.readByte()
    let liquidity = LiquiditySide(rawValue: liquidityByte)
    if liquidity == nil, liquidityByte != 0 {
      throw .valueOutOfRange(field: "liquidity", value: Int64(liquidityByte))
    }
    let venueTime = Timestamp(nanos: try reader.readZigzag())
    return ExecutionReport(
      type: type, source: source, order: order, instrument: instrument, side: side, quantity: quantity,
      cumulative: cumulative, price: price, fee: fee, liquidity: liquidity, venueTime: venueTime,
      feeAsset: try reader.readText(), clientOrderID: try reader.readText(), venueOrderID: try reader.readText(),
      tradeID: try reader.readText(), reason: try reader.readText())
  }

  public func list(into fields: inout FieldList) {
    fields.add("type", .word(type.word))
    fields.add("source", .word(source.word))
    fields.add("order", order.map { .sequence($0.sequence) } ?? .absent)
    fields.add("instrument", .instrument(instrument))
    fields.add("side", .word(side.word))
    fields.add("quantity", .quantity(quantity))
    fields.add("cumulative", .quantity(cumulative))
    fields.add("price", price)
    fields.add("fee", .money(fee))
    fields.add("liquidity", liquidity.map { .word($0.word) } ?? .absent)
    fields.add("venue_time", .time(venueTime))
    fields.add("fee_asset", .text(feeAsset))
    fields.add("client_id", .text(clientOrderID))
    fields.add("venue_order_id", .text(venueOrderID))
    fields.add("trade_id", .text(tradeID))
    fields.add("reason", .text(reason))
  }
}
