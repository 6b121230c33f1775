import Events
import Foundation
import Journal
import Market
import Projections
import Runtime
import Strategies

/// Where a run's journal goes: each file is written under another name, and given its own when it is whole.
struct RunDestination: RunOutput {
  private let naming: Naming
  /// Under its own name and under the one that it has while it is written; nil before the run began, and for stdout.
  private var current: (path: String, partial: String)?
  /// Of the file that is being written.
  private var firstSequence: UInt64 = 0
  /// Whether the file that is being written was there before: whatever goes wrong, what is in it isn't this run's to remove.
  private var wasThere = false
  /// What reopening an unfinished journal kept and cut, in lines for people.
  private(set) var resumption: [String] = []
  /// The same run, where it was finished under this name before: there is nothing to go on with.
  private(set) var finished: (result: BacktestResult, paths: [String])?
  /// Whether the next file must not be there yet: it goes on behind files of another process.
  private var isNextNew = false
  /// Whether files that are there are no run to go on with, and may be written over.
  private var beginsAnew = false
  /// The finished files, in order.
  private var published: [String] = []
  private var snapshots: [String] = []
  /// Takes requests beside the journal, once the journal is this process's; nil where nobody asked for it.
  private let watch: KillWatch?
  /// Whether a live run writes it: it goes on from its newest snapshot, and keeps no more than it may need for that.
  private let isLive: Bool
  /// Where the replay of what is gone on with began.
  private(set) var replayBegin = ReplayBegin()
  /// The run's one name, whatever its files are called.
  private let path: String

  private enum Naming {
    case stdout
    case one(path: String)
    case rolled(RolledNames, JournalRoll)
  }

  /// - Parameter output: a path, `-` for stdout, or nil for `runs/NAME-RUNID.zst`; where the run rolls, what its files' names begin with.
  /// - Parameter inputs: paths of what the run reads, over which nothing is written.
  init(
    _ output: String?, name: String, runID: [UInt8], inputs: [String], roll: JournalRoll? = nil, replace: Bool,
    resumes: Bool = false, writesSnapshots: Bool = false, watch: KillWatch? = nil,
    isLive: Bool = false
  ) throws {
    self.watch = watch
    self.isLive = isLive
    if output == "-" {
      guard watch == nil else {
        throw Failure("--control needs a journal with a name to listen beside; --output - has none.")
      }
      path = "-"
      guard !writesSnapshots, roll == nil else {
        throw Failure("--snapshots and --roll need files beside each other; --output - has none.")
      }
      naming = .stdout
      return
    }
    let path = output ?? "runs/\(name)-\(Hex.text(Array(runID.prefix(6)))).zst"
    self.path = path
    if path.isEmpty { throw Failure("--output is empty; give a path, or `-` for stdout.") }
    // A default name holds the run's id, so what stands there already is the same run.
    let mayReplace = replace || output == nil
    if let roll {
      let names = RolledNames(path)
      let existing = names.existing()
      try InputGuard(inputs).check(existing.flatMap(InputGuard.names))
      if resumes, let first = existing.first {
        let ended = try ExistingRun.finished(existing, runID)
        if replace {
          // As with one file: what goes on is gone on with, and what is done, or of another run, is written anew.
          let isOther = try JournalArgument(text: first).chain().started.runID != runID
          beginsAnew = ended != nil || (isOther && names.unfinished().isEmpty)
        } else {
          finished = ended.map { ($0, existing) }
        }
      } else if !mayReplace, let first = existing.first {
        throw Failure(
          "\(first) exists already; choose another --output, or pass --resume to go on with the run, or --replace to write its files anew."
        )
      }
      if !replace {
        for path in names.unfinished() {
          try ExistingRun(path).refuseUnfinished(resumes: resumes, isDefaultName: output == nil)
        }
      }
      naming = .rolled(names, roll)
    } else {
      try InputGuard(inputs).check(InputGuard.names(of: path))
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        throw Failure("\(path) is no regular file; choose another --output, or `-` for stdout.")
      }
      if !replace {
        let existing = ExistingRun(path)
        if resumes {
          finished = try existing.finished(runID).map { ($0, [path]) }
        } else if output != nil {
          try existing.refuseFinished()
        }
        if finished == nil { try existing.refuseUnfinished(resumes: resumes, isDefaultName: output == nil) }
      }
      naming = .one(path: path)
    }
    if output == nil {
      do {
        try FileManager.default.createDirectory(atPath: "runs", withIntermediateDirectories: true)
      } catch {
        throw Failure("the folder runs can't be made: \(error.localizedDescription)")
      }
    }
  }

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    switch naming {
    case .stdout:
      do throws(JournalError) {
        return try JournalWriter(
          file: StreamFile(descriptor: 1), options: options, firstSequence: file.firstSequence)
      } catch {
        throw .journal(error)
      }
    case .one(let path): return try create(path, file, options)
    case .rolled(let names, let roll): return try create(names.path(of: file, roll), file, options)
    }
  }

  mutating func resume(
    _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal? {
    if case .rolled(let names, _) = naming { return try resume(names, start, options, catalog: catalog) }
    guard case .one(let path) = naming, FileManager.default.fileExists(atPath: path + ".partial") else { return nil }
    let partial = path + ".partial"
    let held: HeldJournal
    do throws(JournalError) { held = try HeldJournal(path: partial, options: options) } catch { throw .journal(error) }
    guard let journal = try ResumedJournal(held, start: start, catalog: catalog, kept: kept) else {
      let writer: JournalWriter
      do throws(JournalError) { writer = try JournalWriter.resume(held) } catch { throw .journal(error) }
      resumption = ["resumed   nothing: no event of \(partial) was safe, so the run begins anew"]
      noteCuts([writer.cutTail, writer.cutLiveTail])
      return nil
    }
    try takeUp(journal, path)
    return journal
  }

  /// Goes on with the last file of a run that rolls; where it is sealed, or has no event yet, behind it.
  private mutating func resume(
    _ names: RolledNames, _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal? {
    if beginsAnew { return nil }
    let done = names.existing()
    let files = done.map { UnheldFile(path: $0) }
    if let path = names.unfinished().last {
      let held: HeldJournal
      do throws(JournalError) {
        held = try HeldJournal(path: path + ".partial", options: options)
      } catch {
        throw .journal(error)
      }
      if let journal = try ResumedJournal(held, behind: files, start: start, catalog: catalog, kept: kept) {
        (published, snapshots) = (done, names.snapshots())
        try takeUp(journal, path)
        return journal
      }
      // Nothing is in it: it is begun again, by this process or, meanwhile, by another.
      do throws(FileError) {
        let disk = PosixDisk()
        for name in [JournalFormat.tailPath(of: path + ".partial"), path + ".partial"] { try disk.remove(name) }
        try disk.syncFolder(of: path)
      } catch {
        throw .file(error)
      }
    }
    if done.isEmpty { return nil }
    let journal = try ResumedJournal(behind: files, start: start, catalog: catalog, kept: kept)
    replayBegin = journal.point.begin
    resumption = ["resumed   behind \(done[done.count - 1]), which is whole, in another file"]
    (published, snapshots) = (done, names.snapshots())
    (wasThere, isNextNew) = (true, true)
    return journal
  }

  /// Takes over a file that is open behind its last event.
  private mutating func takeUp(_ journal: borrowing ResumedJournal, _ path: String) throws(RunError) {
    let partial = path + ".partial"
    replayBegin = journal.point.begin
    resumption = ["resumed   \(partial) behind event \(journal.nextSequence - 1)"]
    noteCuts(journal.cuts)
    current = (path, partial)
    firstSequence = journal.file.firstSequence
    wasThere = true
    try listen()
  }

  /// Where a replay may begin. A backtest counts the inputs of its feed from the first one on, so it begins there.
  private func kept(_ chain: JournalChain) -> [KeptSnapshot] { isLive ? SnapshotFiles.kept(chain) : [] }

  private mutating func noteCuts(_ cuts: [CutTail?]) {
    for cut in cuts.compactMap({ $0 }) {
      resumption.append(
        "cut       \(cut.bytes) bytes from byte \(cut.offset) of \(cut.path): a write that was not finished")
    }
  }

  mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter {
    guard case .rolled(let names, let roll) = naming else {
      preconditionFailure("only a run that rolls has more files")
    }
    try finish()
    let path = names.path(of: file, roll)
    try write(snapshot, to: Snapshot.path(journal: path, sequence: file.firstSequence))
    return try create(path, file, options)
  }

  mutating func write(snapshot: [UInt8], sequence: UInt64) throws(RunError) {
    guard let current else { return }
    try write(snapshot, to: Snapshot.path(journal: current.path, sequence: sequence))
    if isLive { try removeOldSnapshots() }
  }

  /// Keeps the newest two within the file, of which the older one counts where the newer is damaged, and the one that the file begins with.
  private mutating func removeOldSnapshots() throws(RunError) {
    guard let current else { return }
    let within = SnapshotFiles.beside(current.path).filter { $0.sequence > firstSequence }
    for (_, path) in within.dropFirst(2) {
      do throws(FileError) { try PosixDisk().remove(path) } catch { throw .file(error) }
      snapshots.removeAll { $0 == path }
    }
  }

  /// Gives the last file its name; returns the paths of all.
  mutating func publish() throws -> [String] {
    guard case .stdout = naming else {
      do throws(RunError) { try finish() } catch { throw Failure(error) }
      if case .rolled(let names, _) = naming {
        do throws(FileError) { try names.removeExisting(except: published, snapshots: snapshots) } catch {
          throw Failure(error)
        }
      }
      return published
    }
    return ["-"]
  }

  /// Removes what a failed run has written, and nothing that was there before it.
  func abandon() {
    if wasThere { return }
    if let current {
      unlink(current.partial)
      unlink(JournalFormat.tailPath(of: current.partial))
    }
    for path in published + snapshots { unlink(path) }
    // A removal that a power cut undoes brings back what nobody vouches for. What failed before is what is told.
    for path in [current?.path].compactMap({ $0 }) + published {
      do throws(FileError) { try PosixDisk().syncFolder(of: path) } catch { Failure.report("\(error)") }
    }
  }

  private mutating func create(
    _ path: String, _ file: RunFile, _ options: JournalOptions
  ) throws(RunError) -> JournalWriter {
    let partial = path + ".partial"
    let writer: JournalWriter
    do throws(JournalError) {
      writer = try JournalWriter.create(
        path: partial, options: options, firstSequence: file.firstSequence, replacing: !isNextNew)
    } catch {
      throw .journal(error)
    }
    isNextNew = false
    current = (path, partial)
    firstSequence = file.firstSequence
    try listen()
    return writer
  }

  /// The journal's lock is held from here on, so a socket that stands there and doesn't answer is a dead process's.
  private func listen() throws(RunError) {
    guard let watch else { return }
    do throws(ControlError) { try watch.listen(at: ControlClient.path(ofJournal: path)) } catch {
      throw .control(error)
    }
  }

  private mutating func finish() throws(RunError) {
    guard let current else { return }
    do throws(FileError) {
      try PosixFile.rename(current.partial, to: current.path)
    } catch {
      throw .file(error)
    }
    published.append(current.path)
    self.current = nil
  }

  /// Returns when the snapshot and its name are durable.
  private mutating func write(_ snapshot: [UInt8], to path: String) throws(RunError) {
    snapshots.append(path)
    do throws(FileError) {
      let file = try PosixFile.create(path: path, replacing: true)
      var failure: FileError?
      snapshot.withUnsafeBytes { raw in
        do throws(FileError) { try file.append(raw) } catch { failure = error }
      }
      if let failure { throw failure }
      try file.sync()
      try file.close()
    } catch {
      throw .file(error)
    }
  }
}
