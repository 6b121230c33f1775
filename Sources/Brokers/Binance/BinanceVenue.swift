public import Market
public import Wire

/// Binance spot as a venue, built to the documents of July 2026 (`binance.md`).
///
/// One socket of the WebSocket API carries the user's reports, and orders and questions too unless the configuration says REST. The life of a connection: open, compare
/// clocks (`time`), read the rules (`exchangeInfo`), subscribe (`userDataStream.subscribe.signature`: listen keys are gone), and from then on it is `connected`. It ends after 24 h at
/// the exchange; so a second one is opened before, and the first closed when the second is subscribed: what both tell is told twice, and nothing is missed.
///
/// What it promises of each `ask` is written at `VenueMachine`. What it does not do: it doesn't repeat anything that changes an order, and doesn't decide what absence means: that is
/// the desk's. An order is made smaller only where the symbol allows `keepPriority`. Cancel-and-replace has an intent and an id for the new order, ends the old one only while
/// it is unfilled, and tells of each half what became of it.
///
/// Read `BinanceVenue+Connection`, `+Calls`, then `+Operations`.
public struct BinanceVenue: VenueMachine {
  public typealias Message = VenueMessage

  let configuration: BinanceConfiguration
  let key: BinanceKey
  /// At most two: the one in use and the one that takes over.
  var links: [BinanceLink] = []
  var flights: [BinanceFlight] = []
  var operations: [BinanceOperation] = []
  var limits = BinanceLimits()
  var rules: [SymbolRules] = []
  /// The exchange's clock less ours, in nanoseconds.
  var offsetNanos: Int64 = 0
  var hasOffset = false
  /// When the clocks are compared again.
  var compareAt: Timestamp?
  var backoff: Backoff
  /// When the next connection is opened; nil while one is open or being opened.
  var connectAt: Timestamp?
  var isAnnounced = false
  /// Why connections did not come up since the last one that did: each reason is told once.
  var toldFailures: [String] = []
  var nextNumber: UInt64 = 1
  /// Client order ids by symbol and the exchange's id, for trades, which carry the latter only.
  var names: [String: String] = [:]
  var open: [String: OpenOrder] = [:]
  var references: [String: Price] = [:]
  private var latest: Timestamp?
  /// A deliberate bug, for the simulation that must find it: orders are replaced whatever has filled of them.
  package var replacesFilled = false

  /// An order that takes one of the places a symbol has.
  struct OpenOrder: Hashable, Sendable {
    var symbol: String
    var isAlgo: Bool
    var quantity: Quantity
  }

  /// - Parameter seed: of the random part of pauses between connections.
  public init(_ configuration: BinanceConfiguration, key: BinanceKey, seed: UInt64) {
    self.configuration = configuration
    self.key = key
    backoff = Backoff(seed: seed)
  }

  public var wakeAt: Timestamp? {
    // Nothing began yet: the first call of `wake` connects.
    if latest == nil { return nil }
    var earliest: Timestamp?
    for index in flights.indices { earliest = .earlier(earliest, flights[index].deadline) }
    let isComing = connectAt != nil || links.contains(where: \.isComing)
    // What is being renewed already is not due again, and clocks are compared over a connection that works.
    for link in links where !(isComing && link.isLive) { earliest = .earlier(earliest, link.dueAt) }
    if !links.contains(where: \.isComing) { earliest = .earlier(earliest, connectAt) }
    if links.contains(where: \.isLive) { earliest = .earlier(earliest, compareAt) }
    return earliest
  }

  public mutating func wake(now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    if latest == nil { connectAt = now }
    keepTime(now)
    expireFlights(now, into: &out)
    advanceLinks(now, into: &out)
    if let time = compareAt, time <= now, links.contains(where: \.isLive) {
      compareAt = nil
      compareClocks(now, into: &out)
    }
  }

  public mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    keepTime(now)
    switch event {
    case .opened(let socket): opened(socket, now, into: &out)
    case .received(let socket, let text): received(text, on: socket, now, into: &out)
    case .closed(let socket, let why): closed(socket, why, now, into: &out)
    case .answered(let number, let response):
      limits.read(response.headers, serverTime: serverTime(now))
      land(number.rawValue, BinanceReply(response, serverTime: serverTime(now)), now, into: &out)
    case .failed(let number, let failure): lose(number.rawValue, failure, now, into: &out)
    }
  }

  public mutating func ask(
    _ request: VenueRequest, as call: VenueCall, now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    keepTime(now)
    begin(request, call, now, into: &out)
  }

  /// The last price of a symbol, where the run knows one: with it an order's value and distance are checked before it is sent. Without it the exchange alone judges them.
  public mutating func note(reference: Price, of symbol: String) { references[symbol] = reference }

  /// Assets of the listed symbols as the exchange names them; empty before the first connection.
  public func assets(of symbol: String) -> (base: String, quote: String)? {
    rules.first { $0.symbol == symbol }.map { ($0.baseAsset, $0.quoteAsset) }
  }

  func serverTime(_ now: Timestamp) -> Timestamp { now.shifted(offsetNanos) }
  func localTime(_ server: Timestamp) -> Timestamp { server.shifted(-offsetNanos) }

  mutating func newNumber() -> UInt64 {
    defer { nextNumber += 1 }
    return nextNumber
  }

  /// A clock that is set back takes all deadlines with it, and the difference to the exchange's.
  private mutating func keepTime(_ now: Timestamp) {
    if let latest, now < latest {
      let shift = now.nanos - latest.nanos
      for index in flights.indices {
        flights[index].deadline = flights[index].deadline.shifted(shift)
        flights[index].sentAt = flights[index].sentAt.shifted(shift)
      }
      for index in links.indices { links[index].shiftTimes(by: shift) }
      connectAt = connectAt?.shifted(shift)
      offsetNanos = Timestamp(nanos: offsetNanos).shifted(-shift).nanos
      compareAt = compareAt.map { _ in now }
    }
    latest = now
  }
}

/// A call that is out there.
struct BinanceFlight: Hashable, Sendable {
  enum Purpose: Hashable, Sendable {
    /// Part of bringing up a connection.
    case link(SocketNumber)
    case operation(VenueCall)
    case clock
  }

  var number: UInt64
  var method: BinanceMethod
  var purpose: Purpose
  /// Nil over REST.
  var socket: SocketNumber?
  var sentAt: Timestamp
  var deadline: Timestamp
}
