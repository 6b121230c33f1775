package import Events
package import Journal
package import Market
package import Strategies

/// One of the files that a run's journal consists of.
package struct RunFile: Hashable, Sendable {
  /// Counted from 1.
  package var number: UInt64
  package var firstSequence: UInt64
  /// Of its first input.
  package var time: Timestamp
}

/// Where a run's events go: one file, or where it rolls, one behind the other.
package protocol RunOutput {
  /// A new journal for the run's first events.
  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter
  /// The journal that an earlier run with the same output left unfinished, opened behind its last event; nil where there is none. Where files roll, the
  /// last one, or none where all there are, are sealed.
  ///
  /// - Parameter start: what it must begin with.
  /// - Throws: `otherRun` where it begins with something else; then nothing was changed.
  mutating func resume(
    _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal?
  /// A new journal behind the one that was begun last and is sealed now.
  ///
  /// What was sealed is durable under its own name, then `snapshot`, the state at the end of it, is durable beside the next file's name, and
  /// only then the next file is made.
  mutating func roll(to file: RunFile, snapshot: [UInt8], _ options: JournalOptions) throws(RunError) -> JournalWriter
  /// Keeps the state before event `sequence` beside the file that was begun last.
  mutating func write(snapshot: [UInt8], sequence: UInt64) throws(RunError)
}

/// An unfinished journal, opened behind its last event, and the state that it ends in.
package struct ResumedJournal: ~Copyable {
  /// Nil where every file that there is, is sealed: a crash came between a seal and the next file's first events.
  package var writer: JournalWriter?
  package var point: ResumePoint
  /// The file that is being written, or the last one.
  package let file: RunFile
  /// The files that are done.
  package let sealed: [JournalSummary]
  /// All files, as they were opened.
  let chain: JournalChain

  /// Of the next event.
  package let nextSequence: UInt64
  /// What a live run has to know of the journal besides the state; nil for a backtest's, which needs nothing of it.
  package let history: LiveHistory?
  /// What opening it cut off: writes that a crash broke off.
  package let cuts: [CutTail]

  /// Of the file that is being written.
  var path: String? {
    switch writer {
    case .some(let writer): writer.path
    case .none: nil
    }
  }

  private init(
    writer: consuming JournalWriter?, point: consuming ResumePoint, chain: JournalChain, history: LiveHistory?,
    nextSequence: UInt64, cuts: [CutTail] = []
  ) {
    (self.nextSequence, self.history, self.cuts) = (nextSequence, history, cuts)
    self.chain = chain
    let last = chain.last
    file = RunFile(
      number: last.continued?.file ?? 1, firstSequence: last.summary.firstSequence, time: last.startedAt)
    let all = chain.links.map(\.summary)
    sealed = writer == nil ? all : all.dropLast()
    self.writer = writer
    self.point = point
  }

  /// Goes on behind sealed files, none of which is changed: the next one is still to be begun.
  ///
  /// - Precondition: there is at least one.
  /// - Parameter kept: snapshots within the chain that the replay may begin at, the newest first.
  /// - Throws: `otherRun`, `resumeDiverges`, `runEnded`, and where a file is missing.
  package init(
    behind files: [any JournalFile], start: RunStarted, catalog: StrategyCatalog,
    kept: (JournalChain) -> [KeptSnapshot] = { _ in [] }
  ) throws(RunError) {
    let chain: JournalChain
    do throws(ChainError) { chain = try JournalChain(files) } catch { throw .chain(error) }
    guard chain.started == start else { throw .otherRun(path: chain.path) }
    let point = try ResumePoint(chain, catalog: catalog, kept: kept(chain))
    guard point.end == .open else { throw .runEnded(path: chain.last.path) }
    let history = try LiveHistory(chain, point)
    self.init(writer: nil, point: point, chain: chain, history: history, nextSequence: chain.summary.nextSequence)
  }

  /// Opens the unfinished journal of a run: only once it is known to be that run's, and to hold what its inputs give, it is changed.
  ///
  /// - Parameters:
  ///   - files: those before it, where it is the last of several.
  ///   - start: what it must begin with; nil for whatever it begins with.
  ///   - snapshot: the state that it begins in, where the files before it are not given.
  ///   - kept: snapshots within the chain that the replay may begin at, the newest first.
  /// - Throws: `otherRun`, `resumeDiverges`, and where a file is missing; then the files are as they were. Nil where no event is in it.
  package init?(
    _ held: HeldJournal, behind files: [any JournalFile] = [], start: RunStarted?, catalog: StrategyCatalog,
    snapshot: (JournalChain.Link) -> (bytes: [UInt8], path: String)? = { _ in nil },
    kept: (JournalChain) -> [KeptSnapshot] = { _ in [] }
  ) throws(RunError) {
    let isEmpty: Bool
    do throws(JournalError) { isEmpty = try JournalReader(file: held.file).summary.events == 0 } catch {
      throw .journal(error)
    }
    if isEmpty { return nil }
    var chain: JournalChain
    do throws(ChainError) { chain = try JournalChain(files + [held.file]) } catch { throw .chain(error) }
    guard start == nil || chain.started == start else { throw .otherRun(path: chain.path) }
    var point = try ResumePoint(
      chain, catalog: catalog, snapshot: chain.isFromStart ? nil : snapshot(chain.first), kept: kept(chain))
    var history = try LiveHistory(chain, point)
    let writer: JournalWriter
    do throws(JournalError) { writer = try JournalWriter.resume(held) } catch { throw .journal(error) }
    if writer.nextSequence != chain.summary.nextSequence {
      // A sync of the process before had failed: what it lost was still to be seen, until the writer asked the disk itself. Nothing of it was acknowledged.
      do throws(ChainError) { chain = try JournalChain(files + [held.file]) } catch { throw .chain(error) }
      point = try ResumePoint(
        chain, catalog: catalog, snapshot: chain.isFromStart ? nil : snapshot(chain.first), kept: kept(chain))
      history = try LiveHistory(chain, point)
    }
    let (next, cuts) = (writer.nextSequence, [writer.cutTail, writer.cutLiveTail].compactMap { $0 })
    self.init(writer: writer, point: point, chain: chain, history: history, nextSequence: next, cuts: cuts)
  }
}

/// A file that is there already, for runs that neither roll nor keep snapshots.
struct SingleFile: RunOutput {
  let file: any JournalFile

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      return try JournalWriter(file: self.file, options: options, firstSequence: file.firstSequence)
    } catch {
      throw .journal(error)
    }
  }

  mutating func resume(_ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog) -> ResumedJournal? {
    nil
  }

  mutating func roll(to file: RunFile, snapshot: [UInt8], _ options: JournalOptions) -> JournalWriter {
    preconditionFailure("a run into a given file doesn't roll")
  }

  mutating func write(snapshot: [UInt8], sequence: UInt64) {
    preconditionFailure("a run into a given file keeps no snapshots")
  }
}
