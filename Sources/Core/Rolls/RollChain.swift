public import Market

/// Futures contracts that follow one another: strategies see one instrument, which is the front contract's, and a rule says when the next one is in front.
public struct RollChain: Hashable, Sendable {
  public var name: String
  /// In the order of their expiries.
  public var contracts: [ChainContract]
  public var rule: RollRule
  public var adjust: RollAdjustment

  public init(name: String, contracts: [ChainContract], rule: RollRule, adjust: RollAdjustment = .ratio) {
    self.name = name
    self.contracts = contracts
    self.rule = rule
    self.adjust = adjust
  }
}

/// One contract of a chain.
public struct ChainContract: Hashable, Sendable {
  public var symbol: String
  /// The trade date of its last session.
  public var expires: CivilDate
  public init(symbol: String, expires: CivilDate) {
    self.symbol = symbol
    self.expires = expires
  }
}

/// When a chain rolls: always at the close of a session, so that its orders fill in the next one.
public enum RollRule: Hashable, Sendable {
  /// So many sessions before the front contract's last one; at least one.
  case sessionsBeforeExpiry(Int)
  /// At the close of the first session in which more of the next contract was traded than of the front one.
  case volume
  /// At the close of the sessions of these trade dates, one for each contract but the last.
  case dates([CivilDate])
}

/// What strategies remember at a roll.
public enum RollAdjustment: UInt8, CaseIterable, Sendable {
  /// Prices are multiplied by the ratio of the two closes, as in a series that is adjusted backwards by ratio.
  case ratio = 1
  /// They stay: the step between two contracts is a price change to an indicator.
  case none = 2
}

/// Why a run's chains can't be.
package enum RollProblem: Error, Hashable, Sendable {
  /// A contract that the run has no instrument for.
  case unknownContract(symbol: String, chain: String)
  case notFuture(symbol: String, chain: String)
  /// Contracts of one chain differ in what a unit is worth or when it trades.
  case contractsDiffer(symbol: String, other: String, chain: String)
  case contractTwice(symbol: String)
  /// A chain of one contract, or one whose contracts don't expire one after the other.
  case orderOfExpiries(chain: String)
  /// Dates that aren't one for each contract but the last, in their order, none behind the contract's expiry; or no session before an expiry.
  case dates(chain: String)
  /// Futures are settled daily in a margin account alone.
  case marginAccountNeeded
  /// A size that divides a budget over all instruments of the run would count each contract as one.
  case sizingOverUniverse
  /// A venue outside doesn't roll positions yet.
  case atVenue
}
