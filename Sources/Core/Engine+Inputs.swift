package import Events
package import Market

/// Inputs that say what may leave from now on.
extension Engine {
  /// Takes a kill: cancels everything and closes every position; only an operator's resume ends it.
  package mutating func reduce(
    _ kill: KillSwitch, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try pass(sequence, time, into: &out)
  }

  /// Takes a halt of trading, or its end.
  package mutating func reduce(
    _ halt: TradingHalt, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try pass(sequence, time, into: &out)
  }

  /// Takes a position that the venue reports otherwise.
  package mutating func reduce(
    _ difference: ReconciliationBreak, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try pass(sequence, time, into: &out)
  }
}
