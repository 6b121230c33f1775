import Core
import Events
import Journal
import Market
import Runtime
import Simulation

/// A restart from a snapshot must come to what one from the first event comes to: the state to its last byte, what is missing in the journal, and all that the desk, the
/// slots and the timers begin with.
enum RestartComparison {
  /// Also where it differs: with the disk as it is, the same journal is replayed from its first event.
  static func check(_ journal: borrowing ResumedJournal, disk: SimulatedDisk) throws(RunError) {
    let file: (any JournalFile)?
    do throws(FileError) { file = try disk.open(DiskOutput.path, for: .reading) } catch { throw .file(error) }
    guard let file else { preconditionFailure("a journal that was resumed is there") }
    let chain: JournalChain
    do throws(ChainError) { chain = try JournalChain(file) } catch { throw .chain(error) }
    let whole = try ResumePoint(chain, catalog: SessionPlan.catalog)
    var differences: [String] = []
    if state(journal.point.engine) != state(whole.engine) { differences.append("state") }
    if journal.point.missing != whole.missing || journal.point.missingCount != whole.missingCount {
      differences.append("missing events")
    }
    if journal.point.lastTime != whole.lastTime { differences.append("time") }
    if journal.point.isBetweenSlots != whole.isBetweenSlots { differences.append("slot") }
    if journal.point.end != whole.end { differences.append("end") }
    let history = try LiveHistory(chain, whole)
    if journal.history != history { differences.append("history") }
    if differences.isEmpty { return }
    throw .output("a restart from \(journal.point.begin.snapshot ?? "-") differs in \(differences)")
  }

  private static func state(_ engine: borrowing Engine) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 64 * 1024)
    engine.encodeState(into: &bytes)
    return bytes.array
  }
}
