public import Market
public import Wire

/// A feed of the network, whichever.
public enum WebFeed: WireMachine, Sendable {
  case binance(BinanceFeed)
  case yahoo(YahooFeed)

  public var name: String {
    switch self {
    case .binance: BinanceFeed.name
    case .yahoo: YahooFeed.name
    }
  }

  /// How long behind a bar's end it is given time to bring it, in nanoseconds: a stream is there at once, polls take their turns.
  var patienceNanos: Int64 {
    switch self {
    case .binance: 10_000_000_000
    case .yahoo: 45_000_000_000
    }
  }

  public var wakeAt: Timestamp? {
    switch self {
    case .binance(let feed): feed.wakeAt
    case .yahoo(let feed): feed.wakeAt
    }
  }

  public mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    switch self {
    case .binance(var feed):
      feed.wake(now: now, into: &out)
      self = .binance(feed)
    case .yahoo(var feed):
      feed.wake(now: now, into: &out)
      self = .yahoo(feed)
    }
  }

  public mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    switch self {
    case .binance(var feed):
      feed.receive(event, now: now, into: &out)
      self = .binance(feed)
    case .yahoo(var feed):
      feed.receive(event, now: now, into: &out)
      self = .yahoo(feed)
    }
  }
}
