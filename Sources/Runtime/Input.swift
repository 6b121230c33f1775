package import Core
package import Events
package import Market

/// One input on its way to the reducer.
package enum Input {
  case bar(Bar)
  case corporateAction(CorporateAction, Timestamp)
  case dataPoint(DataPoint, Timestamp)
  case timer(Timer, Timestamp)
  case command(OperatorCommand, Timestamp)
  case kill(KillSwitch, Timestamp)
  case halt(TradingHalt, Timestamp)
  case reconciliation(ReconciliationBreak, Timestamp)
  case report(ExecutionReport, Timestamp)
  case notice(Notice, Timestamp)
  case measurement(Measurement, Timestamp)
  case adopted(AccountAdopted, Timestamp)
}

extension Input {
  /// Decodes an input row; nil for the kinds that belong to a run itself: its start and end.
  package init?(_ row: EventRow, time: Timestamp, sequence: UInt64) throws(DecodeError) {
    switch row.kind {
    case BarObserved.kind: self = .bar(try row.decode(BarObserved.self, sequence: sequence).bar)
    case CorporateAction.kind: self = .corporateAction(try row.decode(sequence: sequence), time)
    case DataPoint.kind: self = .dataPoint(try row.decode(sequence: sequence), time)
    case Timer.kind: self = .timer(try row.decode(sequence: sequence), time)
    case OperatorCommand.kind: self = .command(try row.decode(sequence: sequence), time)
    case KillSwitch.kind: self = .kill(try row.decode(sequence: sequence), time)
    case TradingHalt.kind: self = .halt(try row.decode(sequence: sequence), time)
    case ReconciliationBreak.kind: self = .reconciliation(try row.decode(sequence: sequence), time)
    case ExecutionReport.kind: self = .report(try row.decode(sequence: sequence), time)
    case Notice.kind: self = .notice(try row.decode(sequence: sequence), time)
    case Measurement.kind: self = .measurement(try row.decode(sequence: sequence), time)
    case AccountAdopted.kind: self = .adopted(try row.decode(sequence: sequence), time)
    default: return nil
    }
  }
}

extension Input {
  /// The input that a request asks for; nil where it asks for none.
  package init?(_ request: ControlRequest, time: Timestamp) {
    switch request {
    case .kill(let kill): self = .kill(kill, time)
    case .command(let command): self = .command(command, time)
    case .status, .reconcile, .stop, .terminate: return nil
    }
  }

  package var time: Timestamp {
    switch self {
    case .bar(let bar): bar.knownAt
    case .corporateAction(_, let time), .dataPoint(_, let time), .timer(_, let time), .command(_, let time),
      .kill(_, let time), .halt(_, let time), .reconciliation(_, let time), .report(_, let time), .notice(_, let time),
      .measurement(_, let time), .adopted(_, let time):
      time
    }
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
extension KillSwitch: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension TradingHalt: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension ReconciliationBreak: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension ExecutionReport: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension Notice: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension Measurement: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension AccountAdopted: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
