import Events
import Market

/// Several currencies in one book.
///
/// Money is booked in the instrument's own currency, exactly. What is compared with limits, sized by, or shown as the account's is turned into the run's
/// currency by the last price of the instrument that the profile names: a journaled rate, never another. A result is rounded half to even, once.
extension Engine {
  /// The purse of an instrument's money.
  @inline(__always)
  func purse(_ index: Int) -> Int { hasForeign ? currencies.purses[index] : 0 }

  /// What an amount of an instrument's currency is worth in the run's; zero where no rate is known yet.
  @inline(__always)
  func home(_ amount: Int128, _ index: Int) -> Int128 { hasForeign ? home(amount, purse: purse(index)) : amount }

  @inline(never)
  func home(_ amount: Int128, purse: Int) -> Int128 {
    if purse == 0 { return amount }
    guard let (rate, isInverse) = rate(purse) else { return 0 }
    return isInverse
      ? product(amount, by: FixedPoint.unit, over: rate.nanos) : product(amount, by: rate.nanos, over: FixedPoint.unit)
  }

  /// What an amount of the run's currency is worth in an instrument's; zero where no rate is known yet.
  @inline(__always)
  func native(_ amount: Int128, _ index: Int) -> Int128 { hasForeign ? native(amount, purse: purse(index)) : amount }

  @inline(never)
  private func native(_ amount: Int128, purse: Int) -> Int128 {
    if purse == 0 { return amount }
    guard let (rate, isInverse) = rate(purse) else { return 0 }
    return isInverse
      ? product(amount, by: rate.nanos, over: FixedPoint.unit) : product(amount, by: FixedPoint.unit, over: rate.nanos)
  }

  /// The rate of a purse: the last price of its instrument, before its first bar what the profile says; nil where there is neither.
  private func rate(_ purse: Int) -> (price: Price, isInverse: Bool)? {
    let rate = currencies.rates[purse - 1]
    let book = books[rate.index]
    let price = book.hasBar && book.mark.nanos > 0 ? book.mark : rate.start
    return price.nanos > 0 ? (price, rate.isInverse) : nil
  }

  /// Whether money of an instrument can be turned into the run's currency.
  @inline(__always)
  func hasRate(_ index: Int) -> Bool { !hasForeign || purse(index) == 0 || rate(purse(index)) != nil }

  /// The purse that buys of an instrument are paid from.
  @inline(__always)
  func cashPurse(_ index: Int) -> Int { hasForeign && !configuration.currencies.convertsAtOnce ? purse(index) : 0 }

  /// An amount of an instrument's currency in the currency that it is paid in.
  @inline(__always)
  func asPaid(_ amount: Int128, _ index: Int) -> Int128 { cashPurse(index) == 0 ? home(amount, index) : amount }

  // MARK: The account in the run's currency

  /// Cash + positions at their marks.
  package var equity: Int128 {
    @inline(__always) get { hasForeign ? total { $0.equity } : ledger.home.equity }
  }
  package var cash: Int128 { total { $0.cash } }
  package var realisedTotal: Int128 { total { $0.realised } }
  package var unrealisedTotal: Int128 { total { $0.unrealised } }
  package var feesTotal: Int128 { total { $0.fees } }
  package var dividendsTotal: Int128 { total { $0.dividends } }
  package var chargesTotal: Int128 { total { $0.charges } }

  /// A total of every purse, each turned into the run's currency at its rate of the moment.
  @inline(never)
  private func total(_ part: (Purse) -> Int128) -> Int128 {
    var sum = part(ledger.home)
    for place in ledger.purses.indices.dropFirst() { sum += home(part(ledger.purses[place]), purse: place) }
    return sum
  }

  // MARK: Cash

  /// Tells that cash of an instrument's currency has changed, and turns what came or went into the run's where the profile wants that.
  @inline(__always)
  mutating func tellCash(
    _ reason: CashReason, _ amount: Int128, _ index: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    let purse = purse(index)
    if purse == 0 {
      out.append(CashChanged(reason: reason, amount: amount, balance: ledger.home.cash), cause: cause)
    } else {
      tellForeign(reason, amount, purse, cause: cause, into: &out)
    }
  }

  @inline(never)
  private mutating func tellForeign(
    _ reason: CashReason, _ amount: Int128, _ purse: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    let rule = configuration.currencies
    let currency = rule.foreign[purse - 1].currency
    out.append(
      PurseChanged(currency: currency, reason: reason, amount: amount, balance: ledger.purses[purse].cash), cause: cause
    )
    guard rule.convertsAtOnce, rate(purse) != nil else { return }
    let received = home(amount, purse: purse)
    let cost = Int128(received.magnitude) * Int128(rule.costMicros) / 1_000_000
    ledger.purses[purse].cash -= amount
    ledger.purses[purse].converted -= amount
    ledger.purses[0].cash += received - cost
    ledger.purses[0].converted += received
    ledger.purses[0].fees += cost
    out.append(
      PurseChanged(currency: currency, reason: .conversion, amount: -amount, balance: ledger.purses[purse].cash),
      cause: cause)
    out.append(
      CashChanged(reason: .conversion, amount: received - cost, balance: ledger.home.cash), cause: cause)
  }
}

/// value × numerator ÷ denominator, rounded half to even once, through 256 bits where 128 don't hold the product; saturated where they don't hold the result.
///
/// - Precondition: numerator and denominator are positive.
private func product(_ value: Int128, by numerator: Int64, over denominator: Int64) -> Int128 {
  let (exact, overflowed) = value.multipliedReportingOverflow(by: Int128(numerator))
  if !overflowed { return exact.dividedRoundingHalfEven(by: Int128(denominator)) }
  let divisor = UInt128(denominator.magnitude)
  let wide = value.magnitude.multipliedFullWidth(by: UInt128(numerator.magnitude))
  let most = UInt128(Limits.amountMax.magnitude)
  var quotient = most
  if wide.high < divisor {
    let (whole, rest) = divisor.dividingFullWidth((wide.high, wide.low))
    quotient = min(whole, most)
    if whole < most, rest * 2 > divisor || (rest * 2 == divisor && whole & 1 == 1) { quotient += 1 }
  }
  return value < 0 ? -Int128(quotient) : Int128(quotient)
}
