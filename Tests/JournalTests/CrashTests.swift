// Goal: whatever the power takes at whatever moment, no acknowledged event is lost and none appears that nobody wrote. Method: one journal's life on
// a simulated disk, cut before each of its operations in every way a disk allows; then recovery itself cut in the same ways.
import Events
import Glibc
import Market
import Simulation
import Synchronization
import Testing

@testable import Journal

@Suite("Crashes")
struct CrashTests {
  static let isSoak = getenv("ENGINE_SOAK") != nil
  static let options: JournalOptions = {
    var options = JournalOptions(limits: BlockLimits(events: 40, rowBytes: 4_000))
    options.durability = .commit
    options.owner = "test"
    return options
  }()
  static func script(_ change: (inout JournalOptions) -> Void = { _ in }) throws -> JournalScript {
    var options = options
    change(&options)
    return try JournalScript(seed: 4, eventCount: 190, options: options)
  }

  @Test("an undisturbed run with a live tail ends in the bytes of one without, and leaves no tail", arguments: [1, 2])
  func undisturbed(threads: Int) throws {
    let script = try CrashTests.script { $0.threads = threads }
    let disk = SimulatedDisk()
    try script.run(on: disk)
    #expect(disk.content(of: JournalScript.path) == script.sealed)
    #expect(disk.paths == [JournalScript.path])
  }

  @Test("whatever goes wrong with the disk, nothing acknowledged is lost", arguments: CrashHunt.allCases)
  func hunt(_ hunt: CrashHunt) throws {
    var tally = CrashTally(seed: 11, share: CrashTests.isSoak ? 1 : hunt.share)
    try hunt.run(CrashTests.script(), &tally)
    tally.report("\(hunt)")
  }

  @Test("the same with blocks written on a second thread, and with only full blocks acknowledged")
  func otherOptions() throws {
    for change in [{ $0.threads = 2 }, { $0.durability = .block }] as [(inout JournalOptions) -> Void] {
      var tally = CrashTally(seed: 12, share: CrashTests.isSoak ? 1 : CrashHunt.everyOperation.share / 2)
      try CrashHunt.everyOperation.run(CrashTests.script(change), &tally)
      tally.report("everyOperation, other options")
    }
  }
}
