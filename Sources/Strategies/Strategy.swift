public import Events
public import Market

/// What a strategy makes of one bar.
public enum Decision: BitwiseCopyable, Hashable, Sendable {
  /// Too few bars yet for any answer.
  case warmingUp
  /// Nothing new: what was last asked for stands.
  case hold
  /// Another position is wanted.
  case target(Target)
}

/// The position a strategy wants from now on, and the numbers that decided.
public struct Target: BitwiseCopyable, Hashable, Sendable {
  public var direction: Direction
  /// Share of a full position, 0 … 1,000,000 millionths.
  public var strengthMicros: Int64
  /// 0 … 1,000,000 millionths.
  public var confidenceMicros: Int64
  public var reason: SignalReason
  /// Two features in units of 10⁻⁹, named by the strategy's `featureNames`.
  public var firstFeature: Int64
  public var secondFeature: Int64

  @inlinable
  public init(
    _ direction: Direction, strengthMicros: Int64 = 1_000_000, confidenceMicros: Int64 = 1_000_000,
    reason: SignalReason, firstFeature: Int64 = 0, secondFeature: Int64 = 0
  ) {
    self.direction = direction
    self.strengthMicros = strengthMicros
    self.confidenceMicros = confidenceMicros
    self.reason = reason
    self.firstFeature = firstFeature
    self.secondFeature = secondFeature
  }
}

/// A target for one instrument of the universe, as cross-sectional strategies give them at the end of a slot.
public struct InstrumentTarget: BitwiseCopyable, Hashable, Sendable {
  public var instrument: InstrumentIndex
  public var target: Target
  @inlinable
  public init(instrument: InstrumentIndex, target: Target) {
    self.instrument = instrument
    self.target = target
  }
}

/// From bars to targets: what stands behind all three doors (built-in, rule expressions, a user's own package).
///
/// One value serves the whole universe and keeps its state by instrument. It is pure: no clock, no randomness, no hash order;
/// equal bars in equal order give equal targets in every process. State is written and read by the two coding functions,
/// so that a run can be snapshotted and go on.
public protocol Strategy: Sendable {
  /// The name by which a profile asks for it.
  static var name: String { get }
  /// What a profile can set, in the order in which help prints them.
  static var parameters: [ParameterDescription] { get }

  /// - Parameter instrumentCount: instruments are indexed 0 ..< instrumentCount from now on.
  /// - Throws: `ParameterError` for combinations that the single descriptions can't rule out.
  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError)

  /// Names of the two features that a target carries.
  var featureNames: (first: String, second: String) { get }

  /// Takes the next bar of one instrument. Called once a bar, when all bars of its instant are known; allocates nothing.
  mutating func update(_ bar: Bar) -> Decision

  /// Called after the last bar of an instant, for strategies that compare instruments; append targets in instrument order.
  mutating func closeSlot(_ targets: inout [InstrumentTarget])

  /// How an order that follows from this strategy's target is to be worked; nil: as the profile says. Asked when an order of the instrument is about to be
  /// judged, so it may be asked more than once for one.
  ///
  /// - Parameter isExit: the order only closes.
  func style(for instrument: InstrumentIndex, isExit: Bool) -> OrderStyle?

  /// Called where trading of an instrument, or of all of them (nil), was halted or has resumed; orders wait or are refused meanwhile.
  mutating func observeHalt(of instrument: InstrumentIndex?, isHalted: Bool)

  /// Called before the open of the day from which an instrument's prices and volumes count otherwise: a split, a spin-off, a special dividend.
  ///
  /// What is remembered in prices is to be multiplied by `scale.price`, what in volumes by `scale.volume`, so that no indicator jumps;
  /// `IndicatorSeries` does that by itself. Ordinary dividends change nothing here.
  /// - Returns: false where nothing was done, as by a strategy that doesn't know this call: the run then says so in an alert.
  mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool

  /// Called where an instrument has ended, by a merger or a delisting: what comes later under its number is another company, of which nothing is known yet.
  ///
  /// - Returns: false where nothing was done.
  mutating func forget(_ instrument: InstrumentIndex) -> Bool

  /// True where `closeSlot` is to be called.
  static var comparesInstruments: Bool { get }

  /// Writes everything that later decisions depend on.
  func encodeState(into buffer: inout ByteBuffer)
  /// Replaces the state by one that `encodeState` of an equally initialised value wrote.
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError)
}

extension Strategy {
  public static var comparesInstruments: Bool { false }
  public mutating func closeSlot(_ targets: inout [InstrumentTarget]) {}
  public func style(for instrument: InstrumentIndex, isExit: Bool) -> OrderStyle? { nil }
  public mutating func observeHalt(of instrument: InstrumentIndex?, isHalted: Bool) {}
  public mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool { false }
  public mutating func forget(_ instrument: InstrumentIndex) -> Bool { false }
}
