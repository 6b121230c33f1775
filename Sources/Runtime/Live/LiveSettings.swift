package import Market

/// What a profile says about a run at a real feed and venue. But for the instruments none of it changes a decision, nor is in the canonical form.
package struct LiveSettings: Hashable, Sendable {
  /// Tells runs of one profile on one machine apart; a run is found again by it.
  package var instance: String
  /// Length of the bars, in nanoseconds.
  package var intervalNanos: Int64
  /// In the order of the profile; empty where a journal brings its own. A backtest reads them, too.
  package var instruments: [LiveInstrument]
  /// The first is preferred; the others stand in for it.
  package var feeds: [FeedSettings]
  /// Bars of history that are asked for before anything is decided.
  package var warmupBars: Int
  /// Whether orders may leave, where `ALLOW_SUBMIT` says so, too; nil where the profile doesn't say, which is no for a real venue.
  package var submits: Bool?
  package var venue: VenueSettings
  /// How fast the run's clock goes; 1 is real time, nil as fast as inputs come.
  package var speed: Int?

  package init(instance: String) {
    self.instance = instance
    intervalNanos = 60_000_000_000
    instruments = []
    feeds = []
    warmupBars = 0
    submits = nil
    venue = VenueSettings()
    speed = 1
  }
}

/// An instrument of a run, and what others call it.
package struct LiveInstrument: Hashable, Sendable {
  package var instrument: Instrument
  /// The symbol of each provider that has another one, in the profile's order.
  package var names: [ProviderName]

  package init(instrument: Instrument, names: [ProviderName]) {
    self.instrument = instrument
    self.names = names
  }

  /// What a provider calls it.
  package func symbol(at provider: String) -> String {
    names.first { $0.provider == provider }?.symbol ?? instrument.symbol
  }
}

package struct ProviderName: Hashable, Sendable {
  package var provider: String
  package var symbol: String
}

/// Where bars come from.
package struct FeedSettings: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case yahoo
    case binance
    /// JSON lines on standard input.
    case lines = "stdin"
    case journal
  }

  package var kind: Kind
  /// Of the HTTP endpoint, without a slash behind it; nil for the provider's own.
  package var url: String?
  /// Of the WebSocket endpoint; nil for the provider's own.
  package var stream: String?
  /// Of a journal's bars.
  package var path: String?

  package init(kind: Kind, url: String? = nil, stream: String? = nil, path: String? = nil) {
    self.kind = kind
    self.url = url
    self.stream = stream
    self.path = path
  }
}

/// Where orders go.
package struct VenueSettings: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// The simulated venue.
    case paper
    case binance
  }

  /// What is done about what the run doesn't know of.
  package enum Unknown: String, CaseIterable, Hashable, Sendable {
    case adopt
    case ignore
    case halt
  }

  /// What becomes of working orders when the run is stopped.
  package enum OnStop: String, CaseIterable, Hashable, Sendable {
    case cancel
    case leave
  }

  package var kind = Kind.paper
  package var url: String?
  package var stream: String?
  package var keys: VenueKeys?
  /// How long a signed request is valid, in nanoseconds.
  package var receiveWindowNanos: Int64 = 5_000_000_000
  /// An order whose absence at the venue is proved is sent again only where its intent is younger, in nanoseconds.
  package var resendWithinNanos: Int64 = 30_000_000_000
  package var unknownOrders = Unknown.halt
  package var unknownPositions = Unknown.halt
  /// Of the balance of the run's currency; nil where it is as `unknownPositions`.
  package var unknownCash: Unknown?
  package var onStop = OnStop.cancel
  /// The least that an order may be worth, in nanos of currency; nil where the profile doesn't say. With `fees_in` the one setting of a venue that decides something.
  package var minNotional: Int128?
  /// How long a stopping run waits for its orders, in nanoseconds.
  package var stopWaitNanos: Int64 = 10_000_000_000

  package init() {}
}

extension FeedSettings {
  /// Where the stream is: as it is written, else at the place of `url`; nil for the provider's own.
  package var streamAddress: String? { stream ?? url.flatMap(StreamAddress.beside) }
}

extension VenueSettings {
  /// The same of the venue's WebSocket API.
  package var streamAddress: String? { stream ?? url.flatMap(StreamAddress.beside).map { $0 + "/ws-api/v3" } }

  /// Whether `url` is one of the provider's other places, whose WebSocket API has a host of its own that only its documents tell.
  package var lacksStream: Bool {
    stream == nil && url.map { StreamAddress.isOfProvider($0) && !StreamAddress.isOwn($0) } ?? false
  }
}

/// A rehearsal exchange serves everything at one port, so one address says where all of it is.
private enum StreamAddress {
  static func beside(_ url: String) -> String? {
    if isOfProvider(url) { return nil }
    return url.hasPrefix("https://") ? "wss" + url.dropFirst(5) : "ws" + url.dropFirst(4)
  }

  static func isOfProvider(_ url: String) -> Bool {
    ["binance.com", "binance.us", "binance.vision"].contains { host(url) == $0 || host(url).hasSuffix("." + $0) }
  }

  /// Those that all stand for `api.binance.com`.
  static func isOwn(_ url: String) -> Bool {
    ["api", "api-gcp", "api1", "api2", "api3", "api4"].contains { host(url) == $0 + ".binance.com" }
  }

  private static func host(_ url: String) -> Substring {
    let rest = url.drop { $0 != "/" }.dropFirst(2)
    return rest.prefix { $0 != "/" && $0 != ":" }
  }
}

/// Where a venue's keys are; never the keys themselves.
package enum VenueKeys: Hashable, Sendable {
  /// `NAME_KEY` and `NAME_SECRET` in the environment.
  case environment(String)
  /// A file that nobody else can read.
  case file(String)
  /// A credential that systemd hands over.
  case credential(String)
}
