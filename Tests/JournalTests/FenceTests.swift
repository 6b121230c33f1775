// Goal: of two writers one writes. Method: a lock, a takeover without it, files put away under a writer; on the simulated disk and a real one.
import Events
import Glibc
import Market
import Simulation
import Testing

@testable import Journal

@Suite("Two writers")
struct FenceTests {
  @Test("the lock refuses a second writer, whatever it wants to do, and ends with the first")
  func locked() throws {
    let folder = "/tmp/engine-fence-\(getpid())"
    mkdir(folder, 0o755)
    defer {
      for name in ["run.zst", "run.zst.tail"] { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    let options = CrashTests.options
    for (disk, path) in [(PosixDisk() as any Disk, "\(folder)/run.zst"), (SimulatedDisk(), "run.zst")] {
      let lockedElsewhere = JournalError(path: path, fault: .lockedElsewhere)
      do {
        var first = try JournalWriter.create(path: path, disk: disk, options: options)
        try first.append(EventMix.anyBar)
        #expect(try first.commit() == 1)
        #expect(throws: lockedElsewhere) { _ = try JournalWriter.resume(path: path, disk: disk, options: options) }
        #expect(throws: lockedElsewhere) {
          _ = try JournalWriter.create(path: path, disk: disk, options: options, replacing: true)
        }
        #expect(throws: JournalError.self) { _ = try JournalWriter.create(path: path, disk: disk, options: options) }
      }
      let second = try JournalWriter.resume(path: path, disk: disk, options: options)
      #expect(second.nextSequence == 1)
    }
  }

  @Test("a writer that was superseded writes nothing more, and the other goes on to the same bytes")
  func superseded() throws { try FenceTests.takenOver(CrashTests.script()) }

  static func takenOver(_ script: JournalScript) throws {
    // Before the next commit, before a block is closed, before sealing.
    for end: UInt64 in [20, 40, 190] {
      let disk = SimulatedDisk()
      var first = try JournalWriter.create(path: JournalScript.path, disk: disk, options: script.options)
      try script.goOn(&first, on: disk, to: min(end, script.count) - 3, commits: false)
      try first.commit()
      var second = try JournalWriter.resume(
        path: JournalScript.path, disk: disk, options: script.options, takingOver: true)
      let before = [disk.content(of: JournalScript.path), disk.content(of: JournalScript.tailPath)]
      var refusal: JournalFault?
      do throws(JournalError) {
        try script.goOn(&first, on: disk, to: end, commits: false)
        try first.commit()
      } catch {
        refusal = error.fault
      }
      guard refusal == .superseded(epoch: 1, by: 2, owner: "test") else {
        throw Finding(description: "the first writer was not refused: \(String(describing: refusal))")
      }
      guard before == [disk.content(of: JournalScript.path), disk.content(of: JournalScript.tailPath)] else {
        throw Finding(description: "the first writer wrote")
      }
      var sealing: JournalFault?
      do throws(JournalError) { _ = try first.seal() } catch { sealing = error.fault }
      guard sealing == refusal else { throw Finding(description: "the first writer sealed") }
      try script.goOn(&second, on: disk, to: script.count)
      _ = try second.seal()
      guard disk.content(of: JournalScript.path) == script.sealed else {
        throw Finding(description: "other bytes at the end")
      }
    }
  }

  @Test("a writer whose files were put away or replaced writes nothing more", arguments: [false, true], [false, true])
  func replaced(isTail: Bool, isReplaced: Bool) throws {
    let script = try CrashTests.script()
    let disk = SimulatedDisk()
    let path = isTail ? JournalScript.tailPath : JournalScript.path
    var writer = try JournalWriter.create(path: JournalScript.path, disk: disk, options: script.options)
    try script.goOn(&writer, on: disk, to: 20)
    try disk.rename(path, to: "elsewhere")
    if isReplaced { _ = try disk.create(path, for: .reading, replacing: false) }
    let before = disk.operationCount
    #expect(throws: JournalError(path: path, fault: .replaced(path: path))) {
      try script.goOn(&writer, on: disk, to: 30)
    }
    #expect(disk.operationCount == before)
  }
}
