import Market

/// How long the desk waits for what. Durations are nanoseconds.
public struct DeskPolicy: Hashable, Sendable {
  /// An order whose intent is older than this is not sent any more: prices have moved on.
  public var resendWithinNanos: Int64
  /// How long the venue takes a request after the time written in it.
  public var receiveWindowNanos: Int64
  /// How long the venue may work on a request it has taken.
  public var processingNanos: Int64
  /// Added to both: clocks that differ (a venue takes requests up to a second from its future), lists that lag.
  public var marginNanos: Int64
  /// Behind this a request that was not answered counts as one of unknown outcome.
  public var answerWithinNanos: Int64
  /// Pauses between questions about one order; the last one repeats.
  public var inquiryPausesNanos: [Int64]
  /// How often missing fills of an order that is over are asked for before it is reported without them.
  public var settleAttemptsMax: Int
  /// How often a cancel that changed nothing is asked for again, at the least pause.
  public var cancelPauseNanos: Int64
  public var foreignOrders: ForeignPolicy
  /// Of balances of what is traded.
  public var foreignPositions: ForeignPolicy
  /// Of the balance of the run's currency.
  public var foreignCash: ForeignPolicy
  /// Nothing is handed to the venue that would change anything there, neither an order nor a cancel: what an earlier process left is only asked for.
  public var isSilent: Bool

  public init(
    resendWithinNanos: Int64 = 60_000_000_000, receiveWindowNanos: Int64 = 5_000_000_000,
    processingNanos: Int64 = 10_000_000_000, marginNanos: Int64 = 5_000_000_000,
    answerWithinNanos: Int64 = 15_000_000_000,
    inquiryPausesNanos: [Int64] = [500_000_000, 1_000_000_000, 2_000_000_000, 5_000_000_000, 10_000_000_000],
    settleAttemptsMax: Int = 6, cancelPauseNanos: Int64 = 2_000_000_000,
    foreignOrders: ForeignPolicy = .halt, foreignPositions: ForeignPolicy = .halt, foreignCash: ForeignPolicy? = nil,
    isSilent: Bool = false
  ) {
    precondition(!inquiryPausesNanos.isEmpty && inquiryPausesNanos.allSatisfy { $0 > 0 })
    self.resendWithinNanos = resendWithinNanos
    self.receiveWindowNanos = receiveWindowNanos
    self.processingNanos = processingNanos
    self.marginNanos = marginNanos
    self.answerWithinNanos = answerWithinNanos
    self.inquiryPausesNanos = inquiryPausesNanos
    self.settleAttemptsMax = settleAttemptsMax
    self.cancelPauseNanos = cancelPauseNanos
    self.foreignOrders = foreignOrders
    self.foreignPositions = foreignPositions
    self.foreignCash = foreignCash ?? foreignPositions
    self.isSilent = isSilent
  }

  /// On the venue's clock: what it hasn't seen this long after a request left, it never will.
  public var absenceNanos: Int64 { receiveWindowNanos + processingNanos + marginNanos }

  func inquiryPause(attempt: Int) -> Int64 { inquiryPausesNanos[min(attempt, inquiryPausesNanos.count - 1)] }
}

/// What is done about something at the venue that this run didn't cause.
public enum ForeignPolicy: String, Hashable, Sendable, CaseIterable {
  /// A position becomes the run's. An order has no intent here and stays whoever's it is; what it fills is then adopted.
  case adopt
  /// It is noted, and left alone.
  case ignore
  /// The run stops trading.
  case halt
}
