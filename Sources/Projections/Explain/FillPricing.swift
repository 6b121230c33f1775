package import Events
package import Market

/// How a run prices its fills, in words of its profile: what no event says.
package struct FillFormulas: Hashable, Sendable {
  package var convention: String
  package var slippage: String
  /// By instrument, whose currency it is charged in.
  package var fees: [String]

  package init(convention: String, slippage: String, fees: [String]) {
    self.convention = convention
    self.slippage = slippage
    self.fees = fees
  }
}

/// How one fill came to its price and its fee, so that both can be worked out by hand.
package struct FillPricing: Hashable, Sendable {
  package let sequence: UInt64
  /// The bar inside which it filled; of a venue outside, the last one before its report.
  package let bar: UInt64
  package let rule: FillRule
  /// By the rule, before slippage.
  package let quoted: Price
  /// Nanos of price, worse for the account where positive.
  package let slippage: Int64
  package let price: Price
  /// In the instrument's currency.
  package let fee: Int128
  package let instrument: InstrumentIndex
  package let isMaker: Bool

  init(_ fill: Fill, sequence: UInt64) {
    self.sequence = sequence
    bar = fill.bar
    rule = fill.rule
    slippage = fill.slippage
    price = fill.price
    fee = fill.fee
    instrument = fill.instrument
    isMaker = fill.liquidity == .maker
    // The fill says what slipped: what is left is the rule's own price.
    let exact = Int128(fill.price.nanos) - Int128(fill.slippage) * Int128(fill.side.sign)
    quoted = Price(nanos: max(Int64(clamping: exact), -Int64.max))
  }

  /// What the slippage of this fill is by the profile.
  func slippageFormula(_ formulas: FillFormulas) -> String {
    if rule == .external { return "as the venue's price has it" }
    return isMaker ? "none, for it waited at its own price" : formulas.slippage
  }

  func feeFormula(_ formulas: FillFormulas) -> String {
    if rule == .external { return "as the venue charged it" }
    let fees = formulas.fees
    return instrument.position < fees.count ? fees[instrument.position] : ""
  }
}

extension FillRule {
  /// The number of the fill condition (docs/orders.md); nil where no rule of the simulated venue was at work.
  package var condition: Int? {
    switch self {
    case .marketAtOpen: 1
    case .limitTouched, .limitGapAtOpen: 2
    case .stopTouched, .stopGapAtOpen: 3
    case .stopLimitTouched, .stopLimitAtOpen: 4
    case .ifTouched, .ifTouchedAtOpen: 6
    case .trailTouched, .trailGapAtOpen, .trailProved: 8
    case .sessionOpen: 9
    case .sessionClose: 10
    case .external, .marketAtClose: nil
    }
  }

  /// What it says, in one sentence.
  package var sentence: String {
    switch self {
    case .marketAtOpen: "a market order, or one whose trigger was reached before, fills at the bar's open"
    case .limitTouched: "the bar reached the limit inside: at the limit"
    case .limitGapAtOpen: "the bar opened at the limit or better: at the open"
    case .stopTouched: "the bar reached the stop inside: at the stop"
    case .stopGapAtOpen: "the bar opened at the stop or beyond: at the open, which is worse"
    case .stopLimitTouched: "triggered, and the bar held a price that the limit allows"
    case .stopLimitAtOpen: "triggered at the open, which the limit allows"
    case .external: "as the venue reported it"
    case .ifTouched: "the bar reached the trigger inside: at the trigger"
    case .ifTouchedAtOpen: "the bar opened at the trigger or better: at the open"
    case .trailTouched: "the bar reached the level that the stop had come to: at that level"
    case .trailGapAtOpen: "the bar opened at the level that the stop had come to or beyond: at the open"
    case .trailProved:
      "the bar closed beyond the level that its own extreme set, and nobody knows where it crossed: at the bar's worst"
    case .sessionOpen: "the opening of the session: at the bar's open"
    case .sessionClose: "the close of the session: at the bar's close"
    case .marketAtClose: "at the close that it was decided on, as the convention has it"
    }
  }
}
