import Events
import Market

/// That one event is in a sealed and signed journal, checkable without the journal: a C2SP tlog-proof (c2sp.org/tlog-proof).
///
/// The event's leaf is its `extra` line. That line is bound by the tree: where the path leads from it to the signed root, it is what was sealed.
package struct EventProof: Hashable, Sendable {
  private let leaf: [UInt8]
  private let index: UInt64
  private let path: [[UInt8]]
  private let note: SignedNote
  package let checkpoint: Checkpoint

  private static let header = "c2sp.org/tlog-proof@v1"
  /// A tree of 2⁶⁴ leaves has paths no longer.
  private static let pathCountMax = 64

  init(leaf: [UInt8], index: UInt64, path: [[UInt8]], note: SignedNote, checkpoint: Checkpoint) {
    self.leaf = leaf
    self.index = index
    self.path = path
    self.note = note
    self.checkpoint = checkpoint
  }

  package var text: String {
    let lines =
      [EventProof.header, "extra \(Base64.text(leaf))", "index \(index)"] + path.map { Base64.text($0) } + [""]
    return lines.map { $0 + "\n" }.joined() + note.encoded
  }

  /// - Throws: `proofUnreadable` where `bytes` are not what `text` makes of any proof.
  package init(_ bytes: [UInt8]) throws(ProofRefusal) {
    guard let text = NoteText.lines(bytes) else { throw .proofUnreadable }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let blank = lines.firstIndex(where: \.isEmpty), blank >= 3, blank <= 3 + EventProof.pathCountMax,
      lines[0] == EventProof.header, lines[1].hasPrefix("extra "), lines[2].hasPrefix("index "),
      let leaf = Base64.bytes(lines[1].dropFirst(6)), let index = NoteText.number(lines[2].dropFirst(6))
    else { throw .proofUnreadable }
    let path = lines[3..<blank].compactMap { Base64.bytes($0) }
    let noteText = lines[(blank + 1)...].joined(separator: "\n")
    guard path.count == blank - 3, let note = SignedNote(Array(noteText.utf8)), let checkpoint = Checkpoint(note.text)
    else { throw .proofUnreadable }
    self.init(leaf: leaf, index: index, path: path, note: note, checkpoint: checkpoint)
    guard self.text.utf8.elementsEqual(bytes) else { throw .proofUnreadable }
  }

  /// The event, once signature, path and place have been found right.
  package func check(_ key: VerifierKey) throws(ProofRefusal) -> JournalEvent {
    if let refusal = note.refusal(key) { throw refusal }
    let root = MerkleTree.root(leaf: leaf, index: index, size: checkpoint.events, path: path)
    guard root == checkpoint.root else { throw .path }
    let event: JournalEvent
    do throws(DecodeError) { event = try EventLeaf.event(of: leaf) } catch { throw .event(error) }
    // No overflow: the checkpoint's first sequence and size add up to one, and the index is below the size.
    let expected = checkpoint.firstSequence + index
    guard event.sequence == expected else { throw .place(sequence: event.sequence, expected: expected) }
    return event
  }

  /// The bytes of a proof's file; `-` is stdin.
  package static func read(_ path: String) throws(ProofError) -> [UInt8] {
    do throws(FileError) {
      if path == "-" { return try MemoryFile(reading: 0, path: "stdin").bytes }
      return try SmallFile.read(try PosixFile.open(path: path, for: .reading))
    } catch {
      throw .file(error)
    }
  }

  /// Writes the proof into a file that must not be there yet, durably.
  package func write(to path: String) throws(ProofError) {
    try SmallFile.create(text, at: path, permissions: 0o644)
  }
}
