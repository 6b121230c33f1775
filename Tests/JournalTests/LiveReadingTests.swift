// Goal: reading and verifying a journal while it is written never takes a write under way for damage, and gives one state of it however long reading takes;
// and damaged pages in front of a tail's records are made whole by opening it. Method: a writer on a second thread in a real folder; every byte in turn.
import Dispatch
import Events
import Glibc
import Market
import Simulation
import Synchronization
import Testing

@testable import Journal

@Suite("Beside a writer")
struct LiveReadingTests {
  @Test("readers see whole states with everything that was acknowledged before they began, and nothing damaged")
  func live() throws {
    let folder = "/tmp/engine-live-\(getpid())"
    mkdir(folder, 0o755)
    let path = "\(folder)/run.zst"
    defer {
      for name in [path, path + ".tail"] { unlink(name) }
      rmdir(folder)
    }
    let script = try JournalScript(seed: 8, eventCount: 5_000, options: CrashTests.options)
    let acknowledged = Atomic<UInt64>(0)
    let isDone = Atomic<Bool>(false)
    // Rounds of reading that are over. Every so many commits the writer waits for a whole one, so that readers see many states of the journal on any machine.
    let looks = Atomic<UInt64>(0)
    let failure = Mutex<String?>(nil)
    var writer = try JournalWriter.create(path: path, options: script.options)
    try script.goOn(&writer, on: SimulatedDisk(), to: 1)
    let group = DispatchGroup()
    let made = Mutex<JournalWriter?>(consume writer)
    DispatchQueue(label: "writer").async(group: group) {
      made.withLock { writer in
        do {
          var end: UInt64 = 1
          var commits = 0
          while end < script.count, !isDone.load(ordering: .relaxed) {
            end = min(end + 7, script.count)
            try script.goOn(&writer!, on: SimulatedDisk(), to: end, commits: false)
            acknowledged.store(try writer!.commit(), ordering: .releasing)
            commits += 1
            if commits % 60 != 0 { continue }
            let seen = looks.load(ordering: .acquiring)
            while looks.load(ordering: .acquiring) < seen + 2, !isDone.load(ordering: .relaxed) { sched_yield() }
          }
        } catch { failure.withLock { $0 = "\(error)" } }
        writer = nil
      }
    }
    let file = try PosixFile.open(path: path)
    var sizes: Set<UInt64> = []
    var round = 0
    while round < 60 || (sizes.count <= 5 && failure.withLock { $0 } == nil) {
      defer {
        round += 1
        looks.add(1, ordering: .releasing)
      }
      let least = acknowledged.load(ordering: .acquiring)
      let report = try verifyJournal(file: file)
      #expect(report.isIntact, "round \(round): \(report.damage.map { "\($0)" } ?? "")")
      let reader = try JournalReader(file: file)
      #expect(reader.summary.nextSequence >= least)
      sizes.insert(reader.summary.nextSequence)
      // Opened again later, by the view that was taken: the same events, the same head.
      var block = DecodedBlock()
      var again = try JournalReader(file: file, view: reader.view)
      var chain = JournalHash.chainStart
      while try again.nextBlock(&block) { chain = JournalHash.chain(previous: chain, canonical: block.canonicalBytes) }
      #expect(chain == reader.summary.head)
    }
    #expect(sizes.count > 5)
    isDone.store(true, ordering: .relaxed)
    group.wait()
    #expect(failure.withLock { $0 } == nil)
  }

  @Test(
    "a changed byte in front of the records: verify names its page, opening makes it whole, and the old writer is refused"
  )
  func frontPages() throws {
    let tail = try OpenTail(CrashTests.script())
    for place in [0, 4, 9, 40, 300, 4096, 4100, 4107, 4120, 4600, 8192, 8201, 8230, 8300] {
      var changed = tail.bytes
      changed[place] ^= 2
      let disk = SimulatedDisk(files: [JournalScript.path: tail.journal, JournalScript.tailPath: changed])
      let file = try #require(try disk.open(JournalScript.path, for: .reading))
      let page = UInt64(place / 4096 * 4096)
      #expect(try verifyJournal(file: file).damage?.fault == .damagedTailPage(offset: page), "byte \(place)")
      do {
        let writer = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: tail.script.options)
        #expect(writer.nextSequence == tail.acknowledged)
      }
      #expect(try verifyJournal(file: file).isIntact, "byte \(place)")
      let image = TailImage(bytes: disk.content(of: JournalScript.tailPath) ?? [], path: "")
      // The first writer's epoch was 1, in the second slot.
      #expect(image.header?.epoch ?? 0 >= 2)
      try tail.script.resume(on: disk)
      #expect(disk.content(of: JournalScript.path) == tail.script.sealed)
    }
    // Neither header left: whoever wrote the records is passed by far.
    var changed = tail.bytes
    for place in 0..<8192 { changed[place] = place % 4096 < 100 ? 0xA5 : 0 }
    let disk = SimulatedDisk(files: [JournalScript.path: tail.journal, JournalScript.tailPath: changed])
    let file = try #require(try disk.open(JournalScript.path, for: .reading))
    #expect(try verifyJournal(file: file).damage?.fault == .damagedTailPage(offset: 0))
    try tail.script.resume(on: disk)
    #expect(disk.content(of: JournalScript.path) == tail.script.sealed)
  }

  @Test("an epoch passes every one that a lost header may have had, and takes that header's page")
  func epochs() {
    for (known, lost) in [(UInt64(1), 1), (4, 1), (5, 0), (7, 1)] {
      var bytes = [UInt8](repeating: 0, count: Int(TailFormat.recordsOffset))
      if known > 1 {
        let page = Array(TailHeader(epoch: known, owner: "").page().array)
        bytes.replaceSubrange(
          Int(TailFormat.headerOffset(epoch: known))..<Int(TailFormat.headerOffset(epoch: known)) + page.count,
          with: page)
      }
      let isOther = known == 1 || Int(known % 2) != lost
      bytes[lost * 4096 + 3] = 9
      let next = TailImage(bytes: bytes, path: "").nextEpoch(after: nil)
      // The lost one may have been the next after the one that is left.
      #expect(next > (isOther && known > 1 ? known + 1 : 1), "\(known), \(lost)")
      #expect(Int(next % 2) == lost)
    }
  }
}
