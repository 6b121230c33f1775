import Feeds
import Market
import Runtime

/// The feeds of the network that a profile names, as one chain.
enum WebFeedsOfProfile {
  /// - Parameters:
  ///   - lastOpenTimes: of the bars that the run has had; nil where it begins.
  static func make(
    _ feeds: [FeedSettings], _ plan: LivePlan, lastOpenTimes: [Timestamp?]?
  ) throws(RunError) -> FeedChain {
    var members: [WebFeed] = []
    for feed in feeds {
      let settings = settings(feed, plan, lastOpenTimes)
      switch feed.kind {
      case .binance:
        guard BinanceFeed.interval(settings.intervalNanos) != nil else { throw unknownInterval("binance", plan) }
        members.append(.binance(BinanceFeed(settings)))
      case .yahoo:
        guard YahooFeed.interval(settings.intervalNanos) != nil else { throw unknownInterval("yahoo", plan) }
        // A machine of one's own has no cookies to give.
        let cookieURL = feed.url == nil ? "https://fc.yahoo.com/" : nil
        members.append(.yahoo(YahooFeed(settings, cookieURL: cookieURL)))
      case .lines, .journal:
        throw .output("feeds: \(feed.kind.rawValue) can't stand in for a feed of the network; name it alone.")
      }
    }
    return FeedChain(
      members, settings(feeds[0], plan, lastOpenTimes).instruments, intervalNanos: plan.settings.intervalNanos,
      warmupBars: plan.settings.warmupBars)
  }

  private static func unknownInterval(_ name: String, _ plan: LivePlan) -> RunError {
    .output(
      "feeds: \(name) has no bars of \(plan.settings.intervalNanos / 1_000_000_000) s; correct `interval`, to 1 min for instance."
    )
  }

  private static func settings(
    _ feed: FeedSettings, _ plan: LivePlan, _ lastOpenTimes: [Timestamp?]?
  ) -> WebFeedSettings {
    let isBinance = feed.kind == .binance
    let interval = plan.settings.intervalNanos
    return WebFeedSettings(
      instruments: plan.instruments.enumerated().map { place, instrument in
        let listed = plan.settings.instruments.first { $0.instrument.symbol == instrument.symbol }
        return FeedInstrument(
          instrument: InstrumentIndex(place), symbol: listed?.symbol(at: feed.kind.rawValue) ?? instrument.symbol,
          tickSize: instrument.tickSize, calendar: instrument.calendar, lastOpenTime: lastOpenTimes?[place])
      }, intervalNanos: interval, warmupBars: plan.settings.warmupBars,
      url: feed.url ?? (isBinance ? "https://api.binance.com" : "https://query1.finance.yahoo.com"),
      stream: feed.streamAddress ?? "wss://stream.binance.com:9443", seed: UInt64.random(in: .min ... .max),
      // Polls come later than a stream does, and are news all the same.
      freshNanos: isBinance ? nil : max(interval / 2, 60_000_000_000))
  }
}
