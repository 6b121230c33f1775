import Events

/// Whether one journal's events are the first events of another.
package enum JournalPrefix: Hashable, Sendable {
  /// All `events` of the copy are the first of the other journal.
  case prefix(events: UInt64)
  /// The events before `sequence` are the same, and that one is not, or is missing in the other journal.
  case differs(at: UInt64)
  /// They begin with different events.
  case otherStart(whole: UInt64, copy: UInt64)

  /// Compares two journals that `verifyJournal` found intact.
  ///
  /// The chain hash names every event up to a block's end: where both journals have the same behind the same block, nothing before needs
  /// to be looked at. What the copy holds behind the last such block is compared event by event.
  /// - Complexity: O(log blocks) trailers, then at most two blocks where the block limits are the same.
  package static func compare(
    whole: any JournalFile, copy: any JournalFile
  ) throws(JournalError) -> JournalPrefix {
    var whole = try JournalReader(file: whole)
    var copy = try JournalReader(file: copy)
    guard whole.summary.firstSequence == copy.summary.firstSequence || copy.summary.events == 0 else {
      return .otherStart(whole: whole.summary.firstSequence, copy: copy.summary.firstSequence)
    }
    var low = 0
    var high = min(whole.blockCount, copy.blockCount)
    while low < high {
      let middle = (low + high) / 2
      if try copy.trailer(middle).chainHash == whole.trailer(middle).chainHash {
        low = middle + 1
      } else {
        high = middle
      }
    }
    let start = low == 0 ? copy.summary.firstSequence : try copy.trailer(low - 1).nextSequence
    try whole.seek(toSequence: start)
    try copy.seek(toSequence: start)
    while let event = try copy.next() {
      guard let other = try whole.next(), EventLeaf.bytes(of: other) == EventLeaf.bytes(of: event) else {
        return .differs(at: event.sequence)
      }
    }
    return .prefix(events: copy.summary.events)
  }
}
