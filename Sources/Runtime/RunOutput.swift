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
  /// The journal that an earlier run with the same output left unfinished, opened behind its last event; nil where there is none.
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
  package var writer: JournalWriter
  package var point: ResumePoint

  package init(writer: consuming JournalWriter, point: consuming ResumePoint) {
    self.writer = writer
    self.point = point
  }

  /// Opens the unfinished journal of a run: only once it is known to be that run's, and to hold what its inputs give, it is changed.
  ///
  /// - Throws: `otherRun`, `resumeDiverges`; then the files are as they were.
  package init?(_ held: HeldJournal, start: RunStarted, catalog: StrategyCatalog) throws(RunError) {
    let isEmpty: Bool
    do throws(JournalError) { isEmpty = try JournalReader(file: held.file).summary.events == 0 } catch {
      throw .journal(error)
    }
    if isEmpty { return nil }
    let chain: JournalChain
    do throws(ChainError) { chain = try JournalChain(held.file) } catch { throw .chain(error) }
    guard chain.started == start else { throw .otherRun(path: chain.path) }
    let point = try ResumePoint(chain, catalog: catalog)
    let writer: JournalWriter
    do throws(JournalError) { writer = try JournalWriter.resume(held) } catch { throw .journal(error) }
    self.init(writer: writer, point: point)
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
