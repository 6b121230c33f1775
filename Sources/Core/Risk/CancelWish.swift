import Events
import Market

/// A cancel that somebody goes on wanting until the order is over, though the venue has refused it, or though another one that nobody insists on is on its way.
struct CancelWish: BitwiseCopyable, Hashable, Sendable {
  var instrument: InstrumentIndex
  var order: OrderID
  var reason: CancelReason
  /// How often the venue has refused it.
  var refusals: UInt8 = 0
  /// Readings of the clock and bars of the instrument to wait for before it is asked for again.
  var pause: UInt8 = 0
  /// It was never sent, because orders are withheld.
  var isWithheld = false

  /// A kill or a breaker wants it, and goes on wanting it whoever else does and whatever leaves meanwhile.
  var isForClosing: Bool { reason == .kill || reason == .breaker }

  /// A venue that refuses is asked again after 1, 2, 4 … 32 readings or bars.
  mutating func refuse() {
    refusals = min(refusals + 1, 6)
    pause = 1 << (refusals - 1)
  }
}

extension CancelReason {
  /// Whether nobody but a wish asks again where the venue refuses the cancel of an order.
  ///
  /// An order past its time and a step of the collar are asked for with every bar, and what protects is taken back by what is decided and held then: to
  /// take it back for a decision that isn't made any more would leave a position without a stop.
  func isInsisted(for order: WorkingOrder) -> Bool {
    switch self {
    case .kill, .breaker, .operatorCommand, .marginCall, .rolled, .corporateAction: true
    case .replaced, .siblingDone: !order.isProtective
    case .timeInForce, .collarStep, .runEnded, .immediateRemainder, .notFillableWhole, .workingOrderCap, .venue,
      .neverArrived, .auctionOver, .wouldTake, .nothingToReduce:
      false
    }
  }
}

extension CancelWish {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.appendVarint(order.sequence)
    buffer.append(reason.rawValue)
    buffer.append(refusals)
    buffer.append(pause)
    buffer.append(isWithheld ? 1 : 0)
  }

  static func decode(_ reader: inout ByteReader, instrumentCount: Int) throws(DecodeError) -> CancelWish {
    var wish = CancelWish(
      instrument: try reader.readInstrument(), order: OrderID(sequence: try reader.readSequence()),
      reason: try reader.readCase("wish_reason", as: CancelReason.self))
    wish.refusals = try reader.readByte()
    wish.pause = try reader.readByte()
    wish.isWithheld = try reader.readBool("wish_withheld")
    guard wish.instrument.position < instrumentCount, wish.refusals <= 6, wish.pause <= 32 else {
      throw .inconsistent("cancel wish")
    }
    return wish
  }
}
