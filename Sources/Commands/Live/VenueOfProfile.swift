import Brokers
import Foundation
import Market
import Runtime

/// The venue that a profile names, with its keys: made when the run begins, and shown to nobody.
enum VenueOfProfile {
  static func make(_ plan: LivePlan) throws -> any VenueMachine {
    let settings = plan.settings.venue
    switch settings.kind {
    case .paper:
      throw Failure(
        "the profile's venue is paper, which `engine paper` runs; for live name one: `venue: {name: binance, …}`.")
    case .binance:
      var configuration = BinanceConfiguration(
        instruments: plan.instruments.enumerated().map { place, instrument in
          let listed = plan.settings.instruments.first { $0.instrument.symbol == instrument.symbol }
          return BinanceConfiguration.Listing(
            instrument: InstrumentIndex(place), symbol: listed?.symbol(at: "binance") ?? instrument.symbol)
        }, receiveWindowMilliseconds: max(settings.receiveWindowNanos / 1_000_000, 1))
      if let url = settings.url { configuration.restBase = url }
      if settings.lacksStream {
        throw Failure(
          "venue: \(settings.url ?? "") is not the exchange's usual place, and its WebSocket API has another host: add `stream: wss://…/ws-api/v3`, as its documents name it."
        )
      }
      if let stream = settings.streamAddress { configuration.webSocketURL = stream }
      return BinanceVenue(configuration, key: try key(settings.keys), seed: UInt64.random(in: .min ... .max))
    }
  }

  /// `env: X` reads X_KEY and X_SECRET, `file: P` the files P.key and P.secret, `credential: C` the credentials C.key and C.secret.
  private static func key(_ keys: VenueKeys?) throws -> BinanceKey {
    let (key, secret): (KeySource, KeySource)
    switch keys {
    case nil:
      throw Failure(
        "the profile's venue has no keys: add `keys: {env: BINANCE}`, `{file: PATH}` or `{credential: NAME}`.")
    case .environment(let name): (key, secret) = (.environment(name + "_KEY"), .environment(name + "_SECRET"))
    case .file(let path): (key, secret) = (.file(path + ".key"), .file(path + ".secret"))
    case .credential(let name): (key, secret) = (.credential(name + ".key"), .credential(name + ".secret"))
    }
    let environment = { (name: String) in ProcessInfo.processInfo.environment[name] }
    do throws(KeyError) {
      return try BinanceKey(
        apiKey: try key.secret(environment: environment), secret: try secret.secret(environment: environment))
    } catch {
      throw Failure("\(error)")
    }
  }
}
