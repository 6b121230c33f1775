public import Market

/// Raw values are stored and never change meaning.
public enum RiskOutcome: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case passed = 1
  case cut = 2
  case refused = 3
  /// Caps left nothing of a quantity that was asked for; the reason names the cap.
  case qtyCappedToZero = 4
}

/// Which check decided. Raw values are stored and never change meaning.
public enum RiskReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case withinLimits = 1
  /// Position and working orders already are what the signal asks for.
  case alreadyThere = 2
  case confidenceBelowMinimum = 3
  case orderQuantityCap = 4
  case positionCap = 5
  case orderNotionalCap = 6
  case shortNotAllowed = 7
  case insufficientCash = 8
  case belowOneLot = 9
  /// The trading state of account, strategy or instrument is halted.
  case halted = 10
  case historicalBar = 11
  case workingOrderCap = 12
  case notAllowed = 13
  case outsideHours = 14
  case marketClosed = 15
  case tradingHalt = 16
  case staleBar = 17
  case killed = 18
  case reduceOnly = 19
  case priceGuard = 20
  case priceCollar = 21
  case closeCollar = 22
  case orderRate = 23
  case repeatedOrder = 24
  case selfCrossing = 25
  case shortWithoutLocate = 26
  case volumeShareCap = 27
  case positionNotionalCap = 28
  case grossCap = 29
  case netCap = 30
  case dailyNetCap = 31
  case leverageCap = 32
  case correlationCap = 33
  /// The change is smaller than the no-trade band.
  case withinBand = 34
  /// A protective order: it can only close.
  case protectsPosition = 35
  /// Flattening after a kill or a breaker: reduce-only.
  case flattens = 36
  /// What the sizing makes of the target is unknown yet: its statistics are still warming up.
  case sizingUnknown = 37
  /// The step of the drawdown schedule that holds trades nothing; nothing but a recovery or an operator's `restore_size` ends it. Compared: the drawdown,
  /// and the depth from which the step holds.
  case sizeScaledToZero = 38
  /// Nobody has said yet what the instrument's currency is worth.
  case rateUnknown = 45
  /// A cash account's proceeds that haven't settled yet can't buy.
  case unsettledFunds = 50
  /// More than a margin account's equity covers at its initial margin, where everything that may still fill does.
  case initialMargin = 51
  /// Closes what a margin call asks for: reduce-only.
  case marginCall = 52
  /// A position is carried over to the next contract of its chain.
  case roll = 53

  /// This check's bit in `RiskDecision.checks`.
  @inlinable
  public var bit: UInt64 { 1 << UInt64(rawValue) }

  /// The profile's key of the limit that it tells of; nil where no limit decided.
  public var limit: String? {
    switch self {
    case .withinLimits, .alreadyThere, .belowOneLot, .halted, .historicalBar, .workingOrderCap, .marketClosed,
      .tradingHalt,
      .killed, .reduceOnly, .withinBand, .protectsPosition, .flattens, .sizingUnknown, .sizeScaledToZero,
      .rateUnknown, .marginCall, .roll:
      nil
    case .confidenceBelowMinimum: "min_confidence"
    case .orderQuantityCap: "max_order_quantity"
    case .positionCap: "max_position"
    case .orderNotionalCap: "max_order_notional"
    case .shortNotAllowed: "allow_short"
    case .insufficientCash: "require_cash"
    case .notAllowed: "allowed"
    case .outsideHours: "hours"
    case .staleBar: "stale_after"
    case .priceGuard: "price_guard"
    case .priceCollar: "price_collar"
    case .closeCollar: "close_collar"
    case .orderRate: "max_order_rate"
    case .repeatedOrder: "max_repeats"
    case .selfCrossing: "forbid_self_crossing"
    case .shortWithoutLocate: "locate"
    case .volumeShareCap: "max_volume_share"
    case .positionNotionalCap: "max_position_notional"
    case .grossCap: "max_gross"
    case .netCap: "max_net"
    case .dailyNetCap: "max_daily_net"
    case .leverageCap: "max_leverage"
    case .correlationCap: "correlation"
    case .unsettledFunds: "settlement"
    case .initialMargin: "initial"
    }
  }
}

/// To what a limit, a breaker or a trading state applies. Raw values are stored and never change meaning.
public enum RiskScope: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case account = 1
  case strategy = 2
  case sector = 3
  case symbol = 4
}

/// Derived: what the risk gate made of the quantity that a signal, a fill's protection or a flattening would take. Every order has one.
///
/// Version 1: instrument varint; outcome u8; reason u8; requested, allowed quantity decimals; observed, limit decimals.
/// Version 2 appends: scope u8; checks varint.
public struct RiskDecision: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 33)
  public static let name: StaticString = "risk_decision"
  public static let role = EventRole.derived
  public static let version: UInt8 = 2

  public var instrument: InstrumentIndex
  public var outcome: RiskOutcome
  public var reason: RiskReason
  /// Signed change of position that was asked for.
  public var requested: Quantity
  /// Signed change that passed; zero where refused.
  public var allowed: Quantity
  /// The number compared, in units of 10⁻⁹; zero where no cap was near.
  public var observed: Int64
  /// The cap it was compared with.
  public var limit: Int64
  /// Whose limit decided: the account's, the strategy's, the sector's or the instrument's.
  public var scope: RiskScope
  /// Every check that cut or refused, a bit each (`RiskReason.bit`); none in version 1.
  public var checks: UInt64

  public init(
    instrument: InstrumentIndex, outcome: RiskOutcome, reason: RiskReason, requested: Quantity, allowed: Quantity,
    observed: Int64, limit: Int64, scope: RiskScope = .account, checks: UInt64 = 0
  ) {
    self.instrument = instrument
    self.outcome = outcome
    self.reason = reason
    self.requested = requested
    self.allowed = allowed
    self.observed = observed
    self.limit = limit
    self.scope = scope
    self.checks = checks
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(outcome.rawValue)
    buffer.append(reason.rawValue)
    buffer.appendDecimal(requested.nanos)
    buffer.appendDecimal(allowed.nanos)
    buffer.appendDecimal(observed)
    buffer.appendDecimal(limit)
    buffer.append(scope.rawValue)
    buffer.appendVarint(checks)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> RiskDecision {
    let instrument = try reader.readInstrument()
    let outcome = try reader.readCase("outcome", as: RiskOutcome.self)
    let reason = try reader.readCase("reason", as: RiskReason.self)
    let requested = try reader.readQuantity()
    let allowed = try reader.readQuantity()
    let observed = try reader.readDecimal()
    let limit = try reader.readDecimal()
    let scope = version == 1 ? .account : try reader.readCase("scope", as: RiskScope.self)
    let checks = version == 1 ? 0 : try reader.readVarint()
    return RiskDecision(
      instrument: instrument, outcome: outcome, reason: reason, requested: requested, allowed: allowed,
      observed: observed, limit: limit, scope: scope, checks: checks)
  }

  /// The words of the checks in `checks`, in the order of their numbers.
  public var checkWords: [String] { RiskReason.allCases.filter { checks & $0.bit != 0 }.map(\.word) }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("outcome", .word(outcome.word))
    fields.add("reason", .word(reason.word))
    fields.add("requested", .quantity(requested))
    fields.add("allowed", .quantity(allowed))
    fields.add("observed", .decimal(observed))
    fields.add("limit", .decimal(limit))
    fields.add("scope", .word(scope.word))
    fields.add("checks", .text(checkWords.joined(separator: " ")))
  }
}
