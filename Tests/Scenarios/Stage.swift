package import Core
package import Events
package import Market
import Strategies

/// Something that can go into an engine.
package enum StageInput: Sendable {
  case bar(Bar)
  case action(CorporateAction, Timestamp)
  case timer(Timestamp)
  case command(OperatorCommandType, Timestamp)
  case kill(KillSource, Timestamp)
  case halt(TradingHalt, Timestamp)
  case reconciliation(ReconciliationBreak, Timestamp)
  case report(ExecutionReport, Timestamp)
  case adopted(AccountAdopted, Timestamp)
  /// The clock's reading, at the time of the last input.
  case clock(Timestamp, Timestamp)
  case point(DataPoint, Timestamp)
  case end(Timestamp)
}

extension StageInput {
  package var time: Timestamp {
    switch self {
    case .bar(let bar): bar.knownAt
    case .action(_, let time), .timer(let time), .command(_, let time), .kill(_, let time), .halt(_, let time),
      .reconciliation(_, let time), .report(_, let time), .adopted(_, let time), .clock(_, let time),
      .point(_, let time),
      .end(let time):
      time
    }
  }
}

/// A derived event with its place.
package struct Happening {
  package var sequence: UInt64
  package var cause: UInt64
  package var body: any EventBody
}

/// An engine with its sequence counter and output buffer: what the runtime does around the reducer, without a journal.
package struct Stage: ~Copyable {
  package var engine: Engine
  package private(set) var nextSequence: UInt64 = 1
  package private(set) var out = EventBuffer()

  package init(_ configuration: RunConfiguration, _ instruments: [Instrument]) throws {
    engine = try Engine(
      configuration: configuration, instruments: instruments, catalog: StrategyCatalog(adding: [ScriptedStrategy.self]))
  }

  /// Feeds one input; what followed is in `out`.
  package mutating func take(_ input: StageInput) throws(ReduceError) {
    let sequence = nextSequence
    out.clear(nextSequence: sequence + 1)
    switch input {
    case .bar(let bar): try engine.reduce(bar, sequence: sequence, into: &out)
    case .action(let action, let time): try engine.reduce(action, time: time, sequence: sequence, into: &out)
    case .timer(let time): try engine.reduce(Timer(number: 0), time: time, sequence: sequence, into: &out)
    case .command(let command, let time):
      try engine.reduce(OperatorCommand(command: command, reason: "test"), time: time, sequence: sequence, into: &out)
    case .kill(let source, let time):
      try engine.reduce(KillSwitch(source: source, reason: "test"), time: time, sequence: sequence, into: &out)
    case .halt(let halt, let time): try engine.reduce(halt, time: time, sequence: sequence, into: &out)
    case .reconciliation(let difference, let time):
      try engine.reduce(difference, time: time, sequence: sequence, into: &out)
    case .report(let report, let time): try engine.reduce(report, time: time, sequence: sequence, into: &out)
    case .adopted(let adopted, let time): try engine.reduce(adopted, time: time, sequence: sequence, into: &out)
    case .clock(let reading, let time):
      try engine.reduce(Timer(number: 0, reading: reading), time: time, sequence: sequence, into: &out)
    case .point(let point, let time): try engine.reduce(point, time: time, sequence: sequence, into: &out)
    case .end(let time): try engine.reduce(FeedEnded(reason: .exhausted), time: time, sequence: sequence, into: &out)
    }
    nextSequence = out.nextSequence
  }

  /// The derived events of the last input, decoded.
  package func happenings() throws -> [Happening] {
    var reader = ByteReader(out.rows.bytes)
    var sequence = out.nextSequence - UInt64(out.count)
    var happenings: [Happening] = []
    while !reader.isAtEnd {
      let row = try EventRow(&reader, sequence: sequence)
      guard case .derived(let cause) = row.origin else { throw DecodeError.inconsistent("a derived row is derived") }
      happenings.append(Happening(sequence: sequence, cause: cause, body: try row.decodeAny(sequence: sequence)))
      sequence += 1
    }
    return happenings
  }

  package func state() -> [UInt8] {
    var buffer = ByteBuffer()
    engine.encodeState(into: &buffer)
    return buffer.array
  }

  /// Goes on from a state's bytes.
  package mutating func restore(_ bytes: [UInt8], nextSequence: UInt64) throws(DecodeError) {
    self.nextSequence = nextSequence
    var failure: DecodeError?
    bytes.withUnsafeBytes {
      var reader = ByteReader($0)
      do throws(DecodeError) {
        try engine.decodeState(&reader)
        try reader.requireEnd()
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
