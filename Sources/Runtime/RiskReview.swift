package import Core
package import Events
package import Journal
package import Market
package import Strategies

/// How much of each limit a run used, what the gate cut and refused, and which breakers tripped: found by recomputing the run.
package struct RiskReview: Sendable {
  /// One limit: its use at the end of what was read, and at its worst.
  package struct Use: Sendable {
    package var limit: UsedLimit
    package var now: Int128
    package var bound: Int128
    package var worst: Int128
    /// The bound when the use was at its worst: shares of equity move.
    package var worstBound: Int128
    package var worstAt: Timestamp?
    /// The event after which it was at its worst.
    package var worstSequence: UInt64
  }

  /// Decisions of one outcome for one reason and scope.
  package struct Decisions: Hashable, Sendable {
    package var outcome: RiskOutcome
    package var reason: RiskReason
    package var scope: RiskScope
    package var count: UInt64
  }

  package struct Trip: Sendable {
    package var sequence: UInt64
    package var time: Timestamp
    package var event: BreakerTripped
    /// When it was armed again; nil where it is tripped still.
    package var rearmedAt: Timestamp?
  }

  /// A limit in force of whose use there is no sum, and how many decisions it made.
  package struct Rule: Hashable, Sendable {
    package var limit: LimitInForce
    package var decisions: UInt64
  }

  /// What a person said, or what killed the run from outside.
  package struct Command: Sendable {
    package var sequence: UInt64
    package var time: Timestamp
    package var word: String
    package var reason: String
  }

  /// Fills that closed and took net exposure over a cap.
  package struct NetOver: Hashable, Sendable {
    package var cap: Int64
    package var count: UInt64
    package var worst: Int64
    package var worstAt: Timestamp
    package var worstSequence: UInt64
  }

  package struct KillStep: Sendable {
    package var sequence: UInt64
    package var time: Timestamp
    package var event: KillAdvanced
  }

  package var start: RunStarted
  package var events: UInt64 = 0
  package var time = Timestamp(nanos: .min)
  package var uses: [Use] = []
  package var decisions: [Decisions] = []
  package var trips: [Trip] = []
  package var kills: [KillStep] = []
  package var rules: [Rule] = []
  package var commands: [Command] = []
  /// By cap, the smallest first.
  package var netOver: [NetOver] = []
  /// What the drawdown schedule makes of sizes at the end; nil where the profile has none.
  package var sizeScale: SizeScale?
  /// In force at the end, strictest first by account, strategies, instruments; those that are active are left out.
  package var states: [(subject: RiskSubject, state: TradingState)] = []
  /// Orders that a decision let pass, and decisions in all.
  package var orders: UInt64 = 0

  /// Looks a run over from its beginning.
  ///
  /// - Complexity: linear in events; each input that changes something measures every limit.
  package static func review(
    _ chain: JournalChain, catalog: StrategyCatalog, snapshot: (bytes: [UInt8], path: String)? = nil,
    progress: (UInt64, UInt64) -> Void
  ) throws(RunError) -> RiskReview {
    var engine = try makeReplayEngine(chain.started, path: chain.path, catalog: catalog)
    if let continued = chain.first.continued { try restore(&engine, to: continued, of: chain.first, from: snapshot) }
    var reader = try ChainReader.opened(chain)
    let profile = try makeProfile(chain.started, path: chain.path, catalog: catalog)
    var walk = Walk(
      review: RiskReview(start: chain.started), path: chain.path, limits: engine.usedLimits, profile: profile)
    var block = DecodedBlock()
    let total = chain.summary.events
    while try reader.nextBlockOfRun(&block) {
      try walk.take(block, &engine)
      progress(walk.review.events, total)
    }
    return walk.finished(engine)
  }

  init(start: RunStarted) { self.start = start }
}

/// Reduces a run's inputs again and keeps what the review tells.
private struct Walk: ~Copyable {
  var review: RiskReview
  private let path: String
  private let limits: [UsedLimit]
  private var derived = EventBuffer()
  private var counts: [RiskReview.Decisions: UInt64] = [:]
  private let profile: Profile
  /// Whose signals an input has caused, by their sequences.
  private var signals: [UInt64: Int] = [:]
  /// Decisions by a limit's scope and key.
  private var byLimit: [String: UInt64] = [:]

  init(review: RiskReview, path: String, limits: [UsedLimit], profile: Profile) {
    self.review = review
    self.profile = profile
    self.path = path
    self.limits = limits
    self.review.uses = limits.map {
      RiskReview.Use(limit: $0, now: 0, bound: 0, worst: 0, worstBound: 0, worstAt: nil, worstSequence: 0)
    }
  }

  mutating func take(_ block: borrowing DecodedBlock, _ engine: inout Engine) throws(RunError) {
    var sequence = block.firstSequence
    var barPosition = 0
    var rowOffset = 0
    for run in block.runs {
      for _ in 0..<run.count {
        review.events += 1
        if run.isBars {
          let bar = block.bars[barPosition]
          barPosition += 1
          derived.clear(nextSequence: sequence + 1)
          do throws(ReduceError) { try engine.reduce(bar, sequence: sequence, into: &derived) } catch {
            throw .reduce(error, path: path)
          }
          review.time = bar.knownAt
          try note(sequence, bar.closesSlot, engine)
        } else {
          try takeRow(block.rows, &rowOffset, sequence, &engine)
        }
        sequence += 1
      }
    }
  }

  private mutating func takeRow(
    _ rows: UnsafeRawBufferPointer, _ offset: inout Int, _ sequence: UInt64, _ engine: inout Engine
  ) throws(RunError) {
    let body: any EventBody
    let time: Timestamp
    do throws(DecodeError) {
      var reader = ByteReader(rows, offset: offset)
      let row = try EventRow(&reader, sequence: sequence)
      offset = reader.offset
      guard case .input(let own) = row.origin, row.kind != RunStarted.kind, row.kind != JournalContinued.kind else {
        return
      }
      time = own
      body = try row.decodeAny(sequence: sequence)
    } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
    guard let input = body as? any ReducibleInput else { return }
    if let command = body as? OperatorCommand {
      review.commands.append(
        RiskReview.Command(sequence: sequence, time: time, word: command.command.word, reason: command.reason))
    } else if let kill = body as? KillSwitch {
      review.commands.append(
        RiskReview.Command(sequence: sequence, time: time, word: "kill by \(kill.source.word)", reason: kill.reason))
    }
    derived.clear(nextSequence: sequence + 1)
    do throws(ReduceError) {
      try input.reduce(in: &engine, time: time, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: path)
    }
    review.time = time
    try note(sequence, true, engine)
  }

  /// Reads what an input caused, and measures where marks are known or something has changed.
  private mutating func note(_ sequence: UInt64, _ isSlotClosed: Bool, _ engine: borrowing Engine) throws(RunError) {
    var reader = ByteReader(derived.rows.bytes)
    var own = sequence + 1
    signals.removeAll(keepingCapacity: true)
    while !reader.isAtEnd {
      do throws(DecodeError) {
        let row = try EventRow(&reader, sequence: own)
        try note(row, own, engine)
      } catch {
        throw .decode(error, path: path, sequence: own)
      }
      own += 1
    }
    guard isSlotClosed || derived.count > 0 else { return }
    for place in limits.indices {
      let (used, bound) = engine.use(of: limits[place])
      review.uses[place].now = used
      review.uses[place].bound = bound
      if used > review.uses[place].worst {
        review.uses[place].worst = used
        review.uses[place].worstBound = bound
        review.uses[place].worstAt = review.time
        review.uses[place].worstSequence = sequence
      }
    }
  }

  private mutating func note(
    _ row: EventRow, _ sequence: UInt64, _ engine: borrowing Engine
  ) throws(DecodeError) {
    switch row.kind {
    case Signal.kind: signals[sequence] = Int(try row.decode(Signal.self, sequence: sequence).strategy)
    case Alert.kind:
      let alert = try row.decode(Alert.self, sequence: sequence)
      if alert.code == .netOverCap { note(alert, sequence) }
    case RiskDecision.kind:
      let decision = try row.decode(RiskDecision.self, sequence: sequence)
      let key = RiskReview.Decisions(
        outcome: decision.outcome, reason: decision.reason, scope: decision.scope, count: 0)
      counts[key, default: 0] += 1
      if decision.outcome != .passed, let limit = decision.reason.limit {
        let strategy: Int? = if case .derived(let cause) = row.origin { signals[cause] } else { nil }
        byLimit["\(scope(of: decision, strategy, engine)) \(limit)", default: 0] += 1
      }
      if decision.allowed != .zero { review.orders += 1 }
    case BreakerTripped.kind:
      let event = try row.decode(BreakerTripped.self, sequence: sequence)
      review.trips.append(RiskReview.Trip(sequence: sequence, time: review.time, event: event, rearmedAt: nil))
    case BreakerRearmed.kind:
      let event = try row.decode(BreakerRearmed.self, sequence: sequence)
      for place in review.trips.indices.reversed()
      where review.trips[place].rearmedAt == nil && review.trips[place].event.breaker == event.breaker
        && review.trips[place].event.subject == event.subject
      {
        review.trips[place].rearmedAt = review.time
      }
    case KillAdvanced.kind:
      let event = try row.decode(KillAdvanced.self, sequence: sequence)
      review.kills.append(RiskReview.KillStep(sequence: sequence, time: review.time, event: event))
    default: break
    }
  }

  /// Whose limit decided, as limits in force name it.
  private func scope(of decision: RiskDecision, _ strategy: Int?, _ engine: borrowing Engine) -> String {
    let index = decision.instrument.position
    return switch decision.scope {
    case _ where decision.reason == .selfCrossing: "account"
    case .account: decision.reason == .correlationCap ? "correlation" : "account"
    case .strategy: "strategy " + (strategy.map { profile.strategyName($0) } ?? "unknown")
    case .sector: "sector \(engine.sectorName(index))"
    case .symbol: review.start.instruments[index].symbol
    }
  }

  private mutating func note(_ alert: Alert, _ sequence: UInt64) {
    let place = review.netOver.firstIndex { $0.cap == alert.second }
    var entry =
      place.map { review.netOver[$0] }
      ?? RiskReview.NetOver(cap: alert.second, count: 0, worst: 0, worstAt: review.time, worstSequence: sequence)
    entry.count += 1
    if alert.first.magnitude > entry.worst.magnitude {
      (entry.worst, entry.worstAt, entry.worstSequence) = (alert.first, review.time, sequence)
    }
    if let place { review.netOver[place] = entry } else { review.netOver.append(entry) }
  }

  /// Limits in force of whose use nothing is measured.
  private var rules: [RiskReview.Rule] {
    let measured = Set(
      limits.map { limit in
        let subject =
          switch limit.scope {
          case .account: "account"
          case .strategy: "strategy " + (Int(limit.subject).map { profile.strategyName($0) } ?? limit.subject)
          case .sector: "sector \(limit.subject)"
          case .symbol: limit.subject
          }
        return "\(subject) \(limit.kind.word)"
      })
    return profile.limitsInForce.filter {
      !["breaker", "kill", "sessions"].contains($0.scope) && !measured.contains("\($0.scope) \($0.key)")
    }.map { RiskReview.Rule(limit: $0, decisions: byLimit["\($0.scope) \($0.key)"] ?? 0) }
  }

  consuming func finished(_ engine: borrowing Engine) -> RiskReview {
    var result = review
    result.decisions = counts.map { key, count in
      RiskReview.Decisions(outcome: key.outcome, reason: key.reason, scope: key.scope, count: count)
    }.sorted {
      ($0.outcome.rawValue, $0.reason.rawValue, $0.scope.rawValue) < (
        $1.outcome.rawValue, $1.reason.rawValue, $1.scope.rawValue
      )
    }
    result.states = engine.tradingStates
    result.sizeScale = engine.sizeScale
    result.rules = rules
    result.netOver.sort { $0.cap < $1.cap }
    return result
  }
}
