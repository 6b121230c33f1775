// Goal: whatever the power takes at whatever moment, no acknowledged event is lost and none appears that nobody wrote. Method: one journal's life on
// a simulated disk, cut before each of its operations in every way a disk allows; then recovery itself cut in the same ways.
import Events
import Glibc
import Market
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

  @Test("a crash at every operation, whatever it leaves, loses nothing acknowledged")
  func everyOperation() throws {
    let script = try CrashTests.script()
    let disk = SimulatedDisk()
    try script.run(on: disk)
    var tally = CrashTally(seed: 11)
    for moment in disk.history { tally.everyKind(of: moment, script) }
    tally.report("a crash at every operation")
  }
}

/// Counts what was tried, and keeps the first of what was found.
struct CrashTally {
  var images = 0
  var acknowledged: UInt64 = 0
  var lost = 0
  var findings: [String] = []
  var random: SplitMix64
  let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
  }

  mutating func everyKind(of moment: SimulatedDisk.Moment, _ script: JournalScript, finishes: Bool = true) {
    for damage in CrashDamage.kinds {
      for keepsNames in moment.hasPendingNames ? [false, true] : [true] {
        let disk = moment.crash(damage, keepsNames: keepsNames, random: &random)
        check(disk, script, "operation \(moment.number), \(damage), names \(keepsNames)", finishes: finishes)
      }
    }
  }

  mutating func check(_ disk: SimulatedDisk, _ script: JournalScript, _ label: String, finishes: Bool = true) {
    images += 1
    acknowledged += disk.state.withLock { $0.acknowledged }
    do {
      try script.check(disk, finishes: finishes)
    } catch {
      lost += 1
      if findings.count < 20 { findings.append("\(label): \(error)") }
    }
  }

  func report(_ title: String) {
    for finding in findings { Issue.record("\(title), seed \(seed): \(finding)") }
    print("\(title): images tried \(images), events acknowledged \(acknowledged), events lost \(lost) (seed \(seed))")
  }
}
