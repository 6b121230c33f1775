import Market

/// Closed trades, told from the stream of position changes.
///
/// A trade of an instrument begins where its position leaves zero and ends where it is back at zero or changes sign. Its result is
/// what its position changes realised, less the fees of the fills in between; the fee of a fill that turns the position
/// over belongs to the trade that it closes. A trade that is open at the end counts nowhere.
struct RoundTrips {
  private struct Open {
    var result: Int128 = 0
    var quantity: Int64 = 0
    var isOpen = false
  }

  private var open: [Open]
  /// Trades closed, by instrument.
  private(set) var closed: [UInt64]
  private(set) var wins: UInt64 = 0
  private(set) var losses: UInt64 = 0
  /// Sum of the results above zero, and of the others as a positive amount, in nanos.
  private(set) var gain: Int128 = 0
  private(set) var loss: Int128 = 0
  private(set) var best: Int128?
  private(set) var worst: Int128?

  init(instrumentCount: Int) {
    open = Array(repeating: Open(), count: instrumentCount)
    closed = Array(repeating: 0, count: instrumentCount)
  }

  mutating func pay(fee: Int128, _ instrument: InstrumentIndex) { open[instrument.position].result -= fee }

  mutating func change(_ instrument: InstrumentIndex, quantity: Quantity, realised: Int128) {
    let position = instrument.position
    open[position].result += realised
    let before = open[position].quantity
    open[position].quantity = quantity.nanos
    let isTurned = before != 0 && quantity.nanos != 0 && (before < 0) != (quantity.nanos < 0)
    if open[position].isOpen, quantity.nanos == 0 || isTurned {
      close(position)
      open[position] = Open(result: 0, quantity: quantity.nanos, isOpen: isTurned)
    } else {
      open[position].isOpen = quantity.nanos != 0
    }
  }

  private mutating func close(_ position: Int) {
    let result = open[position].result
    closed[position] += 1
    if result > 0 {
      wins += 1
      gain += result
    } else {
      losses += 1
      loss -= result
    }
    best = max(best ?? result, result)
    worst = min(worst ?? result, result)
  }

  var count: UInt64 { wins + losses }
}
