package import Events

/// Why files don't make up one run. Nothing was read of them but their first two events.
package enum ChainError: Error, Hashable, Sendable {
  case journal(JournalError)
  case decode(DecodeError, path: String, sequence: UInt64)
  /// The file's first event is not a run's or an import's start.
  case noStart(path: String)
  /// The file begins in the middle of a run, and does not say what it continues.
  case notContinued(path: String, firstSequence: UInt64)
  case otherRun(path: String, previous: String)
  /// The run's start is not told as the file before tells it.
  case otherStart(path: String, previous: String)
  /// Two files hold the same events.
  case duplicate(path: String, other: String)
  /// Events between two files are missing; `last` is the last one missing.
  case gap(path: String, first: UInt64, last: UInt64, previous: String)
  /// The file begins before the one in front of it ends.
  case overlap(path: String, firstSequence: UInt64, previous: String, nextSequence: UInt64)
  /// The file continues another one than the one in front of it: other events under the same numbers.
  case otherHead(path: String, previous: String)
  /// What comes before the first file is needed, and not there.
  case startMissing(path: String, firstSequence: UInt64)
}

extension ChainError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .journal(let error):
      "\(error)"
    case .decode(let error, let path, let sequence):
      "\(path): event \(sequence) can't be read (\(error)); run `engine verify \(path)` to see whether the file is damaged."
    case .noStart(let path):
      "\(path): the first event is not run_started, so this is no journal of a run or import; pass a file that engine wrote."
    case .notContinued(let path, let firstSequence):
      "\(path) begins at event \(firstSequence), and its second event is not journal_continued, so nothing says what came before it; "
        + "restore the file from a copy."
    case .otherRun(let path, let previous):
      "\(path) is of another run than \(previous); give the files of one run."
    case .otherStart(let path, let previous):
      "\(path) tells the run's start in other words than \(previous): one of them was changed; restore it from a copy."
    case .duplicate(let path, let other):
      "\(path) and \(other) begin at the same event; give each file of the run once."
    case .gap(let path, let first, let last, let previous):
      "events \(first) … \(last) are missing: \(previous) ends before them and \(path) begins behind them; "
        + "give the file that holds them too."
    case .overlap(let path, let firstSequence, let previous, let nextSequence):
      "\(path) begins at event \(firstSequence), but \(previous) goes on to event \(nextSequence - 1): "
        + "it is no continuation of that file; give the files of one run, as they were written."
    case .otherHead(let path, let previous):
      "\(path) does not continue \(previous) as it is here: the head that it names is another one; "
        + "`engine verify \(previous)` shows whether that file is damaged, and if it is whole, one of the two was made anew."
    case .startMissing(let path, let firstSequence):
      "\(path) begins at event \(firstSequence) and continues another journal; give the run's earlier files too."
    }
  }
}
