public import Market

/// What a feed of the network is to bring.
public struct WebFeedSettings: Hashable, Sendable {
  public var instruments: [FeedInstrument]
  /// Length of the bars in nanoseconds.
  public var intervalNanos: Int64
  /// Bars of history that come first, marked as historical.
  public var warmupBars: Int
  /// Of the HTTP endpoint, without a slash behind it.
  public var url: String
  /// Of the WebSocket endpoint, without a slash behind it; unused by feeds that poll.
  public var stream: String
  /// Makes pauses differ from client to client.
  public var seed: UInt64
  /// A bar that was missed and fetched later is fresh where it ended no longer ago than this; an older one is historical, and nothing is ordered on it.
  public var freshNanos: Int64

  public init(
    instruments: [FeedInstrument], intervalNanos: Int64, warmupBars: Int, url: String, stream: String = "",
    seed: UInt64 = 1, freshNanos: Int64? = nil
  ) {
    self.instruments = instruments
    self.intervalNanos = intervalNanos
    self.warmupBars = warmupBars
    self.url = url
    self.stream = stream
    self.seed = seed
    self.freshNanos = freshNanos ?? intervalNanos / 2
  }
}

/// An instrument of the run under its provider's name.
public struct FeedInstrument: Hashable, Sendable {
  public var instrument: InstrumentIndex
  /// As the provider spells it.
  public var symbol: String
  public var tickSize: Price
  public var calendar: CalendarName
  /// When the newest bar that the run has had opened; nil where it has had none.
  public var lastOpenTime: Timestamp?

  public init(
    instrument: InstrumentIndex, symbol: String, tickSize: Price, calendar: CalendarName, lastOpenTime: Timestamp? = nil
  ) {
    self.instrument = instrument
    self.symbol = symbol
    self.tickSize = tickSize
    self.calendar = calendar
    self.lastOpenTime = lastOpenTime
  }
}

extension Timestamp {
  /// Saturated: feeds are told times that others made up.
  func plus(_ delta: Int64) -> Timestamp {
    let (sum, overflowed) = nanos.addingReportingOverflow(delta)
    return Timestamp(nanos: overflowed ? (delta > 0 ? .max : .min) : sum)
  }
}

extension Price {
  /// On the grid of a tick size, half to even; for sources that print binary floating point.
  func rounded(toTick tick: Price) -> Price {
    Price(nanos: Int64(clamping: Int128(nanos).dividedRoundingHalfEven(by: Int128(tick.nanos)) * Int128(tick.nanos)))
  }
}
