import Events
import Market

/// What a chain remembers; part of the reducer's state where the profile has chains.
struct ChainState: BitwiseCopyable, Hashable, Sendable {
  /// The front contract's place in the chain; −1 before the chain's first bar.
  var front = -1
  /// The end of the session that is being counted; `Int64.min` between two.
  var sessionEnd = Timestamp(nanos: .min)
  /// What was traded in it of the front contract and of the next one, in nanos of a unit.
  var frontVolume: Int128 = 0
  var nextVolume: Int128 = 0
  /// The next contract had a bar in it.
  var isNextSeen = false
  /// The rule has said roll, and it hasn't been done yet.
  var isDue = false
  var dueBy = FrontReason.date
  /// A session is over and what follows from it comes with the end of the slot.
  var isSessionOver = false
  /// The roll is to be done then, at these closes.
  var isReady = false
  var frontClose = Price.zero
  var nextClose = Price.zero
}

extension ChainState {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendZigzag(Int64(front))
    buffer.appendZigzag(sessionEnd.nanos)
    buffer.appendWideZigzag(frontVolume)
    buffer.appendWideZigzag(nextVolume)
    buffer.append((isNextSeen ? 1 : 0) | (isDue ? 2 : 0) | (isSessionOver ? 4 : 0) | (isReady ? 8 : 0))
    buffer.append(dueBy.rawValue)
    buffer.appendZigzag(frontClose.nanos)
    buffer.appendZigzag(nextClose.nanos)
  }

  static func decode(_ reader: inout ByteReader, contractCount: Int) throws(DecodeError) -> ChainState {
    var state = ChainState()
    let front = try reader.readZigzag()
    guard front >= -1, front < contractCount else { throw .valueOutOfRange(field: "front", value: front) }
    state.front = Int(front)
    state.sessionEnd = Timestamp(nanos: try reader.readZigzag())
    state.frontVolume = try reader.readAmount()
    state.nextVolume = try reader.readAmount()
    guard state.frontVolume >= 0, state.nextVolume >= 0 else { throw .inconsistent("chain_volume") }
    let flags = try reader.readByte()
    guard flags < 16 else { throw .valueOutOfRange(field: "chain_flags", value: Int64(flags)) }
    state.isNextSeen = flags & 1 != 0
    state.isDue = flags & 2 != 0
    state.isSessionOver = flags & 4 != 0
    state.isReady = flags & 8 != 0
    state.dueBy = try reader.readCase("due_by", as: FrontReason.self)
    state.frontClose = try reader.readZigzagPrice()
    state.nextClose = try reader.readZigzagPrice()
    let hasNext = front >= 0 && front + 1 < contractCount
    guard hasNext || !(state.isDue || state.isReady), front >= 0 || state == ChainState() else {
      throw .inconsistent("chain")
    }
    return state
  }
}
