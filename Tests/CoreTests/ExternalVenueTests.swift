import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: whatever a real venue's reports do on their way, each of its fills is booked exactly once and each order ends exactly once.
/// Method: a model venue (`ExternalVenue`) that knows what it really did; profiles, inputs and the channel come from seeds, and after all reports have
/// arrived positions, cash and fees are compared with a sum over the venue's own trades.
@Suite("A venue outside")
struct ExternalVenueTests {
  static let runs = 240
  static let shards = 6

  @Test(
    "books each fill of a hostile channel once, ends each order once, and sells no more than is held, exits at rest included",
    arguments: 0..<shards)
  func booksOnce(_ shard: Int) throws {
    var (events, trades, orders, repeats, inferred, late) = (0, 0, 0, 0, 0, 0)
    var (protections, pairs, longOnly) = (0, 0, 0)
    var (replaced, unreplaced) = (0, 0)
    for run in stride(from: shard, to: Self.runs, by: Self.shards) {
      let seed = 0x00e7_0000 + UInt64(run)
      var profile = try RandomRisk(seed: seed, barCount: 120)
      if profile.hasSplits { continue }
      profile.configuration.venue = .external
      // Three in four protect what they hold, by a stop, a target or both; half of those may sell no more than is held.
      profile.configuration.exits =
        switch run / Self.shards % 4 {
        case 0: ProtectiveExits()
        case 1: ProtectiveExits(stopLossMicros: 1 + Int64(seed % 20_000))
        case 2: ProtectiveExits(takeProfitMicros: 1 + Int64(seed % 20_000))
        default: ProtectiveExits(stopLossMicros: 1 + Int64(seed % 20_000), takeProfitMicros: 5_000)
        }
      let isLongOnly = run / Self.shards % 4 != 0 && run / Self.shards / 4 % 2 == 0
      if isLongOnly { profile.configuration.risk.isShortAllowed = false }
      profile.configuration.friction = VenueFriction()
      profile.configuration.alternativeExecution = nil
      profile.configuration.amendsOrders = run % 2 == 0
      if !Engine.isWorkableOutside(profile.configuration.execution) {
        profile.configuration.execution.type = run % 2 == 0 ? .market : .limit
        profile.configuration.execution.trail = nil
        profile.configuration.execution.isPostOnly = false
        profile.configuration.exitExecution = nil
        profile.configuration.execution.hours = .run
      }
      var stage = try Stage(profile.configuration, profile.instruments)
      var venue = ExternalVenue(seed: seed, lots: profile.instruments.map(\.lotSize.nanos))
      var log = OrderLog()
      func take(_ input: StageInput) throws {
        try stage.take(input)
        events += 1 + stage.out.count
        let happenings = try stage.happenings()
        log.note(happenings)
        venue.take(happenings)
        try #require(stage.engine.ledgerBalances && stage.engine.sharesAddUp, "seed \(seed)")
      }
      var now = Timestamp(nanos: .min)
      for input in profile.inputs {
        if case .bar(let bar) = input {
          now = bar.knownAt
          try take(input)
          if bar.closesSlot {
            venue.trade(bar.instrument.position, at: bar.close.nanos)
            for report in venue.arrivals() { try take(.report(report, now)) }
          }
          if run % 5 == 0, bar.openTime.nanos % 7 == 0 {
            // A restart: the state from its bytes.
            var other = try Stage(profile.configuration, profile.instruments)
            try other.restore(stage.state(), nextSequence: stage.nextSequence)
            stage = other
          }
        } else if input.time >= now {
          now = input.time
          try take(input)
        }
      }
      while !venue.isIdle { for report in venue.arrivals(all: true) { try take(.report(report, now)) } }
      #expect(log.problems.isEmpty, "seed \(seed): \(log.problems.joined(separator: "; "))")
      compare(stage.engine.describe(), venue, profile, seed)
      if isLongOnly {
        #expect(venue.oversold == 0, "seed \(seed)")
        longOnly += 1
      }
      protections += venue.orders.values.count { $0.intent.purpose == .stopLoss || $0.intent.purpose == .takeProfit }
      pairs += venue.pairs
      replaced += venue.replaced
      unreplaced += venue.unreplaced
      trades += venue.trades.count
      orders += venue.orders.count
      repeats += venue.repeats
      inferred += venue.inferred
      late += venue.late
    }
    print(
      "external: shard \(shard): \(events) events, \(orders) orders, \(trades) trades, \(repeats) reports repeated, "
        + "\(inferred) fills inferred first, \(late) deliveries put off, \(protections) protective orders, \(pairs) pairs, "
        + "\(replaced) orders replaced, "
        + "\(unreplaced) not because the older had filled, \(longOnly) runs that may sell no more than is held")
    #expect(protections > 100 && pairs > 20)
    // Half of the runs change orders, which every second shard has.
    if shard % 2 == 0 { #expect(replaced > 10 && unreplaced > 0) }
    #expect(trades > 500 && repeats > 100 && inferred > 4 && late > 100)
  }

  private func compare(
    _ state: StateDescription, _ venue: ExternalVenue, _ profile: RandomRisk, _ seed: UInt64
  ) {
    var positions = [Int64](repeating: 0, count: profile.instruments.count)
    var cash = profile.configuration.initialCash
    var fees: Int128 = 0
    for trade in venue.trades {
      positions[trade.instrument] += trade.signed
      let multiplier = Int128(profile.instruments[trade.instrument].multiplierNanos / FixedPoint.unit)
      let exact = Int128(trade.signed) * Int128(trade.price) * multiplier
      cash -= exact / Int128(FixedPoint.unit) + Int128(trade.fee)
      fees += Int128(trade.fee)
    }
    for index in positions.indices {
      #expect(state.books[index].quantity.nanos == positions[index], "seed \(seed), instrument \(index)")
    }
    #expect(state.cash == cash, "seed \(seed)")
    #expect(state.fees == fees, "seed \(seed)")
  }
}

/// Follows orders through derived events alone: each is accepted once at most, ends once, and fills no more than it asked for.
struct OrderLog {
  private var isOver: Set<UInt64> = []
  private var accepted: Set<UInt64> = []
  private var intents: [UInt64: OrderIntent] = [:]
  private var filled: [UInt64: Int64] = [:]
  private(set) var problems: [String] = []

  mutating func note(_ happenings: [Happening]) {
    for happening in happenings {
      switch happening.body {
      case let intent as OrderIntent: intents[happening.sequence] = intent
      case let body as OrderAccepted:
        if !accepted.insert(body.order.sequence).inserted { problems.append("\(body.order.sequence) accepted twice") }
        if isOver.contains(body.order.sequence) { problems.append("\(body.order.sequence) accepted behind its end") }
      case let body as OrderCancelled: end(body.order.sequence)
      case let body as OrderExpired: end(body.order.sequence)
      case let body as OrderRejected: end(body.order.sequence)
      case let body as Fill:
        let id = body.order.sequence
        filled[id, default: 0] += body.quantity.nanos
        guard let intent = intents[id] else {
          problems.append("a fill of \(id), which nobody wanted")
          continue
        }
        if filled[id]! > intent.quantity.nanos { problems.append("\(id) filled beyond its quantity") }
        if filled[id]! == intent.quantity.nanos, !isOver.contains(id) { end(id) }
      default: break
      }
    }
  }

  private mutating func end(_ id: UInt64) {
    if !isOver.insert(id).inserted { problems.append("\(id) ended twice") }
  }
}
