package import Brokers
package import Journal
package import Market
package import Rehearsal
package import Simulation
package import Strategies

/// Everything about a session that is drawn before it begins: its market, its profile, what may go wrong and how often.
///
/// All of it follows from the seed, so a seed names a session; fewer bars and a list of faults are what shrinking changes.
package struct SessionPlan: Sendable {
  package enum VenueKind: String, CaseIterable, Hashable, Sendable {
    /// The simulated venue inside the reducer.
    case paper
    /// The rehearsal exchange behind a simulated network.
    case exchange
  }

  /// Where bars come from.
  package enum FeedKind: String, CaseIterable, Hashable, Sendable {
    /// A script, which no network troubles.
    case scripted
    /// Binance's feed, which reads the exchange's streams and REST over the same network as the venue's adapter.
    case binance
  }

  /// What the fault script draws from.
  package enum Trouble: String, CaseIterable, Hashable, Sendable {
    /// Nothing goes wrong: such a session must be live to the last order.
    case none
    /// Every kind on with ½, at a rate of its own.
    case swarm
  }

  package let seed: UInt64
  package let venue: VenueKind
  package let feed: FeedKind
  package let symbolCount: Int
  package let barCount: Int
  /// Bars that are history when the session begins.
  package let historyCount: Int
  package private(set) var yaml: String
  /// The profile whose orders are cancelled and sent anew.
  private let plainYAML: String
  package private(set) var rates: FaultScript.Rates
  /// What goes wrong at the exchange itself.
  package let venueRules: [FaultRule]
  /// Whether reports come before or behind the answers that they belong to.
  package let reports: ExchangeSettings.ReportOrder
  /// What the account holds at the exchange that the run didn't buy: it adopts it.
  package let foreign: [StartingBalance]
  /// Units of one instrument that may be held.
  package let positionCap: Int64
  /// How orders travel.
  package let transport: BinanceConfiguration.Transport
  /// Nanoseconds by which the run's clock is ahead of the exchange's.
  package let skewNanos: Int64
  package let journalLimits: BlockLimits
  /// How often the run reads its clock.
  package let timerNanos: Int64
  /// Whether orders may leave.
  package let submits: Bool

  /// Bars behind the last one that anything new is decided on: what is still working fills, or is cancelled.
  package static let settlingCount = 6
  package static let intervalNanos: Int64 = 60_000_000_000
  /// 2026-03-02T00:00Z, a Monday.
  package static let marketStart = Timestamp(nanos: 1_772_409_600_000_000_000)

  /// - Parameters:
  ///   - barCount: nil for as many as the seed says.
  ///   - venue: nil for what the seed says.
  package init(
    seed: UInt64, barCount: Int? = nil, venue: VenueKind? = nil, trouble: Trouble? = nil,
    venues: [VenueKind] = VenueKind.allCases, feed: FeedKind = .scripted
  ) {
    self.seed = seed
    var random = RandomStreams(seed: seed)["plan"]
    let drawnVenue = venues.count == 1 || random.next(below: 4) > 0 ? venues[venues.count - 1] : venues[0]
    self.venue = venue ?? drawnVenue
    self.feed = self.venue == .paper ? .scripted : feed
    symbolCount = Int(random.pick([1, 1, 2, 2, 3, 5, 20]))
    let drawnCount = random.number(in: 16...(symbolCount > 5 ? 30 : 80))
    self.barCount = barCount ?? Int(drawnCount)
    historyCount = Int(random.number(in: 2...6))
    skewNanos = random.pick([0, 0, random.number(in: -1_500_000_000...1_500_000_000)])
    journalLimits = BlockLimits(
      events: Int(random.pick([40, 200, 1_000, 4_000])), rowBytes: Int(random.pick([4_096, 16_384, 65_536])))
    timerNanos = random.pick([5_000_000_000, 20_000_000_000, 20_000_000_000])
    submits = random.next(below: 20) > 0
    positionCap = random.pick([2, 5, 100])
    let isForeign = self.venue == .exchange && random.next(below: 6) == 0
    foreign =
      isForeign ? [StartingBalance(asset: "AAX", amount: Int128(random.number(in: 1...3) * FixedPoint.unit))] : []
    yaml = SessionPlan.profile(
      &random, venue: self.venue, symbolCount: symbolCount, cap: positionCap, adopts: isForeign,
      exits: SessionPlan.restingExits(seed))
    plainYAML = yaml
    if self.venue == .exchange { yaml = SessionPlan.amended(yaml, seed, always: false) ?? yaml }
    let drawnTrouble: Trouble = random.next(below: 8) == 0 ? .none : .swarm
    let isCalm = (trouble ?? drawnTrouble) == .none
    rates = isCalm ? [:] : SessionPlan.swarm(&random, venue: self.venue)
    let drawn = isCalm || self.venue == .paper ? [] : SessionPlan.venueRules(&random)
    let rules = isCalm || yaml == plainYAML ? drawn : drawn + SessionPlan.replaceRules(seed)
    venueRules = isCalm || self.feed == .scripted ? rules : rules + SessionPlan.feedRules(seed)
    reports = random.pick(ExchangeSettings.ReportOrder.allCases)
    transport = random.pick([.webSocket, .webSocket, .rest])
  }

  /// Each kind on with ½, once in a log-uniform number of chances.
  private static func swarm(_ random: inout SplitMix64, venue: VenueKind) -> FaultScript.Rates {
    var rates: FaultScript.Rates = [:]
    for kind in Fault.Kind.allCases {
      let (isOn, oneIn) = (random.next(below: 2) == 0, random.logUniform(usualChances(kind)))
      if isOn, venue == .exchange || !kind.isOfNetwork { rates[kind] = oneIn }
    }
    return rates
  }

  /// The same of the exchange's own faults.
  private static func venueRules(_ random: inout SplitMix64) -> [FaultRule] {
    var rules: [FaultRule] = []
    for (fault, target) in usualVenueFaults {
      let (isOn, oneIn) = (random.next(below: 4) == 0, random.logUniform(4...200))
      if isOn { rules.append(FaultRule(fault, on: target, .rate(micros: 1_000_000 / oneIn, most: 20))) }
    }
    return rules
  }

  /// The same of what a feed hears, from a stream of its own: the rest of a session is the same whatever its feed.
  private static func feedRules(_ seed: UInt64) -> [FaultRule] {
    var random = RandomStreams(seed: seed)["feed rules"]
    return usualFeedFaults.compactMap { fault, target in
      let (isOn, oneIn) = (random.next(below: 3) == 0, random.logUniform(4...100))
      return isOn ? FaultRule(fault, on: target, .rate(micros: 1_000_000 / oneIn, most: 20)) : nil
    }
  }

  /// The same of replacements.
  private static func replaceRules(_ seed: UInt64) -> [FaultRule] {
    var random = RandomStreams(seed: seed)["replace rules"]
    return usualReplaceFaults.compactMap { fault in
      let (isOn, oneIn) = (random.next(below: 4) == 0, random.logUniform(2...50))
      return isOn ? FaultRule(fault, on: .replace, .rate(micros: 1_000_000 / oneIn, most: 20)) : nil
    }
  }

  private static let usualReplaceFaults: [Rehearsal.FaultKind] = [
    .drop, .dropAfter, .timeout, .timeoutAfter, .halfCloseAfter, .delay, .delayAnswer, .fillBeforeCancel, .refuse,
    .hide,
  ]

  private static let usualFeedFaults: [(Rehearsal.FaultKind, FaultTarget)] = [
    (.skip, .klineClose), (.duplicateMessage, .klineClose), (.reorder, .klineClose), (.late, .klineClose),
    (.cutSockets, .klineClose), (.html, .klines), (.garbage, .klines), (.cut, .klines), (.delayAnswer, .klines),
    (.drop, .klines), (.drop, .time), (.delayAnswer, .time),
  ]

  /// Not among them: `duplicate` of an order, which no client can help.
  private static let usualVenueFaults: [(Rehearsal.FaultKind, FaultTarget)] = [
    (.refuse, .cancel), (.drop, .order), (.drop, .cancel), (.timeout, .order), (.timeout, .query), (.html, .request),
    (.rateLimit, .request), (.ban, .request), (.dropAfter, .order), (.dropAfter, .cancel), (.timeoutAfter, .order),
    (.timeoutAfter, .cancel), (.htmlAfter, .order), (.cut, .request), (.garbage, .request), (.delay, .order),
    (.delay, .cancel), (.delayAnswer, .order), (.delayAnswer, .query), (.hide, .order), (.fillBeforeCancel, .cancel),
    (.clockSkew, .request), (.skip, .userEvent), (.duplicateMessage, .userEvent), (.reorder, .userEvent),
    (.late, .userEvent), (.cutSockets, .userEvent), (.mute, .userEvent), (.serverShutdown, .userEvent),
    (.halfCloseAfter, .order), (.dropAfter, .account), (.html, .openOrders), (.timeout, .trades),
  ]

  /// Chances between two faults of a kind, from often to seldom.
  private static func usualChances(_ kind: Fault.Kind) -> ClosedRange<Int64> {
    switch kind {
    // Chances are requests and messages: some hundreds a session.
    case .requestLost, .answerLost, .requestLate, .answerSlow, .textSlow, .textRepeated:
      4...200
    case .connectionRefused: 2...50
    case .disconnected, .halfOpen: 30...600
    // Chances are steps: some thousands a session.
    case .clockJump: 200...4_000
    case .processKilled, .powerCut: 60...4_000
    case .diskError, .diskFull: 400...8_000
    case .killed: 300...6_000
    case .resumed, .rearmed: 100...2_000
    case .stopped: 2_000...20_000
    }
  }

  /// When the last bar that something is decided on is known.
  package var lastDecision: Timestamp {
    SessionPlan.marketStart.advanced(byNanos: Int64(barCount) * SessionPlan.intervalNanos)
  }

  /// When the run is asked to end.
  package var stopTime: Timestamp {
    lastDecision.advanced(byNanos: Int64(2 * SessionPlan.settlingCount + 1) * SessionPlan.intervalNanos / 2)
  }

  /// The same session where no process ever ends before its time.
  package var withoutRestarts: SessionPlan {
    var plan = self
    for kind in [Fault.Kind.processKilled, .powerCut, .diskError, .diskFull] { plan.rates[kind] = nil }
    return plan
  }

  /// The same session where an order whose absence is proved is still sent half a minute later, and so in the bar that it was meant for.
  package var resendingWithinBar: SessionPlan {
    var plan = self
    plan.yaml = yaml.replacing("stop_wait: 60 s}", with: "stop_wait: 60 s, resend_within: 50 s}")
    return plan
  }

  /// The same session where nothing rests at the exchange to protect positions.
  package var withoutRestingExits: SessionPlan {
    guard hasRestingExits, let line = yaml.split(separator: "\n").first(where: { $0.hasPrefix("exits: {") }) else {
      return self
    }
    var plan = self
    plan.yaml = yaml.replacing(line + "\n", with: "")
    return plan
  }

  /// The same session where orders that work are changed.
  package var amending: SessionPlan {
    var plan = self
    if !amends { plan.yaml = SessionPlan.amended(yaml, seed, always: true) ?? yaml }
    return plan
  }

  /// The same session where orders that work are cancelled and sent anew.
  package var withoutAmendments: SessionPlan {
    var plan = self
    plan.yaml = plainYAML
    return plan
  }

  /// One line for people.
  package var line: String {
    let on =
      Fault.Kind.allCases.compactMap { kind in rates[kind].map { "\(kind.rawValue) 1/\($0)" } }
      + venueRules.map { rule in
        guard case .rate(let micros, _) = rule.trigger else {
          return "\(rule.fault.rawValue) on \(rule.target.rawValue)"
        }
        return "\(rule.fault.rawValue) on \(rule.target.rawValue) 1/\(1_000_000 / max(micros, 1))"
      }
    return
      "seed \(seed): \(venue.rawValue)\(feed == .scripted ? "" : " with \(feed.rawValue)'s bars"), \(symbolCount) symbols, \(barCount) bars, "
      + (on.isEmpty ? "nothing goes wrong" : on.joined(separator: ", "))
  }
}

/// The profile.
extension SessionPlan {
  private static func profile(
    _ random: inout SplitMix64, venue: VenueKind, symbolCount: Int, cap: Int64, adopts: Bool,
    exits restingExits: String
  ) -> String {
    let mayBeShort = random.next(below: 2) == 0
    let calm = random.pick([1, 2, 3, 6, 12])
    let erratic = "  - erratic: {seed: \(random.next() >> 2), calm: \(calm), short: \(mayBeShort)}\n"
    let crossing = "  - sma_cross: {fast: 2, slow: 5}\n"
    let strategies = random.pick([erratic, erratic, erratic + crossing, crossing])
    // Quantities and prices of few digits: values and fees are exact in the exchange's eight decimals.
    let sizing = random.pick(["{shares: 2}", "{shares: 0.5}", "{notional: 5_000}"])
    let order = random.pick(["market", "market", "limit", "stop"])
    let lifetime = random.pick(["gtc", "gtc", "day", order == "limit" ? "ioc" : "gtc"])
    let offset = random.pick(["0", "3", "-2"])
    let wanted = random.pick(["", "", "exits: {stop_loss: 1 %, take_profit: 2 %}\n"])
    let exits = venue == .paper ? wanted : restingExits
    let share = random.pick(["none", "10 %", "50 %"])
    let slippage = random.pick(["none", "{ticks: 1}"])
    let fees = random.pick(["none", "{basis_points: 10}"])
    let lots = random.pick(["average", "fifo"])
    let breakers = random.pick([
      "", "", "  breakers:\n    - consecutive_losses: {threshold: 3, action: halt}\n",
      "  breakers:\n    - drawdown: {threshold: 1 bp, action: flatten}\n",
      "  breakers:\n    - drawdown: {threshold: 1 bp, action: reduce_only}\n",
    ])
    var text = """
      name: session
      universe: all
      currency: USDT
      cash: 1_000_000
      strategies:
      \(strategies)sizing: \(sizing)
      execution: {order: \(order), time_in_force: \(lifetime)\(order == "limit" ? ", limit_offset_ticks: \(offset)" : "")}
      \(exits)fills:
        volume_share: \(share)
        slippage: \(slippage)
        fees: \(fees)
      lots: \(lots)
      risk:
        allow_short: \(mayBeShort)
        require_cash: \(random.next(below: 2) == 0)
        max_position: \(cap)
      \(breakers)instance: session
      interval: 1 min
      feeds: [stdin]
      warmup: {bars: 4}
      submit: true

      """
    text += "instruments:\n"
    for symbol in 0..<symbolCount {
      text +=
        "  - {symbol: \(self.symbol(symbol)), class: crypto, currency: USDT, tick: 0.01, lot: 0.001, calendar: always}\n"
    }
    if venue == .exchange {
      text +=
        "venue: {name: binance, url: \"http://exchange\", stream: \"ws://exchange\", unknown_orders: halt, "
        + "unknown_positions: \(adopts ? "adopt" : "halt"), on_stop: \(random.pick(["cancel", "leave"])), stop_wait: 60 s}\n"
    }
    return text
  }

  /// What rests at the exchange to protect positions, from a stream of its own: the rest of a session is the same with and without.
  private static func restingExits(_ seed: UInt64) -> String {
    var random = RandomStreams(seed: seed)["resting exits"]
    if random.next(below: 3) > 0 { return "" }
    let distance = random.pick(["0.1 %", "0.5 %", "1 %", "3 %"])
    return random.pick([
      "exits: {stop_loss: \(distance)}\n", "exits: {take_profit: \(distance)}\n",
      "exits: {stop_loss: \(distance), take_profit: 0.7 %}\n",
    ])
  }

  /// The profile where orders that work are changed rather than cancelled and sent anew, from a stream of its own; nil where the seed says that they aren't.
  private static func amended(_ yaml: String, _ seed: UInt64, always: Bool) -> String? {
    var random = RandomStreams(seed: seed)["amendments"]
    if random.next(below: 3) > 0, !always { return nil }
    // Limits that rest for a while, and wishes that come often.
    let rebalances = random.next(below: 2) == 0
    let offset = random.pick([2, 10, 40, 100])
    let calm = random.pick([1, 1, 2])
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      if line.hasPrefix("execution: {") {
        return "execution: {order: limit, time_in_force: gtc, limit_offset_ticks: \(offset), replace: amend}"
      }
      if line.hasPrefix("sizing: {"), rebalances { return "\(line.dropLast()), rebalance: every_bar}" }
      guard line.hasPrefix("  - erratic: {"), let from = line.firstRange(of: "calm: ") else { return String(line) }
      return line[..<from.upperBound] + "\(calm)" + line[from.upperBound...].drop { $0.isNumber }
    }
    return lines.joined(separator: "\n")
  }

  /// Whether orders that work are changed.
  package var amends: Bool { yaml.contains(", replace: amend}") }
  /// Whether stops or targets rest at the exchange.
  package var hasRestingExits: Bool { venue == .exchange && yaml.contains("\nexits: {") }
  /// Whether nothing may be sold but what is held.
  package var isLongOnly: Bool { yaml.contains("allow_short: false") }

  package static func symbol(_ place: Int) -> String {
    let letter = { (number: Int) in String(UnicodeScalar(UInt8(65 + number))) }
    return letter(place / 26) + letter(place % 26) + "XUSDT"
  }
}

/// The market.
extension SessionPlan {
  /// A random walk of each symbol on its grid of ticks, one bar a minute; the last of a minute closes the slot.
  package var bars: [Bar] {
    var random = RandomStreams(seed: seed)["market"]
    var closes = (0..<symbolCount).map { _ in random.number(in: 5_000...40_000) }
    let temper: Int64 = random.pick([3, 20, 150])
    var bars: [Bar] = []
    for minute in 0..<(historyCount + barCount + SessionPlan.settlingCount) {
      let openTime = Timestamp(
        nanos: SessionPlan.marketStart.nanos + Int64(minute - historyCount) * SessionPlan.intervalNanos)
      for symbol in 0..<symbolCount {
        let open = max(closes[symbol] + random.number(in: -1...1), 100)
        let close = max(open + random.number(in: -temper...temper), 100)
        let high = max(open, close) + random.number(in: 0...temper)
        let low = max(min(open, close) - random.number(in: 0...temper), 50)
        closes[symbol] = close
        let cent = FixedPoint.unit / 100
        do throws(BarError) {
          bars.append(
            try Bar(
              instrument: InstrumentIndex(symbol), openTime: openTime, durationNanos: SessionPlan.intervalNanos,
              open: Price(nanos: open * cent), high: Price(nanos: high * cent), low: Price(nanos: low * cent),
              close: Price(nanos: close * cent),
              volume: Quantity(nanos: random.number(in: 5...200) * FixedPoint.unit), source: .synthetic,
              isHistorical: false, closesSlot: symbol == symbolCount - 1))
        } catch {
          preconditionFailure("the walk keeps the invariants of a bar: \(error)")
        }
      }
    }
    return bars
  }

  package static let catalog: StrategyCatalog = {
    do throws(CatalogError) { return try StrategyCatalog(adding: [ErraticStrategy.self]) } catch {
      preconditionFailure("no built-in strategy is called so: \(error)")
    }
  }()
}
