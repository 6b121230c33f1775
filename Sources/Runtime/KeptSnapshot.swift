import Core
import Events
import Journal

/// A snapshot that was kept beside a run's journal, at which a restart can begin instead of at the run's first event.
package struct KeptSnapshot: Sendable {
  /// Of the event behind the state.
  package let sequence: UInt64
  package let path: String
  private let read: @Sendable () -> [UInt8]?

  /// - Parameter read: gives the file's bytes; nil where it is gone.
  package init(sequence: UInt64, path: String, read: @escaping @Sendable () -> [UInt8]?) {
    self.sequence = sequence
    self.path = path
    self.read = read
  }

  /// Puts an engine, made from the chain's first event, into this state; returns the sequence of the next event.
  ///
  /// - Throws: `snapshotMissing`, `snapshotInvalid` where it is not of this run, not whole, of another version or not of an event in the chain; `snapshotOfOtherState`
  ///   where a file begins there that names another state.
  func restore(_ engine: inout Engine, in chain: JournalChain) throws(RunError) -> UInt64 {
    let link = chain.links[chain.place(of: sequence)]
    guard let bytes = read() else { throw .snapshotMissing(snapshot: path, path: link.path) }
    if sequence == link.summary.firstSequence, let continued = link.continued {
      try Runtime.restore(&engine, to: continued, of: link, from: (bytes, path))
      return sequence
    }
    let found = try Snapshot.decode(bytes, into: &engine, runID: chain.started.runID, path: path)
    guard found == sequence, sequence > chain.first.summary.firstSequence, sequence <= chain.summary.nextSequence else {
      throw .snapshotInvalid(path: path)
    }
    return sequence
  }
}
