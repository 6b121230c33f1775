// Goal: a run's name depends on reducer version, profile and inputs, and never on anything else. The golden value was made with Python:
// hashlib.sha256(b"engine.run.v1" + struct.pack("<Q", 4) + sha256(b"profile") + sha256(b"inputs")).hexdigest()[:32]
import Core
import Journal
import Runtime
import Testing

@Suite("Run identity")
struct RunIdentityTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test("is what another program computes from the same three things")
  func golden() {
    let profile = RunIdentity.digest("profile")
    #expect(hex(profile) == "1900eab6c028483d7126599ee6f50de0d27907b5c65fa90524580b4b0f9852b0")
    // A new reducer version gives new names to all runs, and this test a new value.
    #expect(reducerVersion == 4)
    #expect(
      hex(RunIdentity.runID(profileDigest: profile, inputsDigest: RunIdentity.digest("inputs"), roll: nil))
        == "616e6f14c111c12bcc09ea97925d4f22")
  }

  @Test("changes with the profile's meaning and with the inputs, and not with its spelling, threads or snapshots")
  func dependsOnMeaning() throws {
    let bars = try RunStage.journal(RunStage.walk(40, seed: 1), symbols: ["S0"])
    let otherBars = try RunStage.journal(RunStage.walk(40, seed: 2), symbols: ["S0"])
    let text = StageProfile.cross
    let first = try RunStage.run(text, over: bars).result.runID
    #expect(first.count == 16)
    #expect(
      try RunStage.run("# a comment\n" + text + "snapshots: {every_events: 10}\njournal: {threads: 2}\n", over: bars)
        .result.runID == first)
    #expect(try RunStage.run(text.replacing("slow: 5", with: "slow: 6"), over: bars).result.runID != first)
    #expect(try RunStage.run(text, over: otherBars).result.runID != first)
  }

  @Test("names the journal by its canonical bytes: blocks of another size are other inputs")
  func inputsAreNamedByHead() throws {
    let walk = RunStage.walk(200, seed: 1)
    let small = try RunStage.journal(walk, symbols: ["S0"])
    let again = try RunStage.journal(walk, symbols: ["S0"])
    #expect(try JournalReader(file: small).summary.head == JournalReader(file: again).summary.head)
    let large = try RunStage.journal(walk, symbols: ["S0"], limits: .standard)
    #expect(try JournalReader(file: small).summary.head != JournalReader(file: large).summary.head)
  }
}
