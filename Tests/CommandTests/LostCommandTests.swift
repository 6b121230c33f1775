// Story: with the exchange gone a run whose minutes were over ended with 0; one whose keys were refused said that no bar had come, and ended with 4; and `engine
// reconcile` waited 30 s for an answer that nobody could give.
// Goal: a run ends with 5 where its venue is lost or never was there, with 4 where its feed is lost, and says why.
// Method: the built program at a rehearsal exchange that is ended, or given wrong keys.
import Foundation
import Testing

@Suite("A run that loses what it needs")
struct LostCommandTests {
  private func keys(_ rehearsal: LiveRehearsal) -> [String: String] {
    ["REHEARSAL_KEY": rehearsal.hmac.key, "REHEARSAL_SECRET": rehearsal.hmac.secret, "ALLOW_SUBMIT": "1"]
  }

  private func profile(_ rehearsal: LiveRehearsal) -> String {
    rehearsal.profile(keys: "{env: REHEARSAL}").replacing("stop_wait: 30 min", with: "stop_wait: 10 s")
  }

  @Test("ends with 5 where its venue is gone, and refuses to compare itself with what can't be reached")
  func venueGone() throws {
    let rehearsal = try LiveRehearsal()
    // One address says where all of the exchange is.
    let profile = profile(rehearsal).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("ws-api/v3") }.joined(separator: "\n")
      .replacing(", stream: \"ws://127.0.0.1:\(rehearsal.port)\"", with: "")
    #expect(!profile.contains("stream"))
    let live = try rehearsal.begin(
      "run", profile: profile, environment: keys(rehearsal),
      arguments: ["--i-accept-live-orders", "--minutes", "60"])
    try rehearsal.await("run", live, "fills", atLeast: 1)
    rehearsal.endExchange()
    try rehearsal.await("run", live, logs: "did not come up: could not connect: 127.0.0.1:.*: Connection refused")
    let table = try rehearsal.stage.outcome("engine reconcile run.zst")
    #expect(table.code == 2 && table.errors.contains("the venue can't be reached (a connection to ws://"), "\(table)")
    live.waitUntilExit()
    let said = try rehearsal.text("run.out")
    #expect(live.terminationStatus == 5, "\(said)")
    #expect(
      said.contains("its venue is lost (a connection to ws://") && said.contains("its minutes are over"), "\(said)")
  }

  @Test("ends with 5 where the venue refuses its keys, though its feed is there")
  func wrongSecret() throws {
    let rehearsal = try LiveRehearsal()
    var keys = keys(rehearsal)
    keys["REHEARSAL_SECRET"] = "wrong"
    let live = try rehearsal.begin(
      "run", profile: profile(rehearsal), environment: keys, arguments: ["--i-accept-live-orders", "--minutes", "6"])
    live.waitUntilExit()
    let said = try rehearsal.text("run.out")
    #expect(live.terminationStatus == 5, "\(said)")
    #expect(said.contains("its venue is lost") && said.contains("-1022"), "\(said)")
    let log = try rehearsal.text("run.err")
    #expect(log.components(separatedBy: "request_refused").count == 2, "told once: \(log)")
  }

  @Test("on paper ends with 4 where its feed is gone while its market is open")
  func feedGone() throws {
    let rehearsal = try LiveRehearsal()
    let paper = try rehearsal.begin(
      "run", "paper", profile: profile(rehearsal), environment: [:], arguments: ["--minutes", "40"])
    try rehearsal.await("run", paper, "fills", atLeast: 1)
    rehearsal.endExchange()
    paper.waitUntilExit()
    let said = try rehearsal.text("run.out")
    #expect(paper.terminationStatus == 4, "\(said)")
    #expect(said.contains("its feed is lost (no fresh bar came for its last "), "\(said)")
  }
}
