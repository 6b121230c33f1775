import Market

/// What is signed of a sealed journal: which run, how many events, the root of their Merkle tree, and the head of the hash chain.
///
/// A C2SP checkpoint (c2sp.org/tlog-checkpoint): origin, size and root are its three lines, head and first sequence its extension lines.
package struct Checkpoint: Hashable, Sendable {
  /// 16 bytes.
  package let runID: [UInt8]
  package let events: UInt64
  package let root: [UInt8]
  package let head: [UInt8]
  /// Sequence of the journal's first event, which is leaf 0.
  package let firstSequence: UInt64

  package init(runID: [UInt8], events: UInt64, root: [UInt8], head: [UInt8], firstSequence: UInt64) {
    self.runID = runID
    self.events = events
    self.root = root
    self.head = head
    self.firstSequence = firstSequence
  }

  private static let origin = "engine/"

  /// The lines, each with its line end.
  var text: String {
    """
    \(Checkpoint.origin)\(NoteText.hex(runID))
    \(events)
    \(Base64.text(root))
    head \(NoteText.hex(head))
    first \(firstSequence)

    """
  }

  /// Nil where `text` is not what `text` makes of any checkpoint.
  init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 6, lines[5].isEmpty, lines[0].hasPrefix(Checkpoint.origin), lines[3].hasPrefix("head "),
      lines[4].hasPrefix("first "),
      let runID = NoteText.bytes(hex: lines[0].dropFirst(Checkpoint.origin.count)), runID.count == 16,
      let events = NoteText.number(lines[1]), let root = Base64.bytes(lines[2]), root.count == 32,
      let head = NoteText.bytes(hex: lines[3].dropFirst(5)), head.count == 32,
      let first = NoteText.number(lines[4].dropFirst(6)), first <= UInt64.max - events
    else { return nil }
    self.init(runID: runID, events: events, root: root, head: head, firstSequence: first)
    guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
  }
}
