// Goal: a run that goes on from a snapshot goes on from the state of its journal, and a snapshot that can't be that is left aside with its reason. Method: the
// snapshots of random runs, in one file and in several, each as the only one; damaged and foreign ones in front of a right one.
import Core
import Events
import Journal
import Market
import Runtime
import Strategies
import Testing

@Suite("Going on from a snapshot")
struct KeptSnapshotTests {
  private func kept(_ sequence: UInt64, _ bytes: [UInt8]?, _ path: String = "snapshot") -> KeptSnapshot {
    KeptSnapshot(sequence: sequence, path: path) { bytes }
  }

  private func state(_ point: borrowing ResumePoint) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 64 * 1024)
    point.engine.encodeState(into: &bytes)
    return bytes.array
  }

  private func bars(_ seed: UInt64, symbols: Int = 2) throws -> MemoryFile {
    try RunStage.journal(
      RunStage.walk(250, symbols: symbols, seed: seed, gap: 7), symbols: RunStage.symbols(symbols))
  }

  @Test(
    "comes to the state that the whole journal comes to, from each snapshot within it", arguments: [UInt64(1), 2, 4, 6])
  func everywhere(seed: UInt64) throws {
    let run = try RunStage.run(
      StageProfile.random(seed, symbols: RunStage.symbols(2)), over: try bars(seed), snapshotEvents: 50)
    let chain = try JournalChain(run.file)
    let whole = try ResumePoint(chain, catalog: .builtIn)
    #expect(whole.begin.snapshot == nil && run.snapshots.count > 5)
    for (sequence, bytes) in run.snapshots {
      let point = try ResumePoint(chain, catalog: .builtIn, kept: [kept(sequence, bytes)])
      #expect(point.begin.sequence == sequence && point.begin.refused.isEmpty)
      #expect(state(point) == state(whole) && point.end == whole.end && point.lastTime == whole.lastTime)
    }
  }

  @Test("comes to it from the snapshot that any file of several begins with, where it is the one that the file names")
  func acrossFiles() throws {
    let run = try RolledRun(StageProfile.cross, over: try bars(3), roll: .events(120))
    let chain = try JournalChain(run.files)
    let whole = try ResumePoint(chain, catalog: .builtIn)
    try #require(run.files.count > 4)
    for place in 1..<run.files.count {
      let sequence = chain.links[place].summary.firstSequence
      let point = try ResumePoint(chain, catalog: .builtIn, kept: [kept(sequence, run.starts[place])])
      #expect(point.begin.sequence == sequence && state(point) == state(whole))
    }
    // The state of another file, under this one's sequence.
    var wrong = try #require(run.starts[2])
    let right = try #require(run.starts[1])
    wrong.replaceSubrange(21..<29, with: right[21..<29])
    let sequence = chain.links[1].summary.firstSequence
    let point = try ResumePoint(chain, catalog: .builtIn, kept: [kept(sequence, wrong)])
    #expect(point.begin.snapshot == nil && point.begin.refused.count == 1 && state(point) == state(whole))
  }

  /// What can be wrong with a snapshot.
  enum Wrong: CaseIterable {
    case missing, cut, changed, otherVersion, otherRun, otherEvent

    func of(_ bytes: [UInt8], other: [UInt8]) -> [UInt8]? {
      var bytes = bytes
      switch self {
      case .missing: return nil
      case .cut: bytes.removeLast()
      case .changed: bytes[bytes.count / 2] ^= 1
      case .otherVersion: bytes[4] += 1
      case .otherRun: bytes[5] ^= 1
      case .otherEvent: return other
      }
      return bytes
    }
  }

  @Test(
    "leaves a snapshot aside that is not right, says why, and takes the next one or the first event",
    arguments: Wrong.allCases)
  func leftAside(_ wrong: Wrong) throws {
    let run = try RunStage.run(StageProfile.cross, over: try bars(8), snapshotEvents: 50)
    let chain = try JournalChain(run.file)
    let whole = try ResumePoint(chain, catalog: .builtIn)
    let (last, before) = (run.snapshots[run.snapshots.count - 1], run.snapshots[run.snapshots.count - 2])
    let bad = kept(last.sequence, wrong.of(last.bytes, other: before.bytes), "bad")
    let second = try ResumePoint(
      chain, catalog: .builtIn, kept: [bad, kept(before.sequence, before.bytes, "good")])
    #expect(second.begin.snapshot == "good" && second.begin.refused.map(\.path) == ["bad"])
    #expect(state(second) == state(whole))
    let first = try ResumePoint(chain, catalog: .builtIn, kept: [bad])
    #expect(first.begin.snapshot == nil && first.begin.refused.map(\.path) == ["bad"] && state(first) == state(whole))
  }

  @Test("asks for no snapshot behind the journal's end")
  func behindTheEnd() throws {
    let run = try RunStage.run(StageProfile.cross, over: try bars(8), snapshotEvents: 50)
    let chain = try JournalChain(run.file)
    let snapshot = KeptSnapshot(sequence: chain.summary.nextSequence + 1, path: "snapshot") {
      Issue.record("a snapshot of events that the journal doesn't have was read")
      return nil
    }
    let point = try ResumePoint(chain, catalog: .builtIn, kept: [snapshot])
    #expect(point.begin.snapshot == nil && point.begin.refused.isEmpty)
  }

  @Test("finds a state that the journal's events don't follow from, and replays from the first event")
  func otherState() throws {
    let run = try RunStage.run(StageProfile.cross, over: try bars(8), snapshotEvents: 50)
    let chain = try JournalChain(run.file)
    let place = run.snapshots.count / 2
    let (early, late) = (run.snapshots[place], run.snapshots[place + 1])
    var engine = try makeEngine(chain.started, path: "run.zst", catalog: .builtIn)
    _ = try Snapshot.decode(early.bytes, into: &engine, runID: chain.started.runID, path: "snapshot")
    // The earlier state under the later event: whole, of this run, and wrong.
    let forged = Snapshot.encode(engine, runID: chain.started.runID, sequence: late.sequence)
    let point = try ResumePoint(chain, catalog: .builtIn, kept: [kept(late.sequence, forged)])
    #expect(point.begin.snapshot == nil && point.begin.refused.count == 1)
    #expect(state(point) == state(try ResumePoint(chain, catalog: .builtIn)))
  }
}
