import Core
import Events
import Market

/// An account that knows lots and terms and nothing of the engine's code: what corporate actions and fills leave of it.
///
/// Every position is a list of lots, one lot where the average cost counts; amounts are rounded half to even by the definition.
struct NaiveHoldings {
  struct Lot: Equatable {
    var units: Int128
    var basis: Int128
  }
  let instruments: [Instrument]
  let isAverage: Bool
  var cash: Int128
  var realised: Int128 = 0
  var lots: [[Lot]]
  var marks: [Int128]
  var hasBar: [Bool]

  init(_ configuration: RunConfiguration, _ instruments: [Instrument]) {
    self.instruments = instruments
    isAverage = configuration.lots == .averageCost
    cash = configuration.initialCash
    lots = instruments.map { _ in [] }
    marks = instruments.map { _ in 0 }
    hasBar = instruments.map { _ in false }
  }

  func units(_ index: Int) -> Int128 { lots[index].reduce(0) { $0 + $1.units } }
  func basis(_ index: Int) -> Int128 { lots[index].reduce(0) { $0 + $1.basis } }
  func value(_ units: Int128, _ price: Int128) -> Int128 { roundHalfEven(units * price, 1_000_000_000) }
  var equity: Int128 { instruments.indices.reduce(cash) { $0 + value(units($1), marks[$1]) } }

  mutating func fill(_ fill: Fill) {
    let index = fill.instrument.position
    let sign = Int128(fill.side.sign)
    let (units, price) = (Int128(fill.quantity.nanos) * sign, Int128(fill.price.nanos))
    let closed = self.units(index) * sign < 0 ? min(abs(units), abs(self.units(index))) : 0
    // The value of a fill that crosses zero is divided so that its parts add up.
    let whole = value(abs(units), price)
    let closing = closed == abs(units) ? whole : value(closed, price)
    take(index, closed * sign, paid: closing * sign)
    add(index, units - closed * sign, (whole - closing) * sign)
    cash -= whole * sign + fill.fee
  }

  /// Takes units of the other sign off the oldest lots, for `paid`.
  private mutating func take(_ index: Int, _ units: Int128, paid: Int128) {
    var left = abs(units)
    var taken: Int128 = 0
    while left > 0 {
      let held = abs(lots[index][0].units)
      let part = min(left, held)
      let basis = roundHalfEven(lots[index][0].basis * part, held)
      lots[index][0].basis -= basis
      lots[index][0].units += part * units.signum()
      taken += basis
      left -= part
      if lots[index][0].units == 0 { lots[index].removeFirst() }
    }
    if units != 0 { realised -= paid + taken }
  }

  private mutating func add(_ index: Int, _ units: Int128, _ basis: Int128) {
    if units == 0 { return }
    if isAverage, !lots[index].isEmpty {
      lots[index][0].units += units
      lots[index][0].basis += basis
    } else {
      lots[index].append(Lot(units: units, basis: basis))
    }
  }

  mutating func act(_ action: CorporateAction) {
    let index = action.instrument.position
    let (up, down) = (Int128(action.numerator), Int128(action.denominator))
    switch action.type {
    case .split:
      marks[index] = roundHalfEven(marks[index] * down, up)
      lots[index] = converted(lots[index], up, down, lot: Int128(instruments[index].lotSize.nanos), at: marks[index])
    case .cashDividend, .specialDividend:
      cash += value(units(index), Int128(action.cash))
      if marks[index] > Int128(action.cash) { marks[index] -= Int128(action.cash) }
    case .spinOff, .merger:
      let price = action.price > 0 ? Int128(action.price) : action.other.map { marks[$0.position] } ?? 0
      let worth = roundHalfEven(price * up, down)
      let whole = action.type == .spinOff ? marks[index] : worth + Int128(action.cash)
      if action.type == .spinOff || action.numerator > 0 {
        let parts = lots[index].map { Lot(units: $0.units, basis: roundHalfEven($0.basis * worth, whole)) }
        for place in parts.indices { lots[index][place].basis -= parts[place].basis }
        hand(parts, action, up, down, price)
      }
      if action.type == .spinOff { marks[index] -= worth } else { close(index, at: Int128(action.cash)) }
    case .delisting: close(index, at: Int128(action.cash))
    case .delistingAtLast: close(index, at: marks[index])
    case .symbolChange: break
    }
  }

  private mutating func hand(
    _ parts: [Lot], _ action: CorporateAction, _ up: Int128, _ down: Int128, _ price: Int128
  ) {
    let other = action.other?.position
    let lot = other.map { Int128(instruments[$0].lotSize.nanos) } ?? Int128(Int64.max)
    for part in converted(parts, up, down, lot: lot, at: price) {
      guard let other else { preconditionFailure("what nobody knows is sold") }
      let held = units(other)
      let closed = held * part.units < 0 ? min(abs(held), abs(part.units)) : 0
      let closing = closed == 0 ? 0 : roundHalfEven(part.basis * closed, abs(part.units))
      take(other, closed * part.units.signum(), paid: closing)
      add(other, part.units - closed * part.units.signum(), part.basis - closing)
    }
    if let other, !hasBar[other] { marks[other] = units(other) == 0 ? 0 : price }
  }

  /// Lots in new units; what makes no whole lot comes off the newest and is paid at `price`.
  private mutating func converted(
    _ old: [Lot], _ up: Int128, _ down: Int128, lot: Int128, at price: Int128
  ) -> [Lot] {
    var new: [Lot] = []
    var (before, carried): (Int128, Int128) = (0, 0)
    for entry in old {
      let after = before + entry.units
      let units = after * up / down - before * up / down
      before = after
      if units != 0 {
        new.append(Lot(units: units, basis: entry.basis + carried))
        carried = 0
      } else if new.isEmpty {
        carried += entry.basis
      } else {
        new[new.count - 1].basis += entry.basis
      }
    }
    let exact = before * up / down
    let rest = exact % lot
    let paid = value(rest, price)
    cash += paid
    realised += paid
    if exact == rest {
      realised -= new.reduce(carried) { $0 + $1.basis }
      return []
    }
    var left = abs(rest)
    while left > 0 {
      let last = new[new.count - 1]
      let part = min(left, abs(last.units))
      let basis = part == abs(last.units) ? last.basis : roundHalfEven(last.basis * part, abs(last.units))
      realised -= basis
      new[new.count - 1].basis -= basis
      new[new.count - 1].units -= part * last.units.signum()
      left -= part
      if new[new.count - 1].units == 0 { new.removeLast() }
    }
    return new
  }

  private mutating func close(_ index: Int, at price: Int128) {
    let paid = value(units(index), price)
    cash += paid
    realised += paid - basis(index)
    lots[index] = []
    marks[index] = 0
    hasBar[index] = false
  }
}
