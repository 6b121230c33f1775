import Core
import Market

/// Numerator ÷ denominator, half to even, by the definition: nearest, and of two equally near ones the even one.
func roundHalfEven(_ numerator: Int128, _ denominator: Int128) -> Int128 {
  var floor = numerator / denominator
  if floor * denominator > numerator { floor -= 1 }
  let below = numerator - floor * denominator
  let above = denominator - below
  if below < above { return floor }
  if below > above { return floor + 1 }
  return floor % 2 == 0 ? floor : floor + 1
}

struct NaiveFill {
  var instrument: Int
  var isBuy: Bool
  var quantity: Int128
  var price: Int128
  var fee: Int128
  /// It stands for the units that a venue has kept of a purchase: sold for the fee.
  var isFee = false
}

/// A ledger that remembers fills alone and recomputes all else from the first one on.
struct NaiveAccount {
  let configuration: RunConfiguration
  let instruments: [Instrument]
  private(set) var fills: [NaiveFill] = []

  struct Lot {
    var quantity: Int128
    var basis: Int128
  }

  init(_ configuration: RunConfiguration, _ instruments: [Instrument]) {
    self.configuration = configuration
    self.instruments = instruments
  }

  func value(_ instrument: Int, _ quantity: Int128, _ price: Int128) -> Int128 {
    roundHalfEven(price * quantity * Int128(instruments[instrument].multiplierNanos / FixedPoint.unit), 1_000_000_000)
  }

  func quantity(_ instrument: Int) -> Int128 {
    fills.filter { $0.instrument == instrument }.reduce(0) { $0 + ($1.isBuy ? $1.quantity : -$1.quantity) }
  }

  var cash: Int128 {
    fills.reduce(configuration.initialCash) { cash, fill in
      let value = value(fill.instrument, fill.quantity, fill.price)
      return cash - (fill.isBuy ? value : -value) - fill.fee
    }
  }

  /// Open lots, oldest first, and what each closing fill realised; the average cost is one lot that all units share.
  func history(_ instrument: Int) -> (lots: [Lot], realised: [Int128]) {
    var lots: [Lot] = []
    var realised: [Int128] = []
    for fill in fills where fill.instrument == instrument {
      let sign: Int128 = fill.isBuy ? 1 : -1
      let held = lots.reduce(0) { $0 + $1.quantity }
      let closed = held * sign < 0 ? min(fill.quantity, abs(held)) : 0
      let total = value(instrument, fill.quantity, fill.price)
      let closedValue = closed == fill.quantity ? total : value(instrument, closed, fill.price)
      var left = closed
      var basis: Int128 = 0
      while left > 0 {
        let units = abs(lots[0].quantity)
        let part = min(left, units)
        let partBasis = part == units ? lots[0].basis : roundHalfEven(lots[0].basis * part, units)
        basis += partBasis
        lots[0].basis -= partBasis
        lots[0].quantity += part * sign
        left -= part
        if lots[0].quantity == 0 { lots.removeFirst() }
      }
      realised.append(-sign * closedValue * (closed == 0 ? 0 : 1) - basis)
      let opened = fill.quantity - closed
      if opened > 0 {
        let new = Lot(quantity: opened * sign, basis: (closed == 0 ? total : total - closedValue) * sign)
        if configuration.lots == .averageCost, !lots.isEmpty {
          lots[0].quantity += new.quantity
          lots[0].basis += new.basis
        } else {
          lots.append(new)
        }
      }
    }
    return (lots, realised)
  }

  func fee(_ instrument: Int, _ quantity: Int128, _ price: Int128, isMaker: Bool, _ order: NaiveOrder) -> Int128 {
    let notional = abs(value(instrument, quantity, price))
    switch configuration.fees {
    case .none: return 0
    case .perShare(let rate, let minimum, let maximum):
      let whole = max(roundHalfEven((order.filled + quantity) * Int128(rate), 1_000_000_000), Int128(minimum))
      let due = whole - order.paid
      return max(0, maximum == 0 ? due : min(due, roundHalfEven(notional * Int128(maximum), 1_000_000)))
    case .shareOfNotional(let micros): return roundHalfEven(notional * Int128(micros), 1_000_000)
    case .makerTaker(let tiers):
      let traded = fills.filter { !$0.isFee }.reduce(0) {
        $0 + abs(value($1.instrument, $1.quantity, $1.price))
      }
      let tier = tiers.last { $0.from <= traded } ?? tiers[0]
      return roundHalfEven(notional * Int128(isMaker ? tier.makerMicros : tier.takerMicros), 1_000_000)
    }
  }

  /// What a spot venue keeps of what a fill brings, with eight decimals; nil where it takes no share of it.
  func kept(of received: Int128, isMaker: Bool) -> Int128? {
    guard configuration.feePayment == .received else { return nil }
    let traded = fills.filter { !$0.isFee }.reduce(0) { $0 + abs(value($1.instrument, $1.quantity, $1.price)) }
    var micros: Int64 = -1
    if case .shareOfNotional(let share) = configuration.fees { micros = share }
    if case .makerTaker(let tiers) = configuration.fees {
      let tier = tiers.last { $0.from <= traded } ?? tiers[0]
      micros = isMaker ? tier.makerMicros : tier.takerMicros
    }
    return micros < 0 ? nil : received * Int128(micros) / 1_000_000 / 10 * 10
  }

  /// What is held in lots that can be traded, where fees leave parts of them.
  func tradable(_ quantity: Int128, _ instrument: Int) -> Int128 {
    let lot = Int128(instruments[instrument].lotSize.nanos)
    return configuration.feePayment == .received ? quantity / lot * lot : quantity
  }

  /// Remembers a fill and says what the engine should: the position's and the cash's new state.
  mutating func book(_ fill: NaiveFill) -> [String] {
    let before = cash
    fills.append(fill)
    let (lots, realised) = history(fill.instrument)
    let basis = lots.reduce(0) { $0 + $1.basis }
    return [
      "position \(quantity(fill.instrument)) basis \(basis) realised \(realised.last ?? 0)",
      "cash \(cash - before) balance \(cash)",
    ].prefix(fill.isFee ? 1 : 2).map { $0 }
  }
}
