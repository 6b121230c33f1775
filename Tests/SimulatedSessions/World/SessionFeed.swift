import Feeds
import Market
import Runtime
import Simulation

/// The feed that a session's process reads.
enum SessionFeed {
  /// - Parameter lastOpenTimes: of the bars that the run has had; nil where it begins.
  static func make(
    _ plan: SessionPlan, _ settings: LiveSettings, _ bars: [Bar], clock: Timestamp, life: Int,
    lastOpenTimes: [Timestamp?]?, defect: Defect?
  ) -> any LiveFeed {
    switch plan.feed {
    case .scripted:
      return ScriptedFeed(
        bars, delays: RandomStreams(seed: plan.seed &+ UInt64(life) << 32)["feed"], now: clock, defect: defect)
    case .binance:
      let instruments = settings.instruments.enumerated().map { place, listed in
        FeedInstrument(
          instrument: InstrumentIndex(place), symbol: listed.symbol(at: "binance"),
          tickSize: listed.instrument.tickSize,
          calendar: listed.instrument.calendar, lastOpenTime: lastOpenTimes?[place])
      }
      let web = WebFeedSettings(
        instruments: instruments, intervalNanos: SessionPlan.intervalNanos, warmupBars: settings.warmupBars,
        url: "http://exchange", stream: "ws://exchange", seed: plan.seed &+ UInt64(life))
      return FeedChain(
        [.binance(BinanceFeed(web))], instruments, intervalNanos: SessionPlan.intervalNanos,
        warmupBars: settings.warmupBars)
    }
  }
}
