package import Events
package import Journal

/// Why something could not be projected from a journal.
package enum ProjectionError: Error, Sendable {
  case journal(JournalError)
  /// The files given are not one run's in order, or the run's beginning is missing.
  case chain(ChainError)
  /// An event's bytes were not what their kind says.
  case decode(DecodeError, sequence: UInt64)
  /// Neither a sequence, nor a client order id of this run.
  case identifierUnknown(String)
  /// The sequence lies behind the journal's last event.
  case sequenceBeyondEnd(UInt64, eventCount: UInt64)
  /// The sequence lies before the first event of the files given.
  case sequenceBeforeStart(UInt64, path: String, firstSequence: UInt64)
  /// What was printed could not be written.
  case output(errno: Int32)
  /// SQLite refused: its result code, its message, the database's path.
  case database(code: Int32, message: String, path: String)
  /// A folder could not be read.
  case folder(path: String, errno: Int32)
  /// A database of another schema version: it is to be rebuilt.
  case databaseVersion(found: Int64, expected: Int64, path: String)
  case runUnknown(prefix: String)
  case runAmbiguous(prefix: String, matches: [String])
}

/// Where printed bytes go. Called with some tens of kilobytes at a time; the bytes are valid during the call only.
package typealias ByteSink = (UnsafeRawBufferPointer) throws(ProjectionError) -> Void
