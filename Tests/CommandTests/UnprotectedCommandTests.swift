// Goal: a person who kills or ends a live run learns what stands at the venue behind it, and a kill ends flat although the venue refuses.
// Method: the built program at its rehearsal exchange, with a position that a stop and a target protect there, neither of which the bars reach.
import Foundation
import Testing

@Suite("A live run whose position is protected at the venue")
struct UnprotectedCommandTests {
  private static func profile(_ rehearsal: LiveRehearsal) -> String {
    rehearsal.profile(keys: "{env: REHEARSAL}")
      .replacing("sma_cross: {fast: 1, slow: 2}", with: #"rules: {enter: "close > 1", exit: "close < 1"}"#)
      .replacing("sizing: {notional: 600}", with: "sizing: {notional: 600}\nexits: {stop_loss: 5 %, take_profit: 5 %}")
  }

  private static func keys(_ rehearsal: LiveRehearsal, submits: Bool = true) -> [String: String] {
    [
      "REHEARSAL_KEY": rehearsal.hmac.key, "REHEARSAL_SECRET": rehearsal.hmac.secret,
      "ALLOW_SUBMIT": submits ? "1" : "0",
    ]
  }

  /// A run with its stop and its target at the venue.
  private static func protected(_ rehearsal: LiveRehearsal) throws -> Process {
    let live = try rehearsal.begin("run", profile: profile(rehearsal), environment: keys(rehearsal))
    try rehearsal.await("run", live, "working_orders", atLeast: 2)
    // Both are acknowledged: nothing is without a stop any more.
    try rehearsal.awaitLine("! engine status run.zst | grep -q unprotected", "run", live)
    return live
  }

  /// How many orders of a status the exchange has.
  private static func count(_ rehearsal: LiveRehearsal, _ status: String) throws -> Int {
    let list = try rehearsal.stage.outcome("curl -s http://127.0.0.1:\(rehearsal.port)/rehearsal/book").output
    try #require(list.contains("orders"), "\(list)")
    return list.ranges(of: "\"\(status)\"").count
  }

  // Story: both cancels of a kill were refused once, and never sent again: stop, target and position stayed, bar after bar.
  @Test("is flat after a kill though the venue refuses its cancels at first")
  func killed() throws {
    let rehearsal = try LiveRehearsal(faults: "seed: 3\nfaults:\n  - {fault: refuse, on: cancel, at: [1, 2, 3]}\n")
    let live = try Self.protected(rehearsal)
    #expect(try rehearsal.stage.outcome("engine kill run.zst --reason test").code == 0)
    try rehearsal.await("run", live, logs: "flat_and_halted")
    live.terminate()
    live.waitUntilExit()
    let log = try rehearsal.text("run.err")
    #expect(live.terminationStatus == 6, "\(log.suffix(2_000))")
    #expect(log.ranges(of: "cancel_refused").count >= 3 && !log.contains("flatten_retried"), "\(log.suffix(4_000))")
    #expect(!(try rehearsal.text("run.out")).contains("NOT FLAT"))
    #expect(try Self.count(rehearsal, "NEW") == 0)
    #expect(try rehearsal.stage.outcome("engine replay run.zst.partial").code == 0)
  }

  @Test("says what is held without a stop when it ends and takes its stop back")
  func stopped() throws {
    let rehearsal = try LiveRehearsal()
    let live = try Self.protected(rehearsal)
    #expect(try rehearsal.stage.outcome("engine stop run.zst --reason test").code == 0)
    live.waitUntilExit()
    let said = try rehearsal.text("run.out")
    #expect(live.terminationStatus == 0, "\(said)")
    #expect(said.contains("BTCUSDT are held without a stop"), "\(said)")
    #expect(try Self.count(rehearsal, "NEW") == 0)
    #expect(try rehearsal.stage.outcome("engine replay run.zst").code == 0)
  }

  // Story: in monitor mode a kill cancelled stop and target for real, and withheld the sale that was to follow.
  @Test("sends nothing for a kill in monitor mode, says so, and closes when it is begun again with orders allowed")
  func watched() throws {
    let rehearsal = try LiveRehearsal()
    let live = try Self.protected(rehearsal)
    kill(live.processIdentifier, SIGKILL)
    live.waitUntilExit()
    let watching = try rehearsal.begin(
      "run", profile: Self.profile(rehearsal), environment: Self.keys(rehearsal, submits: false))
    try rehearsal.await("run", watching, logs: "code=reconciled")
    let told = try rehearsal.stage.outcome("engine kill run.zst --reason test")
    #expect(told.code == 1 && told.output.contains("NOT DONE"), "\(told.output)\(told.errors)")
    let status = try rehearsal.stage.outcome("engine status run.zst").output
    #expect(status.contains(#""withheld":true"#) && status.contains(#""working_orders":2"#), "\(status)")
    watching.terminate()
    watching.waitUntilExit()
    let said = try rehearsal.text("run.out")
    #expect(watching.terminationStatus == 6, "\(said)")
    #expect(said.contains("in monitor mode, so no order and no cancel was sent; 2 orders work on"), "\(said)")
    #expect(said.contains("NOT FLAT: 1 position is still open"), "\(said)")
    #expect(try Self.count(rehearsal, "NEW") == 2)
    let again = try rehearsal.begin("run", profile: Self.profile(rehearsal), environment: Self.keys(rehearsal))
    try rehearsal.await("run", again, logs: "flat_and_halted")
    again.terminate()
    again.waitUntilExit()
    #expect(try Self.count(rehearsal, "NEW") == 0)
    #expect(try rehearsal.stage.outcome("engine replay run.zst.partial").code == 0)
  }
}
