package import Events
import Market
import Strategies

/// The state's canonical bytes: what is hashed at the end of a run, and what a snapshot holds.
///
/// Layout, version 4: version u8; scalars, and where the run holds other currencies what was converted and a purse each; books in instrument order; targets; the open slot; the risk rules' state, and where the profile looks for missing splits a byte an instrument; the account's state where the profile has one; a state a chain of contracts; what is kept of positions that are protected at a venue outside; fees that it took in other assets; sizes; strategies in profile order. Everything that later
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
      ledger.home.cash, ledger.home.costBasis, ledger.home.realised, ledger.home.fees, ledger.home.dividends,
      ledger.home.positionsValue, ledger.traded, ledger.home.adopted,
    ] { buffer.appendWideZigzag(amount) }
    if hasForeign {
      buffer.appendWideZigzag(ledger.home.converted)
      for purse in ledger.purses.dropFirst() { purse.encode(into: &buffer) }
    }
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
    for entry in closes {
      buffer.appendVarint(entry?.sequence ?? 0)
      if let entry { BarObserved(entry.bar).encode(into: &buffer, sequence: entry.sequence) }
    }
    encodeGathered(into: &buffer)
    risk.encode(into: &buffer)
    if watch.contains(.splits) {
      for book in risk.books { buffer.append(book.splitDoubt.rawValue) }
    }
    if accountTable != nil {
      buffer.appendWideZigzag(ledger.home.charges)
      for purse in ledger.purses.dropFirst() { buffer.appendWideZigzag(purse.charges) }
      account.encode(into: &buffer)
    }
    for state in chainStates { state.encode(into: &buffer) }
    for protection in protections { protection.encode(into: &buffer) }
    for fees in assetFees { fees.encode(into: &buffer) }
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
    ledger.purses[0].cash = try reader.readAmount()
    ledger.purses[0].costBasis = try reader.readAmount()
    ledger.purses[0].realised = try reader.readAmount()
    ledger.purses[0].fees = try reader.readAmount()
    ledger.purses[0].dividends = try reader.readAmount()
    ledger.purses[0].positionsValue = try reader.readAmount()
    ledger.traded = try reader.readAmount()
    ledger.purses[0].adopted = try reader.readAmount()
    if hasForeign {
      ledger.purses[0].converted = try reader.readAmount()
      for place in ledger.purses.indices.dropFirst() { try ledger.purses[place].decode(&reader) }
    }
    guard try reader.readVarint() == UInt64(books.count) else { throw .inconsistent("instruments") }
    for index in books.indices {
      books[index] = try Book.decode(&reader)
      if isAnsweredOutside { books[index].reports = try ReportBook.decode(&reader, assetCount: assetFees.count) }
      guard
        books[index].isConsistent(
          with: instruments[index], before: nextSequence, strategyCount: strategyCount,
          isInLots: !isAnsweredOutside && !paysInKind)
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
    for index in closes.indices {
      let sequence = try reader.readVarint()
      if sequence == 0 { continue }
      let bar = try BarObserved.decode(&reader, version: 1, sequence: sequence).bar
      guard bar.instrument.position == index, sequence < nextSequence else { throw .inconsistent("close") }
      closes[index] = SlotBar(bar: bar, sequence: sequence)
    }
    try decodeGathered(&reader)
    try risk.decode(&reader)
    if watch.contains(.splits) {
      for index in risk.books.indices {
        risk.books[index].splitDoubt = try reader.readCase("split_doubt", as: SplitDoubt.self)
      }
    }
    if accountTable != nil {
      ledger.purses[0].charges = try reader.readAmount()
      for place in ledger.purses.indices.dropFirst() { ledger.purses[place].charges = try reader.readAmount() }
      account = try AccountState.decode(&reader, before: nextSequence)
    }
    for chain in chainStates.indices {
      chainStates[chain] = try ChainState.decode(
        &reader, contractCount: chainTable.chains[chain].contracts.count)
    }
    for index in protections.indices { protections[index] = try ProtectionState.decode(&reader) }
    for place in assetFees.indices { assetFees[place] = try AssetFees.decode(&reader, before: nextSequence) }
    try sizer.decodeState(&reader)
    guard sharesAddUp else { throw .inconsistent("shares") }
    try strategies.decodeState(&reader)
    guard ledgerBalances else { throw .inconsistent("ledger") }
  }
}

extension Purse {
  fileprivate func encode(into buffer: inout ByteBuffer) {
    for amount in [cash, costBasis, realised, fees, dividends, adopted, converted, positionsValue] {
      buffer.appendWideZigzag(amount)
    }
  }

  fileprivate mutating func decode(_ reader: inout ByteReader) throws(DecodeError) {
    cash = try reader.readAmount()
    costBasis = try reader.readAmount()
    realised = try reader.readAmount()
    fees = try reader.readAmount()
    dividends = try reader.readAmount()
    adopted = try reader.readAmount()
    converted = try reader.readAmount()
    positionsValue = try reader.readAmount()
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
      guard !order.isProtective || order.groupSequence != 0, order.groupSequence < sequence else { return false }
      guard !order.type.isOnOpen && !order.type.isOnClose || order.auctionAt.nanos != .max else { return false }
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
