import Brokers
import Core
import Market
import Rehearsal
import Runtime
import Simulation

/// The exchange that a session trades at, and the adapter that speaks to it.
enum SessionExchange {
  /// - Parameter faults: nil for what the plan draws.
  static func make(
    _ plan: SessionPlan, _ profile: Profile, _ bars: [Bar], now: Timestamp, replaying faults: [FiredFault]?
  ) throws(SessionFinding) -> Exchange {
    guard let live = profile.live,
      let tape = MarketTape(
        instruments: live.instruments.map(\.instrument), bars: bars, historyCount: plan.historyCount, start: nil)
    else { throw SessionFinding(.harness, "there are no bars to play") }
    let configuration = profile.configuration
    var settings = ExchangeSettings.twin(
      slippage: configuration.slippage, fees: configuration.fees, volumeShareMicros: configuration.volumeShareMicros)
    // As at a spot exchange: what one order may sell is held back from all others.
    settings.checksBalances = plan.hasRestingExits && plan.isLongOnly
    settings.refusesPassedStops = plan.hasRestingExits && plan.seed % 2 == 0
    settings.reports = plan.reports
    settings.balances = [
      StartingBalance(asset: configuration.currency.description, amount: configuration.initialCash)
    ]
    settings.pushesRunningBars = plan.feed == .binance
    for asset in plan.foreign { settings.balances.append(asset) }
    let drawn = FaultPlan(seed: plan.seed, rules: plan.venueRules)
    return Exchange(
      tape: tape, settings: settings, faults: faults.map { FaultPlan.explicit($0) } ?? drawn, startedAt: now,
      origin: now)
  }

  static func venue(
    _ plan: SessionPlan, _ settings: LiveSettings, life: Int, defect: Defect?
  ) -> (any VenueMachine)? {
    guard plan.venue == .exchange else { return nil }
    let keys = ExchangeKeys.test
    let listings = settings.instruments.enumerated().map { place, instrument in
      BinanceConfiguration.Listing(instrument: InstrumentIndex(place), symbol: instrument.symbol(at: "binance"))
    }
    let configuration = BinanceConfiguration(
      restBase: "http://exchange", webSocketURL: "ws://exchange/ws-api/v3", transport: plan.transport,
      instruments: listings, receiveWindowMilliseconds: settings.venue.receiveWindowNanos / 1_000_000)
    let key: BinanceKey
    do throws(KeyError) {
      key = try BinanceKey(apiKey: Secret(keys.hmacKey), secret: Secret(keys.hmacSecret))
    } catch {
      preconditionFailure("an HMAC secret is no PEM: \(error)")
    }
    let venue = BinanceVenue(configuration, key: key, seed: plan.seed &+ UInt64(life))
    return defect.map { DefectiveVenue(venue, $0) } ?? venue
  }
}
