import Core
package import Market

extension Profile {
  /// By whose rules bars fill orders.
  package var conventionInWords: String {
    let convention = configuration.convention
    return "`\(convention.name.rawValue)`"
      + (convention.path == convention.ownPath ? "" : " with the path `\(convention.path.rawValue)`")
  }

  /// The formula by which orders that take liquidity fill worse than their rule's price.
  package var slippageInWords: String {
    let rounding = "up to a whole tick, within the bar and within the order's limit"
    switch configuration.slippage {
    case .none: return "the profile has none"
    case .ticks(let count):
      return
        "\(WordText.count(Int(clamping: count), "tick")) against the order, within the bar and within the order's limit"
    case .shareOfPrice(let micros): return "\(ShareText.percent(micros: micros)) of the rule's price, \(rounding)"
    case .shareOfRange(let micros):
      return "\(ShareText.percent(micros: micros)) of the bar's high less its low, \(rounding)"
    }
  }

  /// The formula of a fill's fee, in its instrument's currency, and what it is taken of.
  package func feeInWords(in currency: Currency) -> String {
    switch configuration.feePayment {
    case .quote: feeFormulaInWords(currency)
    case .received:
      "\(feeFormulaInWords(currency)), kept of what is received: units of a purchase, cash of a sale, cut to eight decimals"
    }
  }

  private func feeFormulaInWords(_ currency: Currency) -> String {
    func money(_ nanos: Int128) -> String { "\(WordText.decimal(nanos)) \(currency)" }
    switch configuration.fees {
    case .none: return "the profile has none"
    case .perShare(let rate, let minimum, let most):
      var text = "\(money(Int128(rate))) a unit of the order so far"
      if minimum > 0 { text += ", at least \(money(Int128(minimum)))" }
      text += ", less what the order has paid"
      if most > 0 { text += ", at most \(ShareText.percent(micros: most)) of the fill's value" }
      return text
    case .shareOfNotional(let micros): return "\(ShareText.percent(micros: micros)) of the fill's value"
    case .makerTaker(let tiers):
      let parts = tiers.map { tier in
        "from \(money(Int128(tier.from))) traded on \(ShareText.percent(micros: tier.makerMicros)) for a maker and \(ShareText.percent(micros: tier.takerMicros)) for a taker"
      }
      return "of the fill's value, " + parts.joined(separator: "; ")
    }
  }
}
