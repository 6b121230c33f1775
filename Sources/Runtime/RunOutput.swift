package import Journal
package import Market

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
  /// An empty file for the run's first events.
  mutating func begin(_ file: RunFile) throws(RunError) -> any JournalFile
  /// An empty file behind the one that was begun last and is sealed now.
  ///
  /// What was sealed is durable under its own name, then `snapshot`, the state at the end of it, is durable beside the next file's name, and
  /// only then the next file is made.
  mutating func roll(to file: RunFile, snapshot: [UInt8]) throws(RunError) -> any JournalFile
  /// Keeps the state before event `sequence` beside the file that was begun last.
  mutating func write(snapshot: [UInt8], sequence: UInt64) throws(RunError)
}

/// A file that is there already, for runs that neither roll nor keep snapshots.
struct SingleFile: RunOutput {
  let file: any JournalFile

  mutating func begin(_ file: RunFile) -> any JournalFile { self.file }

  mutating func roll(to file: RunFile, snapshot: [UInt8]) -> any JournalFile {
    preconditionFailure("a run into a given file doesn't roll")
  }

  mutating func write(snapshot: [UInt8], sequence: UInt64) {
    preconditionFailure("a run into a given file keeps no snapshots")
  }
}
