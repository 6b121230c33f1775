import Core
import Events
import Foundation
import Market
import Scenarios
import Testing
@Suite struct DebugTests {
  @Test func debug() throws {
    guard let seed = ProcessInfo.processInfo.environment["DSEED"].flatMap({ UInt64($0) }),
      let at = ProcessInfo.processInfo.environment["DAT"].flatMap({ Int($0) }) else { return }
    let back = ProcessInfo.processInfo.environment["DBACK"].flatMap({ Int($0) }) ?? 0
    let profile = try RandomRisk(seed: seed, barCount: 260)
    print("RISK", profile.configuration.risk); print("EXE", profile.configuration.execution, profile.configuration.sizing, profile.configuration.friction)
    var stage = try Stage(profile.configuration, profile.instruments)
    for (position, input) in profile.inputs.enumerated() {
      try stage.take(input)
      if position < at - back || position > at { continue }
      print("INPUT", position, input)
      for h in try stage.happenings() {
        var f = FieldList(); h.body.list(into: &f)
        print("  ", h.sequence, "<-", h.cause, type(of: h.body), f.fields.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
      }
      if position == at { print("SHARES", (0..<3).map { s in profile.instruments.indices.map { stage.engine.strategyShare(s, $0) } }); print("POS", stage.engine.describe().books.map { ($0.quantity, $0.orders.map { ($0.id.sequence, $0.side, $0.leaves, $0.purpose, $0.cancelReason) }) }) }
      
    }
  }
}
