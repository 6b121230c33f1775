import Events
import Market

/// A reported fill that is not known yet.
struct ToldFill {
  /// What of it is new.
  var quantity: Quantity
  /// What of it the venue has no room for in its count: it stands in the books already, or never was.
  var booked = Quantity.zero
}

/// Puts right what was booked under no trade id.
///
/// A report without a trade id can't be told from its repetition: it is booked as far as the venue's count has room, and so may stand in the place of another fill.
/// Positions are right by the count; price and fee are those of the wrong report. When a fill is told that the count has no room for, it is one of those: it takes what was
/// booked in its place, and what differs is booked as a correction. So no fee is lost, and none counts twice, once all fills have been told.
///
/// What is taken, in this order: what was booked at the same count, what repeats another report, and for a fill with a trade id whatever is oldest. One without takes only the
/// first two and, of the first, nothing: that is the same report again.
extension Engine {
  /// Remembers what was booked under no trade id.
  mutating func infer(
    _ report: ExecutionReport, _ index: Int, _ id: OrderID, _ quantity: Quantity, value: Int128, _ charge: Charge
  ) {
    let (cash, units) = charge.parts
    let isRepeat =
      report.cumulative != .zero
      && books[index].reports.inferred.contains { $0.id == id && $0.cumulative == report.cumulative }
    books[index].reports.infer(
      InferredFill(
        id: id, cumulative: report.cumulative, isRepeat: isRepeat, quantity: quantity, value: value, cash: cash,
        units: units.nanos, paid: charge.paid))
  }

  /// Gives what stands in a told fill's place that fill's price and fee.
  mutating func correct(
    _ told: ToldFill, by report: ExecutionReport, _ index: Int, _ order: WorkingOrder, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    guard told.booked != .zero, let price = report.price, !books[index].reports.inferred.isEmpty else { return }
    let isTrade = !report.tradeID.isEmpty
    if !isTrade,
      books[index].reports.inferred.contains(where: { $0.id == order.id && $0.cumulative == report.cumulative })
    {
      return
    }
    var left = told.booked
    while left != .zero, let place = placeToCorrect(index, order.id, report.cumulative, isTrade: isTrade) {
      let part = min(left, books[index].reports.inferred[place].quantity)
      let taken = books[index].reports.inferred[place].take(part)
      if books[index].reports.inferred[place].quantity == .zero { books[index].reports.inferred.remove(at: place) }
      left = Quantity(nanos: left.nanos - part.nanos)
      replace(taken, by: report, index, order, price: price, sequence: sequence, into: &out)
    }
  }

  private func placeToCorrect(_ index: Int, _ id: OrderID, _ cumulative: Quantity, isTrade: Bool) -> Int? {
    let inferred = books[index].reports.inferred
    let same = isTrade ? inferred.firstIndex { $0.id == id && $0.cumulative == cumulative } : nil
    let repeated = same ?? inferred.firstIndex { $0.id == id && $0.isRepeat }
    return repeated ?? (isTrade ? inferred.firstIndex { $0.id == id } : nil)
  }

  /// Books the difference between what was booked and what is told of the same quantity.
  private mutating func replace(
    _ taken: InferredFill, by report: ExecutionReport, _ index: Int, _ order: WorkingOrder, price: Price,
    sequence: UInt64, into out: inout EventBuffer
  ) {
    let multiplier = instruments[index].multiplierNanos
    let value = price.notional(taken.quantity, multiplier: multiplier)
    let fee =
      taken.quantity == report.quantity
      ? report.fee : scaled(report.fee, by: taken.quantity.nanos, over: report.quantity.nanos)
    let charge = charge(fee, in: report.feeAsset, index, order.side, of: taken.quantity)
    let (cash, units) = charge.parts
    if report.tradeID.isEmpty {
      infer(report, index, order.id, taken.quantity, value: value, charge)
    }
    // What the fill cost more than was booked counts as lost at once, whatever became of the position since.
    let loss = (value - taken.value) * Int128(order.side.sign)
    let dearer = cash - taken.cash
    if loss != 0 {
      books[index].position.realised -= loss
      ledger.purses[purse(index)].realised -= loss
      ledger.purses[purse(index)].cash -= loss
      ledger.traded += home(
        (value < 0 ? -value : value) - (taken.value < 0 ? -taken.value : taken.value), index)
      out.append(
        PositionChanged(
          instrument: InstrumentIndex(index), quantity: books[index].position.quantity,
          costBasis: books[index].position.costBasis, realised: -loss), cause: sequence)
      tellCash(.priceCorrection, -loss, index, cause: sequence, into: &out)
    }
    if dearer != 0 {
      ledger.purses[purse(index)].cash -= dearer
      ledger.purses[purse(index)].fees += dearer
      tellCash(.feeCorrection, -dearer, index, cause: sequence, into: &out)
    }
    if loss != 0 || dearer != 0 { share(index, signed: 0, cash: -loss - dearer, value: 0, of: order) }
    correctUnits(units.nanos - taken.units, index, order, price: price, cause: sequence, into: &out)
    replaceFee(taken.paid, by: charge.paid, index, order.id, cause: sequence, into: &out)
    if case .elsewhere = charge {
      warn(.feeInOtherAsset, index, Int64(clamping: fee), cause: sequence, into: &out)
    }
    invariant(ledger.balances, "the ledger balances after the correction caused by", Int64(clamping: sequence))
  }

  /// Pays more units as a fee, or takes back what was paid too much, as far as the position has room.
  private mutating func correctUnits(
    _ nanos: Int64, _ index: Int, _ order: WorkingOrder, price: Price, cause: UInt64, into out: inout EventBuffer
  ) {
    let multiplier = instruments[index].multiplierNanos
    let most = Limits.positionNanosMax(multiplier: multiplier)
    let held = books[index].position.quantity.nanos
    // A refund buys back, a payment sells: neither beyond what a position can hold.
    let bounded = nanos < 0 ? -min(-nanos, max(most - held, 0)) : min(nanos, max(held + most, 0))
    if bounded == 0 { return }
    let units = Quantity(nanos: Int64(bounded.magnitude))
    let worth = price.notional(units, multiplier: multiplier)
    payInUnits(units, index, order, price: price, worth: worth, isRefund: bounded < 0, cause: cause, into: &out)
  }
}
