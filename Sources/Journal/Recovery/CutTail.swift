/// What reopening cut off the end of a journal: bytes of a write that a crash left unfinished.
package struct CutTail: Hashable, Sendable {
  /// The journal, or its live tail.
  package let path: String
  /// Where the cut was made.
  package let offset: UInt64
  package let bytes: UInt64
  /// Sequence of the last event that is still there; nil where none is.
  package let lastKeptSequence: UInt64?
}
