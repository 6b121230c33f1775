import Core
package import Market
package import Wire

/// The rehearsal exchange: plays bars and matches orders, in the words of Yahoo's chart endpoint and of Binance's REST interface, streams and WebSocket API.
///
/// A value: it is told requests and the time, and says what to answer (`ServerMachine`). Same bars, settings, plan of faults and events at the same
/// times: same answers, byte for byte. `Network` carries it over sockets for `engine rehearse`; the simulation drives it with a simulated clock.
///
/// Read in this order: `MarketTape` (what is played), `ExchangeOrder`, `Exchange+Matching` (when orders fill), `Exchange+Orders` (what is
/// accepted), `Exchange+Calls` (how a call passes through the faults), the rest by name.
///
/// 1. All times shown or checked, waits and faults included, are of the exchange's own clock, which runs `speed` times real time.
/// 2. The market passes in the tape's moments, each at its own time, however late the machine is woken; every event plays the market up to now first.
/// 3. An order that was accepted stays in the book for ever; `GET /rehearsal/book` shows it. Nothing a client does removes it.
/// 4. Free and locked balances change by fills, locks and releases alone; what is locked is the sum over open orders.
///
/// Absent: other people's orders. Prices are the tape's whatever is ordered.
package struct Exchange: ServerMachine, Sendable {
  package let settings: ExchangeSettings
  package let clock: ExchangeClock
  package internal(set) var tape: MarketTape
  /// The exchange's time of what is being done.
  var time: Timestamp
  var balances: Balances
  /// All ever accepted, in the order of acceptance.
  var orders: [ExchangeOrder] = []
  /// All lists ever accepted.
  var lists: [ExchangeList] = []
  /// Places of those that are open, by listing, oldest first.
  var open: [[Int]]
  var trades: [[ExchangeTrade]]
  var budgets: [BarBudget?]
  /// Notional filled so far, in nanos of quote assets: what tiers of fees look at.
  var traded: Int128 = 0
  var faults: FaultInjector
  var limits = RateLimits()
  var sockets: [ExchangeSocket] = []
  var deferred = DeferredWork()
  /// Execution reports made so far.
  var reportCount = 0
  /// Happened, and not sent yet.
  var userEvents: [[UInt8]] = []
  /// A message that waits for the next of its kind.
  var heldUserEvent: [UInt8]?
  var heldKline: StreamMessage?
  var clockSkewNanos: Int64 = 0
  var bannedUntil: Timestamp?
  /// How klines and charts are wrong during one call.
  var distortion = PriceDistortion()

  /// - Parameters:
  ///   - startedAt: the real time now.
  ///   - origin: what the exchange's clock shows then.
  package init(
    tape: MarketTape, settings: ExchangeSettings = ExchangeSettings(), faults: FaultPlan = FaultPlan(),
    startedAt: Timestamp, origin: Timestamp, speedMillis: Int64 = 1_000
  ) {
    self.tape = tape
    self.settings = settings
    clock = ExchangeClock(origin: origin, startedAt: startedAt, speedMillis: speedMillis)
    time = origin
    balances = Balances(tape.listings, starting: settings.balances)
    open = tape.listings.map { _ in [] }
    trades = tape.listings.map { _ in [] }
    budgets = tape.listings.map { _ in nil }
    self.faults = FaultInjector(faults)
  }

  /// What has gone wrong so far, as planned.
  package var firedFaults: [FiredFault] { faults.fired }

  /// From here on nothing goes wrong: what a simulation's second half needs.
  package mutating func endFaults() { faults.isOn = false }

  package var wakeAt: Timestamp? {
    let due = [tape.nextMoment?.time, deferred.nextDue, sockets.map { expiry(of: $0) }.min()].compactMap { $0 }.min()
    return due.map { clock.real(of: $0) }
  }

  package mutating func wake(now: Timestamp, into actions: inout [ServerAction]) {
    pass(through: clock.time(at: now), into: &actions)
  }

  package mutating func receive(_ event: ServerEvent, now: Timestamp, into actions: inout [ServerAction]) {
    pass(through: clock.time(at: now), into: &actions)
    switch event {
    case .request(let number, let request): receive(request, number, into: &actions)
    case .requestGone(let number): deferred.forget(number)
    case .socketOpened(let socket, let target): open(socket, target: target, into: &actions)
    case .socketText(let socket, let text): receive(text, on: socket, into: &actions)
    case .socketClosed(let socket):
      sockets.removeAll { $0.number == socket }
      deferred.forget(socket)
    }
  }

  /// Lets time pass: market, work that was put off and old sockets, in the order of their times.
  private mutating func pass(through now: Timestamp, into actions: inout [ServerAction]) {
    while true {
      let market = tape.nextMoment?.time
      let work = deferred.nextDue
      // At one instant the market comes first: what was put off meets the bar that opens then.
      if let market, market <= now, work.map({ market <= $0 }) ?? true {
        time = max(time, market)
        play(into: &actions)
      } else if let work, work <= now, let item = deferred.take(through: now) {
        time = max(time, work)
        perform(item, into: &actions)
      } else {
        break
      }
    }
    time = max(time, now)
    closeOldSockets(into: &actions)
  }

  /// The exchange's time as it shows it: its clock may be wrong.
  var shownTime: Timestamp { time.advanced(byNanos: clockSkewNanos) }
}

/// What of a bar's volume is left.
struct BarBudget: Hashable, Sendable {
  var bar: Int
  var volume: VolumeBudget
}

/// How the prices of one answer are wrong.
struct PriceDistortion: Hashable, Sendable {
  /// Nothing newer than this long ago is shown.
  var staleNanos: Int64 = 0
  /// Of the last row, in thousandths.
  var factorMillis: Int64 = 1_000
}
