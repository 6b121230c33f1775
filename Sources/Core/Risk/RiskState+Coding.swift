import Events
import Market

/// The risk rules' part of the state's canonical bytes.
extension RiskState {
  func encode(into buffer: inout ByteBuffer) {
    buffer.append(operatorState.rawValue)
    buffer.append(account.rawValue)
    for state in strategies { buffer.append(state.rawValue) }
    for state in symbols { buffer.append(state.rawValue) }
    for isFlattening in flattening { buffer.append(isFlattening ? 1 : 0) }
    buffer.append(kill.phase.rawValue)
    buffer.append(kill.source.rawValue)
    buffer.appendVarint(kill.begunBy)
    buffer.appendZigzag(day.end.nanos)
    buffer.appendWideZigzag(day.openingEquity)
    buffer.appendWideZigzag(day.openingRealised)
    buffer.appendZigzag(clock.nanos)
    buffer.append((isMarketHalted ? 1 : 0) | (isWithheld ? 2 : 0) | (wishes.isEmpty ? 0 : 4))
    if !wishes.isEmpty {
      buffer.appendVarint(UInt64(wishes.count))
      for wish in wishes { wish.encode(into: &buffer) }
    }
    buffer.appendZigzag(startedAt.nanos)
    buffer.appendWideZigzag(peakEquity)
    for book in books { book.encode(into: &buffer) }
    for share in shares { share.encode(into: &buffer) }
    for opening in strategyOpenings { buffer.appendWideZigzag(opening) }
    for breaker in breakers {
      buffer.append(breaker.isTripped ? 1 : 0)
      buffer.appendZigzag(breaker.count)
    }
    for confidence in lastConfidences { buffer.appendZigzag(confidence) }
    for window in rates { window.encodeState(into: &buffer) }
    for window in means { window.encodeState(into: &buffer) }
    for window in drifts { window.encodeState(into: &buffer) }
    for window in shifts { window.encodeState(into: &buffer) }
    for window in orderRates { window.encodeState(into: &buffer) }
    for window in repeats { window.encodeState(into: &buffer) }
  }

  /// Replaces the state of a value made for the same configuration.
  mutating func decode(_ reader: inout ByteReader) throws(DecodeError) {
    operatorState = try reader.readCase("operator_state", as: TradingState.self)
    account = try reader.readCase("account_state", as: TradingState.self)
    for index in strategies.indices {
      strategies[index] = try reader.readCase("strategy_state", as: TradingState.self)
    }
    for index in symbols.indices { symbols[index] = try reader.readCase("symbol_state", as: TradingState.self) }
    for index in flattening.indices { flattening[index] = try reader.readBool("flattening") }
    kill.phase = try reader.readCase("kill_phase", as: KillPhase.self)
    kill.source = try reader.readCase("kill_source", as: KillSource.self)
    kill.begunBy = try reader.readSequence()
    day.end = Timestamp(nanos: try reader.readZigzag())
    day.openingEquity = try reader.readAmount()
    day.openingRealised = try reader.readAmount()
    clock = Timestamp(nanos: try reader.readZigzag())
    let market = try reader.readByte()
    guard market < 8 else { throw .valueOutOfRange(field: "market_halted", value: Int64(market)) }
    isMarketHalted = market & 1 != 0
    isWithheld = market & 2 != 0
    wishes.removeAll()
    if market & 4 != 0 {
      for _ in 0..<(try reader.readCount(itemBytesMin: 6)) {
        wishes.append(try CancelWish.decode(&reader, instrumentCount: books.count))
      }
      guard !wishes.isEmpty else { throw .inconsistent("cancel wishes") }
    }
    startedAt = Timestamp(nanos: try reader.readZigzag())
    peakEquity = try reader.readAmount()
    for index in books.indices { books[index] = try RiskBook.decode(&reader) }
    for index in shares.indices { shares[index] = try StrategyBook.decode(&reader) }
    for index in strategyOpenings.indices { strategyOpenings[index] = try reader.readAmount() }
    for index in breakers.indices {
      breakers[index].isTripped = try reader.readBool("tripped")
      breakers[index].count = try reader.readZigzag()
      guard breakers[index].count >= 0, breakers[index].count < Int64.max / 2 else { throw .inconsistent("breaker") }
    }
    for index in lastConfidences.indices { lastConfidences[index] = try reader.readZigzag() }
    for index in rates.indices { try rates[index].decodeState(&reader) }
    for index in means.indices { try means[index].decodeState(&reader) }
    for index in drifts.indices { try drifts[index].decodeState(&reader) }
    for index in shifts.indices { try shifts[index].decodeState(&reader) }
    for index in orderRates.indices { try orderRates[index].decodeState(&reader) }
    for index in repeats.indices { try repeats[index].decodeState(&reader) }
    refreshDisturbed()
  }
}

extension RiskBook {
  fileprivate func encode(into buffer: inout ByteBuffer) {
    buffer.appendZigzag(dayEnd.nanos)
    buffer.appendZigzag(previousClose.nanos)
    buffer.appendZigzag(knownAt.nanos)
    buffer.appendZigzag(volume.nanos)
    buffer.appendZigzag(span.start.nanos)
    buffer.appendZigzag(span.end.nanos)
    buffer.append(span.phase.rawValue)
    buffer.appendWideZigzag(dayNet)
    buffer.appendWideZigzag(cash)
    buffer.appendZigzag(intended)
    buffer.appendWideZigzag(openingProfit)
    buffer.appendWideZigzag(openingRealised)
    buffer.appendVarint(UInt64(flattenAttempt))
    buffer.append((isHalted ? 1 : 0) | (needsFollowUp ? 2 : 0) | (hasEnded ? 4 : 0))
  }

  fileprivate static func decode(_ reader: inout ByteReader) throws(DecodeError) -> RiskBook {
    var book = RiskBook()
    book.dayEnd = Timestamp(nanos: try reader.readZigzag())
    book.previousClose = try reader.readZigzagPrice()
    book.knownAt = Timestamp(nanos: try reader.readZigzag())
    book.volume = try reader.readZigzagQuantity()
    book.span = PhaseSpan(
      start: Timestamp(nanos: try reader.readZigzag()), end: Timestamp(nanos: try reader.readZigzag()),
      phase: try reader.readCase("phase", as: MarketPhase.self))
    book.dayNet = try reader.readAmount()
    book.cash = try reader.readAmount()
    book.intended = try reader.readZigzag()
    guard book.intended.magnitude <= UInt64(2 * Limits.quantityNanosMax) else { throw .inconsistent("intended") }
    book.openingProfit = try reader.readAmount()
    book.openingRealised = try reader.readAmount()
    let attempt = try reader.readVarint()
    guard attempt <= 1_000_000 else { throw .inconsistent("attempt") }
    book.flattenAttempt = Int32(attempt)
    let flags = try reader.readByte()
    guard flags < 8 else { throw .valueOutOfRange(field: "flags", value: Int64(flags)) }
    book.isHalted = flags & 1 != 0
    book.needsFollowUp = flags & 2 != 0
    book.hasEnded = flags & 4 != 0
    return book
  }
}

extension StrategyBook {
  fileprivate func encode(into buffer: inout ByteBuffer) {
    buffer.appendWideZigzag(quantity)
    buffer.appendWideZigzag(granted)
    buffer.appendWideZigzag(cash)
    buffer.appendWideZigzag(dayNet)
  }

  fileprivate static func decode(_ reader: inout ByteReader) throws(DecodeError) -> StrategyBook {
    let quantity = try reader.readWideZigzag()
    let granted = try reader.readWideZigzag()
    guard quantity.magnitude <= 1 << 90, granted.magnitude <= 1 << 90 else { throw .inconsistent("share") }
    return StrategyBook(
      quantity: quantity, granted: granted, cash: try reader.readAmount(), dayNet: try reader.readAmount())
  }
}
