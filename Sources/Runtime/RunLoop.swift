package import Core
package import Events
package import Journal
package import Market

/// The loop that every run is: an input is appended, reduced, and what follows from it is appended behind it.
///
/// It owns the journal and the state; nobody else writes either.
package struct RunLoop: ~Copyable {
  package var engine: Engine
  package var writer: JournalWriter
  /// What the last input caused.
  private var derived = EventBuffer()
  private var inputRow = EventBuffer(capacity: 4096)
  private let path: String

  /// Writes event 0 and takes over.
  package init(
    engine: consuming Engine, writer: consuming JournalWriter, start: RunStarted, time: Timestamp, path: String
  ) throws(RunError) {
    self.engine = engine
    self.writer = writer
    self.path = path
    inputRow.clear(nextSequence: 0)
    inputRow.append(start, time: time)
    try appendInputRow()
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
    }
  }

  private mutating func take<Body: ReducibleInput>(_ body: Body, _ time: Timestamp) throws(RunError) {
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

  /// Ends the run: the feed's end, what follows from it, and the final state's digest.
  package mutating func end(_ reason: FeedEndReason, time: Timestamp) throws(RunError) {
    let sequence = writer.nextSequence
    try take(FeedEnded(reason: reason), time)
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

  /// Seals the journal.
  package consuming func seal() throws(RunError) -> JournalSummary {
    do throws(JournalError) { return try writer.seal() } catch { throw .journal(error) }
  }
}

/// An input in row form that the reducer takes.
package protocol ReducibleInput: EventBody {
  func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError)
}

extension BarObserved: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(bar, sequence: sequence, into: &out) }
}
extension CorporateAction: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension DataPoint: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension Timer: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension OperatorCommand: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension FeedEnded: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
