import Core
import Events
import Market
import Scenarios

/// Which contract is in front, found anew from the bars of whole sessions that are kept in a list, and what cash each contract moved, added up fill by fill.
struct NaiveChain {
  private let run: RandomChain
  private(set) var front = -1
  /// Front contract by instant of decision.
  private(set) var fronts: [Timestamp: Int] = [:]
  /// Bars of the session that goes on: day, place, volume.
  private var session: [(place: Int, volume: Int64)] = []
  private var sessionDay: Int64?
  private var isDue = false
  private var isRolling = false

  /// Cash and units by instrument, all in nanos; marks.
  private(set) var cash: [Int128]
  private(set) var units: [Int64]
  private var marks: [Price]
  private(set) var fees: Int128 = 0

  init(_ run: RandomChain) {
    self.run = run
    cash = [Int128](repeating: 0, count: run.instruments.count)
    units = [Int64](repeating: 0, count: run.instruments.count)
    marks = [Price](repeating: .zero, count: run.instruments.count)
  }

  /// What everything is worth, from what each contract moved.
  var equity: Int128 {
    var sum = run.configuration.initialCash - fees
    for index in cash.indices { sum += cash[index] + value(index) }
    return sum
  }

  private func value(_ index: Int) -> Int128 {
    Int128(marks[index].nanos) * Int128(units[index]) / Int128(FixedPoint.unit)
      * Int128(run.instruments[index].multiplierNanos / FixedPoint.unit)
  }

  /// Before the engine takes an input.
  mutating func begin(_ input: StageInput) {
    switch input {
    case .bar(let bar):
      let place = bar.instrument.position - RandomChain.anchor
      if place < 0 { return }
      let day = bar.openTime.nanos / AccountStage.day
      if front < 0 {
        front = (0..<RandomChain.contractCount).first { isFirst($0, on: day) } ?? RandomChain.contractCount - 1
      }
      if let last = sessionDay, day > last { endSession() }
      sessionDay = day
      session.append((place, bar.volume.nanos))
      fronts[bar.knownAt] = front
    case .action(let action, _):
      // Settled at the last price, by the engine and here.
      let index = action.instrument.position
      cash[index] += value(index)
      units[index] = 0
      if index - RandomChain.anchor == front, front + 1 < RandomChain.contractCount { advance() }
    default: break
    }
  }

  /// After the engine has taken it.
  mutating func end(_ input: StageInput, _ happenings: [Happening]) {
    for happening in happenings {
      guard let fill = happening.body as? Fill else { continue }
      let index = fill.instrument.position
      let signed = fill.side.sign * fill.quantity.nanos
      units[index] += signed
      cash[index] -=
        Int128(fill.price.nanos) * Int128(signed) / Int128(FixedPoint.unit)
        * Int128(run.instruments[index].multiplierNanos / FixedPoint.unit)
      fees += fill.fee
    }
    guard case .bar(let bar) = input else { return }
    marks[bar.instrument.position] = bar.close
    if !bar.closesSlot { return }
    if let day = sessionDay, bar.knownAt.nanos >= (day + 1) * AccountStage.day { endSession() }
    if isRolling { advance() }
  }

  private func isFirst(_ place: Int, on day: Int64) -> Bool {
    guard place < RandomChain.contractCount - 1 else { return true }
    return run.expiries[place] >= day && (rollDay(place).map { $0 >= day } ?? true)
  }

  private func rollDay(_ place: Int) -> Int64? {
    switch run.rule {
    case .volume: nil
    case .dates: run.rollDays[place]
    // Every day is a session.
    case .sessionsBeforeExpiry(let count): run.expiries[place] - Int64(count)
    }
  }

  private mutating func endSession() {
    guard let day = sessionDay else { return }
    sessionDay = nil
    let (own, next) = (volume(front), volume(front + 1))
    let isNextSeen = session.contains { $0.place == front + 1 }
    session = []
    guard front + 1 < RandomChain.contractCount else { return }
    if let rollDay = rollDay(front) { isDue = isDue || day >= rollDay } else { isDue = isDue || next > own }
    isRolling = isDue && isNextSeen
  }

  private func volume(_ place: Int) -> Int64 { session.filter { $0.place == place }.reduce(0) { $0 + $1.volume } }

  /// What was counted for another pair of contracts doesn't count for the new one.
  private mutating func advance() {
    front += 1
    isDue = false
    isRolling = false
    session = []
  }
}
