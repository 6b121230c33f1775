import Events
import Market
import Simulation
import Synchronization
import Testing

@testable import Journal

/// Counts what was tried, and keeps the first of what was found.
struct CrashTally {
  var images = 0
  var acknowledged: UInt64 = 0
  var lost = 0
  var findings: [String] = []
  var random: SplitMix64
  let seed: UInt64
  /// Which part of the cases is tried; the others are left out by chance.
  let share: Double
  /// Whether one finding is enough.
  let stopsAtFirst: Bool

  init(seed: UInt64, share: Double, stopsAtFirst: Bool = false) {
    self.seed = seed
    self.share = share
    self.stopsAtFirst = stopsAtFirst
    random = SplitMix64(seed: seed)
  }

  var isDone: Bool { stopsAtFirst && lost > 0 }

  /// True for `share` of the calls, or a part of that.
  mutating func picks(_ part: Double = 1) -> Bool {
    Double(random.next(below: 1 << 30)) < share * part * Double(1 << 30)
  }

  mutating func everyKind(of moment: SimulatedDisk.Moment, _ script: JournalScript, _ label: String = "") {
    for damage in CrashDamage.kinds {
      for keepsNames in moment.hasPendingNames ? [false, true] : [true] where picks() && !isDone {
        let disk = moment.crash(damage, keepsNames: keepsNames, random: &random)
        check(disk, script, "\(label) operation \(moment.number), \(damage), names \(keepsNames)")
      }
    }
  }

  mutating func check(_ disk: SimulatedDisk, _ script: JournalScript, _ label: String) {
    let finishes = (share >= 1 && random.next(below: 2) == 0) || random.next(below: 8) == 0
    count(disk, label) { () throws in try script.check(disk, finishes: finishes) }
  }

  mutating func count(_ disk: SimulatedDisk, _ label: String, _ work: () throws -> Void) {
    images += 1
    acknowledged += disk.state.withLock { $0.acknowledged }
    do {
      try work()
    } catch {
      lost += 1
      if findings.count < 12 { findings.append("\(label): \(error)") }
    }
  }

  func report(_ title: String) {
    for finding in findings { Issue.record("\(title), seed \(seed): \(finding)") }
    #expect(images > 0)
    print(
      "faults: \(title): cases tried \(images), events acknowledged \(acknowledged), events lost \(lost) (seed \(seed), share \(share))"
    )
  }
}
