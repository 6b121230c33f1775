// Goal: the crash tests would notice. Method: each deliberate bug that the journal can be given, and the hunt that must find it.
import Events
import Market
import Synchronization
import Testing

@testable import Journal

@Suite("Deliberate bugs")
struct DefectTests {
  private static let cases: [(JournalDefects, CrashHunt)] = [
    (.skipTailSync, .everyOperation), (.skipBlockSync, .everyOperation), (.skipFolderSync, .everyOperation),
    (.skipSealSync, .everyOperation), (.trustLength, .everyOperation), (.cutBeforeTail, .sealedReopened),
    (.skipCutSync, .sealedReopened), (.skipReopenSync, .killed), (.retrySync, .failing), (.goOnAfterFailure, .failing),
  ]

  @Test("each is found by its hunt", arguments: cases.indices)
  func found(place: Int) throws {
    let (defect, hunt) = DefectTests.cases[place]
    let script = try CrashTests.script { $0.defects = defect }
    var tally = CrashTally(seed: 21, share: defect == .trustLength ? 1 : 0.4, stopsAtFirst: true)
    try hunt.run(script, &tally)
    #expect(tally.lost > 0, "\(defect.rawValue) is not found by \(hunt)")
    print(
      "faults: deliberate bug \(defect.rawValue): \(hunt) found it with case \(tally.images): \(tally.findings.first ?? "")"
    )
  }

  @Test("a mark that is ignored lets a rotten last record pass, which the rot test notices")
  func ignoredMark() throws {
    let script = try CrashTests.script { $0.defects = .ignoreMark }
    let tail = try OpenTail(script)
    var tally = CrashTally(seed: 22, share: 1, stopsAtFirst: true)
    tail.flip(tail.records[tail.records.count - 1].lowerBound + 20, &tally)
    #expect(tally.lost == 1)
  }

  @Test("a fence that is not asked lets two writers write, which the fencing test notices")
  func skippedFence() throws {
    let script = try CrashTests.script { $0.defects = .skipFence }
    #expect(throws: Finding.self) { try FenceTests.takenOver(script) }
  }
}
