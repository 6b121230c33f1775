package import Core
package import Events
import Glibc
package import Journal
package import Market

/// The loop that every run is: an input is appended, reduced, and what follows from it is appended behind it.
///
/// It owns the journal and the state; nobody else writes either.
package struct RunLoop: ~Copyable {
  package var engine: Engine
  package var writer: JournalWriter
  /// False between two bars of one slot: only where it is true may the journal be rolled.
  package private(set) var isBetweenSlots = true
  /// The file that is being written.
  package let file: RunFile
  /// The files before it.
  package let sealed: [JournalSummary]
  package let start: RunStarted
  private let options: JournalOptions
  /// What the last input caused.
  private(set) var derived = EventBuffer()
  private var inputRow = EventBuffer(capacity: 4096)
  private let path: String

  /// Writes event 0 and takes over.
  package static func begun(
    engine: consuming Engine, start: RunStarted, time: Timestamp, into output: inout some RunOutput,
    options: JournalOptions
  ) throws(RunError) -> RunLoop {
    let file = RunFile(number: 1, firstSequence: 0, time: time)
    let writer = try output.begin(file, options)
    let path = writer.path
    var loop = RunLoop(
      engine: engine, writer: writer, start: start, file: file, sealed: [], path: path, options: options)
    try loop.appendStart(nil)
    return loop
  }

  /// Goes on behind the last event of a journal, in the state that replaying it gave.
  ///
  /// What its last input caused and a crash kept from the journal is appended first.
  /// - Parameter journal: with a file that is being written.
  package static func resumed(
    _ journal: consuming ResumedJournal, writer: consuming JournalWriter, options: JournalOptions
  ) throws(RunError) -> RunLoop {
    let (file, sealed) = (journal.file, journal.sealed)
    let point = journal.point
    let path = writer.path
    let (missing, count, isBetweenSlots) = (point.missing, point.missingCount, point.isBetweenSlots)
    let start = point.start
    var loop = RunLoop(
      engine: point.engine, writer: writer, start: start, file: file, sealed: sealed, path: path, options: options)
    loop.isBetweenSlots = isBetweenSlots
    try loop.append(missing: missing, count: count)
    return loop
  }

  /// Goes on behind the last event of a journal; where its last file is sealed, in the next one.
  ///
  /// - Parameter time: of the input that comes next.
  package static func resumed(
    _ journal: consuming ResumedJournal, at time: Timestamp, into output: inout some RunOutput, options: JournalOptions
  ) throws(RunError) -> RunLoop {
    var journal = journal
    if let writer = journal.writer.take() { return try resumed(journal, writer: writer, options: options) }
    let (file, sealed) = (journal.file, journal.sealed)
    let point = journal.point
    let start = point.start
    return try next(
      behind: file, sealed, engine: point.engine, start: start, at: time, into: &output, options: options)
  }

  private mutating func append(missing rows: [UInt8], count: Int) throws(RunError) {
    if count == 0 { return }
    var bytes = ByteBuffer(capacity: rows.count)
    bytes.append(rows)
    do throws(JournalError) { try writer.append(rows: bytes.bytes, count: count) } catch { throw .journal(error) }
  }

  /// Makes everything taken so far, and what it caused, durable.
  ///
  /// What leaves the process because of an event may leave only once this has returned a sequence behind that event.
  @discardableResult
  package mutating func commit() throws(RunError) -> UInt64 {
    let durable: UInt64
    do throws(JournalError) { durable = try writer.commit() } catch { throw .journal(error) }
    // What was promised is still there: enough for those who have to stop.
    if writer.isSpaceShort { throw .spaceShort(path: path) }
    return durable
  }

  private init(
    engine: consuming Engine, writer: consuming JournalWriter, start: RunStarted, file: RunFile,
    sealed: [JournalSummary], path: String, options: JournalOptions
  ) {
    self.engine = engine
    self.writer = writer
    self.start = start
    self.file = file
    self.options = options
    self.sealed = sealed
    self.path = path
  }

  /// Writes what every file of a run begins with.
  private mutating func appendStart(_ continued: JournalContinued?) throws(RunError) {
    inputRow.clear(nextSequence: file.firstSequence)
    inputRow.append(start, time: file.time)
    if let continued { inputRow.append(continued, time: file.time) }
    try appendInputRow()
  }

  /// Seals the journal and goes on in the next file, which begins with what was sealed and with the state.
  ///
  /// The sealed file is durable before the snapshot is written, and the snapshot before the next file is begun: whatever a crash leaves, a file
  /// that continues another finds what it names.
  /// - Parameter time: of the input that comes next.
  /// - Precondition: `isBetweenSlots`.
  package consuming func rolled(
    at time: Timestamp, into output: inout some RunOutput
  ) throws(RunError) -> RunLoop {
    let sequence = writer.nextSequence
    invariant(isBetweenSlots, "a journal is rolled between slots", Int64(clamping: sequence))
    let summary: JournalSummary
    do throws(JournalError) { summary = try writer.seal() } catch { throw .journal(error) }
    return try RunLoop.next(
      behind: file, sealed + [summary], engine: engine, start: start, at: time, into: &output, options: options)
  }

  /// Begins the file behind sealed ones.
  private static func next(
    behind file: RunFile, _ sealed: [JournalSummary], engine: consuming Engine, start: RunStarted, at time: Timestamp,
    into output: inout some RunOutput, options: JournalOptions
  ) throws(RunError) -> RunLoop {
    let summary = sealed[sealed.count - 1]
    let sequence = summary.nextSequence
    let snapshot = Snapshot.encode(engine, runID: start.runID, sequence: sequence)
    let stateDigest = RunIdentity.stateDigest(engine)
    let next = RunFile(number: file.number + 1, firstSequence: sequence, time: time)
    let continued = JournalContinued(
      previousHead: summary.head, previousEvents: summary.events, stateDigest: stateDigest, file: next.number)
    let nextWriter = try output.roll(to: next, snapshot: snapshot, options)
    let nextPath = nextWriter.path
    var loop = RunLoop(
      engine: engine, writer: nextWriter, start: start, file: next, sealed: sealed, path: nextPath,
      options: options)
    try loop.appendStart(continued)
    return loop
  }

  private mutating func appendInputRow() throws(RunError) {
    do throws(JournalError) { try writer.append(inputRow) } catch { throw .journal(error) }
  }

  private mutating func appendDerived() throws(RunError) {
    if derived.count == 0 { return }
    do throws(JournalError) { try writer.append(derived) } catch { throw .journal(error) }
  }

  /// Takes a bar: the hot path.
  @inline(__always)
  package mutating func take(_ bar: Bar) throws(RunError) {
    let sequence = writer.nextSequence
    do throws(JournalError) { try writer.append(bar) } catch { throw .journal(error) }
    isBetweenSlots = bar.closesSlot
    derived.clear(nextSequence: sequence + 1)
    do throws(ReduceError) {
      try engine.reduce(bar, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: path)
    }
    try appendDerived()
  }

  package mutating func take(_ input: Input) throws(RunError) {
    switch input {
    case .bar(let bar): try take(bar)
    case .corporateAction(let body, let time): try take(body, time)
    case .dataPoint(let body, let time): try take(body, time)
    case .timer(let body, let time): try take(body, time)
    case .command(let body, let time): try take(body, time)
    case .kill(let body, let time): try take(body, time)
    case .halt(let body, let time): try take(body, time)
    case .reconciliation(let body, let time): try take(body, time)
    case .report(let body, let time): try take(body, time)
    case .notice(let body, let time): try take(body, time)
    case .measurement(let body, let time): try take(body, time)
    case .adopted(let body, let time): try take(body, time)
    }
  }

  package mutating func take<Body: ReducibleInput>(_ body: Body, _ time: Timestamp) throws(RunError) {
    let sequence = writer.nextSequence
    inputRow.clear(nextSequence: sequence)
    inputRow.append(body, time: time)
    try appendInputRow()
    derived.clear(nextSequence: sequence + 1)
    do throws(ReduceError) {
      try body.reduce(in: &engine, time: time, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: path)
    }
    try appendDerived()
  }

  /// Shows each event that the last input caused, in order.
  package func eachDerived(_ body: (EventRow, UInt64) -> Void) { derived.eachRow(body) }

  /// What to tell whoever asked for the input that was taken last.
  ///
  /// - Parameters:
  ///   - word: what was asked for.
  ///   - sequence: of the input.
  package func receipt(_ word: String, sequence: UInt64, time: Timestamp, isDurable: Bool) -> ControlReceipt {
    ControlReceipt(
      word: word, sequence: sequence, time: time, isDurable: isDurable, causedCount: derived.count,
      alerts: alerts)
  }

  private var alerts: [AlertCode] {
    var codes: [AlertCode] = []
    derived.eachRow { row, sequence in
      if row.kind != Alert.kind { return }
      do throws(DecodeError) {
        codes.append(try row.decode(Alert.self, sequence: sequence).code)
      } catch {
        preconditionFailure("the reducer writes rows that can be read")
      }
    }
    return codes
  }

  /// How the run stands.
  package var status: RunStatus {
    RunStatus(
      start: start, process: getpid(), nextSequence: writer.nextSequence,
      durableSequence: writer.durableSequence, state: engine.describe())
  }

  /// How the run stands, with how much of each limit is used.
  var statusWithLimits: RunStatus {
    var status = status
    status.limits = engine.usedLimits.map { limit in
      let use = engine.use(of: limit)
      return RunStatus.LimitInUse(limit: limit, used: use.used, bound: use.limit)
    }
    return status
  }

  /// Ends the run: the feed's end, what follows from it, and the final state's digest.
  package mutating func end(_ reason: FeedEndReason, time: Timestamp) throws(RunError) {
    let sequence = writer.nextSequence
    try take(FeedEnded(reason: reason), time)
    try sayEnded(cause: sequence)
  }

  /// Writes the run's last word, which the feed's end causes.
  package mutating func sayEnded(cause sequence: UInt64) throws(RunError) {
    derived.clear(nextSequence: writer.nextSequence)
    derived.append(RunLoop.ended(engine), cause: sequence)
    try appendDerived()
  }

  /// The last event of a run in the state that `engine` is in.
  package static func ended(_ engine: borrowing Engine) -> RunEnded {
    RunEnded(
      stateDigest: RunIdentity.stateDigest(engine), bars: engine.counts.bars, warmingUp: engine.counts.warmingUp,
      signals: engine.counts.signals, refused: engine.counts.refused, cut: engine.counts.cut,
      orders: engine.counts.orders, fills: engine.counts.fills)
  }

  /// Seals the journal; gives all its files.
  package consuming func seal() throws(RunError) -> [JournalSummary] {
    do throws(JournalError) { return sealed + [try writer.seal()] } catch { throw .journal(error) }
  }
}

extension EventBuffer {
  /// Shows each row that the reducer has written, in order.
  func eachRow(_ body: (EventRow, UInt64) -> Void) {
    Runtime.eachRow(rows.bytes, from: nextSequence - UInt64(count), body)
  }
}

/// Shows each row of what a reducer has written.
func eachRow(_ bytes: UnsafeRawBufferPointer, from firstSequence: UInt64, _ body: (EventRow, UInt64) -> Void) {
  var reader = ByteReader(bytes)
  var sequence = firstSequence
  do throws(DecodeError) {
    while !reader.isAtEnd {
      body(try EventRow(&reader, sequence: sequence), sequence)
      sequence += 1
    }
  } catch {
    preconditionFailure("the reducer writes rows that can be read")
  }
}
