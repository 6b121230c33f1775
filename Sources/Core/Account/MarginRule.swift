public import Market

/// What positions of a margin account require, and what follows where equity is less.
///
/// Defaults are those of US securities: initial margin 50 % of the value, long and short (Regulation T, 12 CFR 220.12); maintenance 25 % long and 30 % short
/// (FINRA 4210(c)).
public struct MarginRule: Hashable, Sendable {
  /// Of every instrument that nothing else speaks of.
  public var account = MarginTerms()
  /// The narrower comes first: a symbol's terms, then its class's, then the account's.
  public var classes: [ClassMargin] = []
  public var symbols: [SymbolMargin] = []
  public var onCall: CallAction
  /// Whether stocks and funds quoted in US dollars require of a short at least what FINRA 4210(c)(2) and (3) name a share: $5 where one costs $5 or more, else its whole value
  /// and no less than $2.50.
  public var hasShortMinimums = false

  public init(onCall: CallAction) { self.onCall = onCall }
}

/// What a margin call does besides being told.
public enum CallAction: UInt8, CaseIterable, Sendable {
  case alert = 1
  /// Takes entries back, and closes as much as cures the call.
  case reduce = 2
}

/// Terms of one scope; nil where a wider one speaks.
public struct MarginTerms: Hashable, Sendable {
  /// Shares of the value in millionths.
  public var initialMicros: Int64?
  public var maintenanceMicros: Int64?
  public var shortMaintenanceMicros: Int64?
  /// Nanos of currency a unit, as exchanges set them for futures: in place of shares.
  public var initialPerUnit: Int128?
  public var maintenancePerUnit: Int128?

  public init() {}

  public static let regulationT: MarginTerms = {
    var terms = MarginTerms()
    terms.initialMicros = 500_000
    terms.maintenanceMicros = 250_000
    terms.shortMaintenanceMicros = 300_000
    return terms
  }()
}

public struct ClassMargin: Hashable, Sendable {
  public var assetClass: AssetClass
  public var terms: MarginTerms
  public init(assetClass: AssetClass, terms: MarginTerms) {
    self.assetClass = assetClass
    self.terms = terms
  }
}

public struct SymbolMargin: Hashable, Sendable {
  public var symbol: String
  public var terms: MarginTerms
  public init(symbol: String, terms: MarginTerms) {
    self.symbol = symbol
    self.terms = terms
  }
}
