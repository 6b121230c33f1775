package import Core
package import Events
package import Market

extension Notice: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {}
}
extension Measurement: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {}
}
extension ExecutionReport: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
extension AccountAdopted: ReducibleInput {
  package func reduce(
    in engine: inout Engine, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) { try engine.reduce(self, time: time, sequence: sequence, into: &out) }
}
