import Events
import GRDB
import Journal
import Market

/// Writes the rows of one run, from an event on, inside the caller's transaction.
///
/// Its own state is what the tables hold: it is read back before the first event and written behind the last, so a run read in
/// ten parts and one read at once leave the same rows.
struct RunProjection {
  private struct Position {
    var isKnown = false
    var quantity = Quantity.zero
    var costBasis: Int128 = 0
    var realised: Int128 = 0
    var fees: Int128 = 0
    var fills: Int64 = 0
  }

  private struct Counts {
    var bars: Int64 = 0
    var signals: Int64 = 0
    var orders: Int64 = 0
    var fills: Int64 = 0
  }

  private let database: Database
  private let context: RunContext
  private let runID: String
  private let journal: JournalChain
  /// Of the run's first file, within the folder.
  private let path: String
  private let from: UInt64
  private var positions: [Position]
  private var counts = Counts()
  private var startEquity: Int128?
  /// The last day's mark, and that of the day before.
  private var lastMark: (day: Int64, equity: Int128)?
  private var previousEquity: Int128?
  private var lastTime: Timestamp
  private var isComplete = false

  init(_ database: Database, _ journal: JournalChain, path: String, from: UInt64) throws {
    self.from = from
    self.path = path
    self.database = database
    self.journal = journal
    context = RunContext(journal)
    runID = context.runID
    lastTime = context.startedAt
    positions = Array(repeating: Position(), count: context.instrumentNames.count)
    if from == 0 { try insertRun() } else { try restore() }
  }

  mutating func run() throws {
    var reader = try ChainReader(journal)
    try reader.seek(toSequence: from)
    while let event = try reader.next() {
      lastTime = event.time
      try add(event)
    }
    try writePositions()
    try writeRun()
  }

  // MARK: What the tables already hold

  private func insertRun() throws {
    let started = context.started
    try database.execute(
      sql: """
        INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', 0, 0, 0, 0, NULL, NULL, NULL, NULL)
        """,
      arguments: [
        runID, path, started.mode.word, Int64(clamping: started.reducerVersion),
        Hex.text(started.profileDigest),
        Hex.text(started.inputsDigest), "\(started.currency)", started.strategies.joined(separator: " "),
        "\(context.startedAt)", "\(context.startedAt)",
      ])
    for (index, instrument) in started.instruments.enumerated() {
      try database.execute(
        sql: "INSERT INTO instruments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          runID, index, instrument.symbol, instrument.venue, instrument.assetClass.word, "\(instrument.currency)",
          "\(instrument.tickSize)", "\(instrument.lotSize)", FixedPoint.text(nanos: instrument.multiplierNanos),
          instrument.sector, instrument.calendar.word,
        ])
    }
  }

  private mutating func restore() throws {
    if let row = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE run_id = ?", arguments: [runID]) {
      counts = Counts(bars: row["bars"], signals: row["signals"], orders: row["orders"], fills: row["fills"])
      startEquity = (row["start_equity"] as String?).flatMap { ExactText.nanos($0) }
      isComplete = row["is_complete"]
    }
    for row in try Row.fetchAll(database, sql: "SELECT * FROM positions WHERE run_id = ?", arguments: [runID]) {
      let symbol: String = row["symbol"]
      guard let index = context.instrumentNames.firstIndex(of: symbol) else { continue }
      positions[index] = Position(
        isKnown: true, quantity: Quantity(nanos: Int64(amount(row, "quantity"))), costBasis: amount(row, "cost_basis"),
        realised: amount(row, "realised"), fees: amount(row, "fees"), fills: row["fills"])
    }
    let marks = try Row.fetchAll(
      database, sql: "SELECT as_of, equity FROM daily_equity WHERE run_id = ? ORDER BY day DESC LIMIT 2",
      arguments: [runID])
    if let last = marks.first {
      lastMark = (try Timestamp(last["as_of"] as String).utcDay, amount(last, "equity"))
      previousEquity = marks.count > 1 ? amount(marks[1], "equity") : startEquity
    }
  }

  private func amount(_ row: Row, _ column: String) -> Int128 {
    let text: String = row[column]
    guard let nanos = ExactText.nanos(text) else { preconditionFailure("runs.sqlite holds an amount it never wrote") }
    return nanos
  }

  private func writePositions() throws {
    for (index, position) in positions.enumerated() where position.isKnown {
      try execute(
        "INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [runID, context.instrumentNames[index]] + exact(position.quantity) + exact(position.costBasis)
          + exact(position.realised) + exact(position.fees) + [position.fills])
    }
  }

  private func writeRun() throws {
    try execute(
      """
      UPDATE runs SET path = ?, last_time = ?, is_complete = ?, events = ?, head = ?, bars = ?, signals = ?, orders = ?,
      fills = ?, start_equity = ?, start_equity_real = ?, final_equity = ?, final_equity_real = ? WHERE run_id = ?
      """,
      [
        path, "\(lastTime)", isComplete, Int64(journal.summary.events), Hex.text(journal.summary.head),
        counts.bars, counts.signals, counts.orders, counts.fills,
      ] + exact(startEquity) + exact(lastMark?.equity) + [runID])
  }

  // MARK: Events to rows

  private mutating func add(_ event: JournalEvent) throws {
    let sequence = Int64(event.sequence)
    // An import makes no decisions, so its last word is the feed's.
    isComplete = event.kind == (context.started.mode == .import ? FeedEnded.kind : RunEnded.kind)
    switch try event.anyBodyUnlessBar() {
    case nil: counts.bars += 1
    case is Signal: counts.signals += 1
    case let intent as OrderIntent: try add(intent, sequence, event)
    case let accepted as OrderAccepted: try set(accepted.order, "accepted", event.time, reason: nil, leaves: nil)
    case let rejected as OrderRejected:
      try set(rejected.order, "rejected", event.time, reason: rejected.reason.word, leaves: nil)
    case let cancelled as OrderCancelled:
      try set(cancelled.order, "cancelled", event.time, reason: cancelled.reason.word, leaves: cancelled.leaves)
    case let expired as OrderExpired:
      try set(expired.order, "expired", event.time, reason: nil, leaves: expired.leaves)
    case let reduced as OrderReduced: try reduce(reduced)
    case let fill as Fill: try add(fill, sequence, event)
    case let change as PositionChanged: try add(change, sequence, event)
    case let change as CashChanged:
      if startEquity == nil { startEquity = ReportRates(context.started).startCash ?? change.balance - change.amount }
    case let mark as EquityMarked: try add(mark)
    default: return
    }
  }

  private mutating func add(_ intent: OrderIntent, _ sequence: Int64, _ event: JournalEvent) throws {
    counts.orders += 1
    let order: [(any DatabaseValueConvertible)?] = [
      runID, sequence, context.clientOrderID(event.sequence), "\(event.time)", Int64(event.cause ?? 0),
      context.name(of: intent.instrument), intent.side.word, intent.type.word, intent.timeInForce.word,
      intent.purpose.word,
    ]
    try execute(
      "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'sent', ?, NULL, ?, ?)",
      order + exact(intent.quantity) + exact(intent.limitPrice) + exact(intent.stopPrice) + ["\(event.time)"]
        + exact(intent.quantity))
  }

  private func set(
    _ order: OrderID, _ status: String, _ time: Timestamp, reason: String?, leaves: Quantity?
  ) throws {
    let leavesText: [(any DatabaseValueConvertible)?] = leaves.map { exact($0) } ?? [nil, nil]
    try execute(
      """
      UPDATE orders SET status = ?, status_time = ?, reason = ?, leaves = coalesce(?, leaves),
      leaves_real = coalesce(?, leaves_real) WHERE run_id = ? AND sequence = ?
      """, [status, "\(time)", reason] + leavesText + [runID, Int64(order.sequence)])
  }

  /// The order works on as before, with another quantity left.
  private func reduce(_ reduced: OrderReduced) throws {
    try execute(
      "UPDATE orders SET leaves = ?, leaves_real = ? WHERE run_id = ? AND sequence = ?",
      exact(reduced.leaves) + [runID, Int64(reduced.order.sequence)])
  }

  private mutating func add(_ fill: Fill, _ sequence: Int64, _ event: JournalEvent) throws {
    counts.fills += 1
    let index = try position(fill.instrument, event)
    positions[index].fees += fill.fee
    positions[index].fills += 1
    let head: [(any DatabaseValueConvertible)?] = [
      runID, sequence, "\(event.time)", Int64(fill.order.sequence), Int64(fill.bar), context.name(of: fill.instrument),
      fill.side.word,
    ]
    try execute(
      "INSERT INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      head + exact(fill.quantity) + exact(fill.price) + exact(fill.fee) + exact(Int128(fill.slippage))
        + exact(fill.leaves) + [fill.liquidity.word, fill.rule.word])
    let status = fill.leaves == .zero ? "filled" : "partly_filled"
    try set(fill.order, status, event.time, reason: nil, leaves: fill.leaves)
  }

  private mutating func add(_ change: PositionChanged, _ sequence: Int64, _ event: JournalEvent) throws {
    let index = try position(change.instrument, event)
    positions[index].quantity = change.quantity
    positions[index].costBasis = change.costBasis
    positions[index].realised += change.realised
    try execute(
      "INSERT INTO position_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [runID, sequence, "\(event.time)", Int64(event.cause ?? 0), context.name(of: change.instrument)]
        + exact(change.quantity) + exact(change.costBasis) + exact(change.realised))
  }

  /// A later mark of the same UTC day takes the place of the earlier one.
  private mutating func add(_ mark: EquityMarked) throws {
    if startEquity == nil { startEquity = mark.equity }
    if let lastMark, lastMark.day != mark.asOf.utcDay { previousEquity = lastMark.equity }
    let pnl = mark.equity - (previousEquity ?? startEquity ?? mark.equity)
    lastMark = (mark.asOf.utcDay, mark.equity)
    let head: [(any DatabaseValueConvertible)?] = [runID, "\(mark.asOf.utcDate)", "\(mark.asOf)"]
    try execute(
      "INSERT OR REPLACE INTO daily_equity VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      head + exact(mark.equity) + exact(mark.cash) + exact(mark.grossExposure) + exact(mark.realised)
        + exact(mark.fees) + exact(pnl))
  }

  private mutating func position(_ instrument: InstrumentIndex, _ event: JournalEvent) throws -> Int {
    guard instrument.position < positions.count else {
      throw ProjectionError.decode(
        .valueOutOfRange(field: "instrument", value: Int64(instrument.rawValue)), sequence: event.sequence)
    }
    positions[instrument.position].isKnown = true
    return instrument.position
  }

  // MARK: Values

  private func execute(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
    try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
  }

  private func exact(_ nanos: Int128?) -> [(any DatabaseValueConvertible)?] {
    nanos.map { [FixedPoint.text(nanos: $0), ExactText.real($0)] } ?? [nil, nil]
  }

  private func exact(_ quantity: Quantity) -> [(any DatabaseValueConvertible)?] { exact(Int128(quantity.nanos)) }
  private func exact(_ price: Price?) -> [(any DatabaseValueConvertible)?] { exact(price.map { Int128($0.nanos) }) }
}

extension JournalEvent {
  fileprivate func anyBodyUnlessBar() throws(ProjectionError) -> (any EventBody)? {
    if case .bar = content { return nil }
    return try anyBody()
  }
}
