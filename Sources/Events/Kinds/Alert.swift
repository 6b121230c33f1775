public import Market

/// Raw values are stored and never change meaning.
public enum AlertCode: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// A bar repeated the last one of its instrument and was dropped; first: its open time.
  case duplicateBar = 1
  /// A bar was older than the last one of its instrument and was refused; first: its open time, second: the last one's.
  case outOfOrderBar = 2
  /// A price too far from the last to be the same unit; first, second: nanos before and after. Perhaps a missing split.
  case priceJump = 3
  /// Drift of a strategy's confidence; first: population stability index in units of 10⁻⁹, second: values looked at.
  case confidenceDrift = 4
  /// A shift of a strategy's confidence; first: Page–Hinkley statistic in units of 10⁻⁹, second: values looked at.
  case confidenceShift = 5
  /// Equal confidences in a row; first: the confidence in millionths, second: how many.
  case confidenceStuck = 6
  /// A confidence or strength outside 0 … 1; first: confidence, second: strength, in millionths.
  case predictionBounds = 7
  /// Too many signals; first: signals, second: window in nanoseconds.
  case signalRate = 8
  /// The position is not what was intended; first, second: nanos held and intended.
  case positionDrift = 9
  /// A bar outside its market's hours; first: its open time, second: the next open of the market.
  case barOutsideSession = 10
  /// No bar while the market was open; first: nanoseconds, second: the bar's open time or the clock.
  case feedGap = 11
  /// The clock jumped or went back; first: nanoseconds between two readings, second: the later one.
  case clockJump = 12
  /// A resume that came before the kill was done; first: open positions, second: working orders.
  case resumeRefused = 13
  /// A flattening order was rejected or lapsed and is sent anew; first: attempt, second: nanos still held.
  case flattenRetried = 14
  /// A breaker whose action is to alert; first: the number observed, second: its limit.
  case breaker = 15
  /// Too few signals; first: signals, second: window in nanoseconds.
  case signalSilence = 16
  /// The account's drawdown scales sizes otherwise; first: scale, second: drawdown, in millionths.
  case sizeScaled = 17
  /// A fill that closes took net exposure over its cap, which holds back nothing that closes; first: the net, second: the cap, nanos of currency.
  case netOverCap = 18
  /// A venue reports on an order that this run doesn't know; first: nanos of quantity.
  case unknownOrder = 19
  /// A fill came after its order was over, and is booked; first: nanos of quantity.
  case lateFill = 20
  /// The venue filled more than the order had left, and all of it is booked; first: nanos too many.
  case overfill = 21
  /// A fee in an asset that has no price here is not booked; first: its nanos.
  case feeInOtherAsset = 22
  /// The venue refused a cancel; the order works on.
  case cancelRefused = 23
  /// An order is over at the venue and some of its fills have not been reported; first: nanos missing.
  case fillsMissing = 24
  /// The venue refused a stop that protects, because the market is beyond it; what it was to protect is closed at market. First: nanos of the stop.
  case stopPassed = 25
  /// What was to be closed is closed but for a rest that the venue takes no order for, less than a lot or worth less than the profile's `min_notional`: it counts as closed, and stays. First: nanos
  /// of the rest, second: what it is worth, nanos of currency.
  case dustLeft = 26
  /// A stop was refused or ended by the venue, and what it was to protect is held without one; first: its nanos.
  case unprotected = 27
  /// What was told to be held without a stop has one again, or is held no more; first: nanos held.
  case protectionRestored = 28
  /// Orders are withheld, and so is the cancel of an order, which rests at the venue; first: the order's intent, second: the cancel's reason.
  case cancelWithheld = 29
  /// Orders are withheld, and a kill closes and cancels nothing; first: nanos held, second: orders that rest at the venue.
  case killWithheld = 30
  /// The open stands at a split's ratio to the last close, and no split is known: the bar is set aside, or only reported, as the profile says; first, second: nanos before and after.
  case missingSplit = 32
  /// A corporate action changed what prices mean, and a strategy doesn't say that it followed, or had to begin an indicator anew: what it remembers may jump, or be missing for a while; first: its place.
  case historyNotRescaled = 33
  /// No split came, and the open is near the last close that counted: bars count again; first, second: nanos of both.
  case pricesAreBack = 34
  /// An instrument that was delisted or has expired has bars again, as of another company; first: when the bar opened, second: nanos of its open.
  case barAfterEnd = 35
  /// A company pays as much a unit as the last price or more, and it is booked: perhaps an amount in another unit; first: the amount, second: the price, in nanos.
  case dividendAbovePrice = 36
  /// Equity is what positions require again; first: equity, second: the requirement, nanos of currency.
  case marginRestored = 40
  /// A funding rate beyond ±100 % is not charged; first: the rate in units of 10⁻⁹.
  case fundingImplausible = 41
  /// The rule says that a chain rolls into this instrument, and it can't yet; it is tried again when the next session is over. First: the end of the session,
  /// second: 1 the instrument had no bar in it, 2 what is held may not trade, 3 the bar is history and something is held.
  case rollPutOff = 48
}

/// Raw values are stored and never change meaning.
public enum AlertSeverity: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case information = 1
  case warning = 2
  case error = 3
}

/// Derived: something a person should know.
///
/// Version 1: code, severity u8; instrument varint; two zigzag numbers whose meaning the code gives.
public struct Alert: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 43)
  public static let name: StaticString = "alert"
  public static let role = EventRole.derived

  public var code: AlertCode
  public var severity: AlertSeverity
  public var instrument: InstrumentIndex
  public var first: Int64
  public var second: Int64

  public init(code: AlertCode, severity: AlertSeverity, instrument: InstrumentIndex, first: Int64, second: Int64) {
    self.code = code
    self.severity = severity
    self.instrument = instrument
    self.first = first
    self.second = second
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(code.rawValue)
    buffer.append(severity.rawValue)
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.appendZigzag(first)
    buffer.appendZigzag(second)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Alert {
    let code = try reader.readCase("code", as: AlertCode.self)
    let severity = try reader.readCase("severity", as: AlertSeverity.self)
    let instrument = try reader.readInstrument()
    let first = try reader.readZigzag()
    let second = try reader.readZigzag()
    return Alert(code: code, severity: severity, instrument: instrument, first: first, second: second)
  }

  public func list(into fields: inout FieldList) {
    fields.add("code", .word(code.word))
    fields.add("severity", .word(severity.word))
    fields.add("instrument", .instrument(instrument))
    fields.add("first", .integer(first))
    fields.add("second", .integer(second))
  }
}
