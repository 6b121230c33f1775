package import Events
import Market
import Strategies

/// The state's canonical bytes: what is hashed at the end of a run, and what a snapshot holds.
///
/// Layout, version 4: version u8; scalars; books in instrument order; targets; the open slot; the risk rules' state, and where the profile looks for missing splits a byte an instrument; the account's state where the profile has one; sizes; strategies in profile order. Everything that later
/// events depend on is in it, so a run restored from a snapshot goes on identically.
extension Engine {
  package static let snapshotVersion: UInt8 = 4

  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.append(Engine.snapshotVersion)
    buffer.appendZigzag(now.nanos)
    buffer.appendZigzag(day)
    buffer.appendVarint(nextSequence)
    for count in [
      counts.bars, counts.warmingUp, counts.signals, counts.refused, counts.cut, counts.orders, counts.fills,
    ] { buffer.appendVarint(count) }
    for amount in [
      ledger.cash, ledger.costBasis, ledger.realised, ledger.fees, ledger.dividends, ledger.positionsValue,
      ledger.traded, ledger.adopted,
    ] { buffer.appendWideZigzag(amount) }
    buffer.appendVarint(UInt64(books.count))
    for book in books {
      book.encode(into: &buffer)
      if isAnsweredOutside { book.reports.encode(into: &buffer) }
    }
    for micros in targetMicros { buffer.appendZigzag(micros) }
    buffer.appendVarint(UInt64(slot.count))
    for entry in slot {
      buffer.appendVarint(entry.sequence)
      BarObserved(entry.bar).encode(into: &buffer, sequence: entry.sequence)
    }
    risk.encode(into: &buffer)
    if watch.contains(.splits) {
      for book in risk.books { buffer.append(book.isSplitMissing ? 1 : 0) }
    }
    if accountTable != nil {
      buffer.appendWideZigzag(ledger.charges)
      account.encode(into: &buffer)
    }
    sizer.encodeState(into: &buffer)
    strategies.encodeState(into: &buffer)
  }

  /// Replaces the state of an engine made from the same configuration and instruments.
  ///
  /// Every number is checked against what the reducer can have written, so that no bytes whatever lead to a trap later on.
  /// - Throws: `DecodeError` where the bytes are not a whole state of this shape; the engine is then not to be used.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    let version = try reader.readByte()
    guard version == Engine.snapshotVersion else { throw .unknownVersion(kind: 0, version: version) }
    now = Timestamp(nanos: try reader.readZigzag())
    day = try reader.readZigzag()
    nextSequence = try reader.readSequence()
    counts.bars = try reader.readSequence()
    counts.warmingUp = try reader.readSequence()
    counts.signals = try reader.readSequence()
    counts.refused = try reader.readSequence()
    counts.cut = try reader.readSequence()
    counts.orders = try reader.readSequence()
    counts.fills = try reader.readSequence()
    ledger.cash = try reader.readAmount()
    ledger.costBasis = try reader.readAmount()
    ledger.realised = try reader.readAmount()
    ledger.fees = try reader.readAmount()
    ledger.dividends = try reader.readAmount()
    ledger.positionsValue = try reader.readAmount()
    ledger.traded = try reader.readAmount()
    ledger.adopted = try reader.readAmount()
    guard try reader.readVarint() == UInt64(books.count) else { throw .inconsistent("instruments") }
    for index in books.indices {
      books[index] = try Book.decode(&reader)
      if isAnsweredOutside { books[index].reports = try ReportBook.decode(&reader) }
      guard
        books[index].isConsistent(
          with: instruments[index], before: nextSequence, strategyCount: strategyCount,
          isInLots: !isAnsweredOutside)
      else {
        throw .inconsistent("book")
      }
    }
    for index in targetMicros.indices {
      let micros = try reader.readZigzag()
      guard micros.magnitude <= 1_000_000 else { throw .valueOutOfRange(field: "target", value: micros) }
      targetMicros[index] = micros
    }
    slot.removeAll(keepingCapacity: true)
    for _ in 0..<(try reader.readCount(itemBytesMin: 10)) {
      let sequence = try reader.readVarint()
      let bar = try BarObserved.decode(&reader, version: 1, sequence: sequence).bar
      guard bar.instrument.position < books.count, bar.knownAt == now, sequence < nextSequence else {
        throw .inconsistent("slot")
      }
      slot.append(SlotBar(bar: bar, sequence: sequence))
    }
    try risk.decode(&reader)
    if watch.contains(.splits) {
      for index in risk.books.indices { risk.books[index].isSplitMissing = try reader.readBool("split_missing") }
    }
    if accountTable != nil {
      ledger.charges = try reader.readAmount()
      account = try AccountState.decode(&reader, before: nextSequence)
    }
    try sizer.decodeState(&reader)
    guard sharesAddUp else { throw .inconsistent("shares") }
    try strategies.decodeState(&reader)
    guard ledgerBalances else { throw .inconsistent("ledger") }
  }
}

extension Engine.Book {
  func encode(into buffer: inout ByteBuffer) {
    buffer.append(hasBar ? 1 : 0)
    buffer.appendZigzag(mark.nanos)
    buffer.appendZigzag(lastOpenTime.nanos)
    buffer.appendWideZigzag(value)
    buffer.appendZigzag(position.quantity.nanos)
    buffer.appendWideZigzag(position.costBasis)
    buffer.appendWideZigzag(position.realised)
    buffer.appendVarint(UInt64(position.lots.count))
    for lot in position.lots {
      buffer.appendZigzag(lot.quantity.nanos)
      buffer.appendWideZigzag(lot.costBasis)
    }
    buffer.appendVarint(UInt64(orders.count))
    for order in orders { order.encode(into: &buffer) }
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeError) -> Engine.Book {
    var book = Engine.Book()
    book.hasBar = try reader.readBool("has_bar")
    book.mark = try reader.readZigzagPrice()
    book.lastOpenTime = Timestamp(nanos: try reader.readZigzag())
    book.value = try reader.readAmount()
    book.position.quantity = try reader.readZigzagQuantity()
    book.position.costBasis = try reader.readAmount()
    book.position.realised = try reader.readAmount()
    for _ in 0..<(try reader.readCount(itemBytesMin: 2)) {
      book.position.lots.append(
        Position.Lot(quantity: try reader.readZigzagQuantity(), costBasis: try reader.readAmount()))
    }
    for _ in 0..<(try reader.readCount(itemBytesMin: 12)) { book.orders.append(try WorkingOrder.decode(&reader)) }
    return book
  }
}

extension WorkingOrder {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendVarint(id.sequence)
    buffer.append(side.rawValue)
    buffer.append(type.rawValue)
    buffer.append(timeInForce.rawValue)
    buffer.append(purpose)
    buffer.appendVarint(UInt64(strategy))
    buffer.append(cancelReason)
    buffer.appendZigzag(leaves.nanos)
    buffer.appendZigzag(filled.nanos)
    buffer.appendWideZigzag(feePaid)
    buffer.appendZigzag(limitPrice.nanos)
    buffer.appendZigzag(stopPrice.nanos)
    buffer.append((isTriggered ? 1 : 0) | (hasRested ? 2 : 0) | (isUnacknowledged ? 4 : 0))
    buffer.appendZigzag(reported.nanos)
    buffer.appendZigzag(eligibleFrom.nanos)
    buffer.appendZigzag(expiresAt.nanos)
    buffer.appendVarint(siblingSequence)
    buffer.appendZigzag(placedInsideBarOpenedAt.nanos)
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeError) -> WorkingOrder {
    let id = OrderID(sequence: try reader.readVarint())
    let side = try reader.readCase("side", as: Side.self)
    let type = try reader.readCase("type", as: OrderType.self)
    let timeInForce = try reader.readCase("time_in_force", as: TimeInForce.self)
    let purpose = try reader.readCase("purpose", as: OrderPurpose.self)
    let strategy = try reader.readInstrument().rawValue
    let cancelReason = try reader.readByte()
    guard cancelReason == 0 || CancelReason(rawValue: cancelReason) != nil else {
      throw .valueOutOfRange(field: "cancel_reason", value: Int64(cancelReason))
    }
    let leaves = try reader.readZigzagQuantity()
    let filled = try reader.readZigzagQuantity()
    let feePaid = try reader.readAmount()
    let limitPrice = try reader.readZigzagPrice()
    let stopPrice = try reader.readZigzagPrice()
    let flags = try reader.readByte()
    guard flags < 8 else { throw .valueOutOfRange(field: "flags", value: Int64(flags)) }
    let reported = try reader.readZigzagQuantity()
    guard reported.nanos >= 0 else { throw .valueOutOfRange(field: "reported", value: reported.nanos) }
    return WorkingOrder(
      id: id, side: side, type: type, timeInForce: timeInForce, purpose: purpose.rawValue,
      strategy: strategy, leaves: leaves, filled: filled, feePaid: feePaid, limitPrice: limitPrice,
      stopPrice: stopPrice, isTriggered: flags & 1 != 0,
      hasRested: flags & 2 != 0, eligibleFrom: Timestamp(nanos: try reader.readZigzag()),
      expiresAt: Timestamp(nanos: try reader.readZigzag()), siblingSequence: try reader.readVarint(),
      placedInsideBarOpenedAt: Timestamp(nanos: try reader.readZigzag()), cancelReason: cancelReason,
      isUnacknowledged: flags & 4 != 0, reported: reported)
  }
}

extension Engine.Book {
  /// Quantities are within `Limits`, and whole lots where `isInLots` (a venue outside may take its fee in what was bought), and orders are alive and in
  /// the order of their ids, all below `sequence`.
  fileprivate func isConsistent(
    with instrument: Instrument, before sequence: UInt64, strategyCount: Int, isInLots: Bool
  ) -> Bool {
    let most = Limits.positionNanosMax(multiplier: instrument.multiplierNanos)
    let lot = isInLots ? instrument.lotSize.nanos : 1
    guard position.quantity.magnitude.nanos <= most, position.quantity.nanos % lot == 0 else { return false }
    guard hasBar || (lastOpenTime.nanos == .min && (mark == .zero || position.quantity != .zero)) else { return false }
    var last: UInt64 = 0
    for order in orders {
      guard order.id.sequence > last, order.id.sequence < sequence else { return false }
      guard order.leaves.nanos > 0, order.leaves.nanos % lot == 0, order.leaves.nanos / 2 <= most else { return false }
      guard order.filled.nanos >= 0 else { return false }
      guard order.strategy == WorkingOrder.noStrategy || Int(order.strategy) < strategyCount else { return false }
      guard order.isProtective == (order.siblingSequence != 0), order.siblingSequence < sequence else { return false }
      last = order.id.sequence
    }
    return true
  }
}

extension ByteReader {
  /// A sequence or count, with room to count on.
  mutating func readSequence() throws(DecodeError) -> UInt64 {
    let value = try readVarint()
    guard value <= UInt64(Int64.max) else { throw .valueOutOfRange(field: "count", value: .max) }
    return value
  }

  /// Nanos of currency, with room to add to.
  mutating func readAmount() throws(DecodeError) -> Int128 {
    let value = try readWideZigzag()
    guard value.magnitude <= Limits.amountMax.magnitude else { throw .inconsistent("amount") }
    return value
  }

  mutating func readZigzagPrice() throws(DecodeError) -> Price {
    let nanos = try readZigzag()
    guard nanos != .min else { throw .valueOutOfRange(field: "price", value: nanos) }
    return Price(nanos: nanos)
  }

  mutating func readZigzagQuantity() throws(DecodeError) -> Quantity {
    let nanos = try readZigzag()
    guard nanos != .min else { throw .valueOutOfRange(field: "quantity", value: nanos) }
    return Quantity(nanos: nanos)
  }
}
