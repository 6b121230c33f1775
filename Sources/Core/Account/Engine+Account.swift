import Events
import Market

/// What a trading day costs and earns: interest, borrow fees, daily settlement.
///
/// A day is charged for when the first input behind its end comes; it counts the calendar days until the trade date that begins then, so that a Friday pays for the
/// weekend, and days on which nothing came are charged once, with simple interest. Marks are the last closes of the day. Order of work: daily settlement, then interest,
/// then borrow fees by instrument.
extension Engine {
  /// The terms of the profile's account.
  ///
  /// - Returns: the configuration as the account has it, too: a cash account is never short and pays for what it buys.
  static func account(
    _ given: RunConfiguration, _ instruments: [Instrument]
  ) throws(EngineError) -> (RunConfiguration, AccountTable?) {
    guard let rule = given.account else { return (given, nil) }
    if given.venue == .external { throw .accountAtVenue }
    // What each currency is owed would have to bear its own interest.
    if !given.currencies.foreign.isEmpty, !given.currencies.convertsAtOnce { throw .accountInSeveralPurses }
    let table = AccountTable(rule, instruments)
    guard rule.margin == nil else { return (given, table) }
    if let index = table.isMargined.firstIndex(of: true) { throw .marginNeeded(symbol: instruments[index].symbol) }
    var configuration = given
    configuration.risk.isShortAllowed = false
    configuration.risk.isCashRequired = true
    return (configuration, table)
  }

  /// Charges for the trading day that has ended, and begins another.
  @inline(never)
  mutating func closeAccountDay(at time: Timestamp, cause: UInt64, into out: inout EventBuffer) {
    guard let table = accountTable else { return }
    // An instant at a day's end belongs to the day that ends there.
    let instant = time.nanos == .min ? time : time.advanced(byNanos: -1)
    let date = TradingCalendar(dayCalendar).tradeDate(of: instant).daysSinceEpoch
    let last = account.tradeDate
    account.tradeDate = date
    account.unsettled.removeAll { $0.settlesAt <= time }
    guard account.hasBegun, last != .min, date > last else { return }
    let days = date - last
    if watch.contains(.futures) { settleDaily(days: days, cause: cause, into: &out) }
    chargeInterest(table.rule, days: days, cause: cause, into: &out)
    for index in books.indices where !table.isMargined[index] && table.borrowMicros[index] != 0 {
      chargeBorrowFee(table, index, days: days, cause: cause, into: &out)
    }
    invariant(ledger.balances, "the ledger balances after the day's charges caused by", Int64(cause))
  }

  /// Interest on the balance: cash less what short sales brought, which the lender of the units holds as collateral, at the marks.
  private mutating func chargeInterest(
    _ rule: AccountRule, days: Int64, cause: UInt64, into out: inout EventBuffer
  ) {
    var balance = ledger.home.cash
    for index in books.indices where books[index].value < 0 && !isMargined(index) {
      balance += home(books[index].value, index)
    }
    let micros = balance < 0 ? rule.debitMicros : rule.creditMicros
    let amount = accrued(balance, micros: micros, days: days, dayCount: rule.dayCount)
    charge(
      AccountCharged(
        instrument: nil, reason: .interest, days: UInt64(days), base: balance, rate: Int128(micros) * 1_000,
        amount: amount), cause: cause, into: &out)
  }

  private mutating func chargeBorrowFee(
    _ table: AccountTable, _ index: Int, days: Int64, cause: UInt64, into out: inout EventBuffer
  ) {
    let value = books[index].value
    if value >= 0 { return }
    let micros = table.borrowMicros[index]
    let amount = accrued(value, micros: micros, days: days, dayCount: table.rule.dayCount)
    charge(
      AccountCharged(
        instrument: InstrumentIndex(index), reason: .borrowFee, days: UInt64(days), base: value,
        rate: Int128(micros) * 1_000, amount: amount), cause: cause, into: &out)
  }

  /// Writes a charge and moves its cash; nothing where it is nothing, or more than a ledger holds.
  mutating func charge(_ charged: AccountCharged, cause: UInt64, into out: inout EventBuffer) {
    let amount = charged.amount
    let place = charged.instrument.map { purse($0.position) } ?? 0
    guard amount != 0, ledger.purses[place].cash.magnitude < Limits.amountMax.magnitude / 4,
      ledger.purses[place].charges.magnitude < Limits.amountMax.magnitude / 4
    else { return }
    let sequence = out.append(charged, cause: cause)
    ledger.purses[place].cash += amount
    ledger.purses[place].charges += amount
    if let index = charged.instrument?.position {
      shareCharge(index, amount)
      tellCash(charged.reason, amount, index, cause: sequence, into: &out)
    } else {
      out.append(CashChanged(reason: charged.reason, amount: amount, balance: ledger.home.cash), cause: sequence)
    }
  }

  /// Divides a charge of an instrument by what each strategy holds of it; what rounding leaves goes to the first.
  private mutating func shareCharge(_ index: Int, _ amount: Int128) {
    risk.books[index].cash += amount
    var left = amount
    let held = Int128(books[index].position.quantity.nanos)
    if strategyCount > 1, held != 0 {
      for strategy in 0..<strategyCount {
        let share = risk.shares[strategy * books.count + index].quantity
        let (product, overflowed) = amount.multipliedReportingOverflow(by: share)
        if overflowed { continue }
        risk.shares[strategy * books.count + index].cash += product / held
        left -= product / held
      }
    }
    if strategyCount > 0 { risk.shares[index].cash += left }
  }

  /// base × rate × days ÷ days of a year, rounded half to even once; saturated at what no charge is made of.
  private func accrued(_ base: Int128, micros: Int64, days: Int64, dayCount: Int64) -> Int128 {
    let factor = Int128(micros) * Int128(days)
    let divisor = 1_000_000 * Int128(dayCount)
    let (product, overflowed) = base.multipliedReportingOverflow(by: factor)
    if !overflowed { return product.dividedRoundingHalfEven(by: divisor) }
    let (rough, isBeyond) = (base / divisor).multipliedReportingOverflow(by: factor)
    return isBeyond ? 0 : min(max(rough, -Limits.amountMax), Limits.amountMax)
  }
}
