import Events

/// The signed note beside a sealed journal, `NAME.zst.seal`. The journal itself knows nothing of it: signing changes none of its bytes.
package struct JournalSeal: Hashable, Sendable {
  let note: SignedNote
  package let checkpoint: Checkpoint

  package static func path(of journal: String) -> String { journal + ".seal" }

  /// Signs a journal that `verifyJournal` found whole, with its Merkle root.
  ///
  /// - Throws: `notSealed`, `noRun`.
  package init(_ file: any JournalFile, _ report: VerifyReport, key: SigningKey) throws(ProofError) {
    guard report.summary.isSealed, let root = report.merkleRoot else { throw .notSealed(path: file.path) }
    checkpoint = Checkpoint(
      runID: try JournalSeal.runID(of: file), events: report.summary.events, root: root, head: report.summary.head,
      firstSequence: report.summary.firstSequence)
    note = try SignedNote(checkpoint.text, key: key)
  }

  /// Nil where `bytes` are no signed checkpoint.
  init?(_ bytes: [UInt8]) {
    guard let note = SignedNote(bytes), let checkpoint = Checkpoint(note.text) else { return nil }
    self.note = note
    self.checkpoint = checkpoint
  }

  /// The note beside a journal.
  package static func beside(_ journal: String) throws(ProofError) -> JournalSeal {
    guard let bytes = try SmallFile.read(path(of: journal)) else {
      throw .refused(.noSeal(path: path(of: journal)), path: journal)
    }
    guard let seal = JournalSeal(bytes) else { throw .refused(.noteUnreadable, path: journal) }
    return seal
  }

  /// Only an older note is replaced: whatever else has that name was put there for another purpose.
  package static func checkMayWrite(beside journal: String) throws(ProofError) {
    let path = path(of: journal)
    guard let bytes = try SmallFile.read(path), !bytes.isEmpty, JournalSeal(bytes) == nil else { return }
    throw .noNote(path: path)
  }

  /// Puts the note beside the journal, durably, in place of an older one.
  package func write(beside journal: String) throws(ProofError) {
    try SmallFile.write(note.encoded, to: JournalSeal.path(of: journal))
  }

  /// Nil where the key signed just this journal.
  package func refusal(
    _ key: VerifierKey, _ file: any JournalFile, _ report: VerifyReport
  ) throws(ProofError) -> ProofRefusal? {
    if let refusal = note.refusal(key) { return refusal }
    let summary = report.summary
    let runID = try JournalSeal.runID(of: file)
    if runID != checkpoint.runID { return .otherRun(signed: checkpoint.runID, found: runID) }
    if summary.firstSequence != checkpoint.firstSequence {
      return .firstSequence(signed: checkpoint.firstSequence, found: summary.firstSequence)
    }
    if summary.events != checkpoint.events { return .events(signed: checkpoint.events, found: summary.events) }
    if summary.head != checkpoint.head { return .head(signed: checkpoint.head, found: summary.head) }
    if report.merkleRoot != checkpoint.root {
      return .root(signed: checkpoint.root, found: report.merkleRoot ?? [])
    }
    return summary.isSealed ? nil : .notSealed
  }

  /// The run that a journal's first event names.
  private static func runID(of file: any JournalFile) throws(ProofError) -> [UInt8] {
    let first: JournalEvent?
    do throws(JournalError) {
      var reader = try JournalReader(file: file)
      first = try reader.next()
    } catch {
      throw .journal(error)
    }
    guard let first, first.kind == RunStarted.kind else { throw .noRun(path: file.path) }
    do throws(DecodeError) {
      return try first.decode(RunStarted.self).runID
    } catch {
      throw .noRun(path: file.path)
    }
  }

  /// The proof that an event is in the journal, which is read once from front to back.
  ///
  /// - Throws: where the note is none of this journal: a proof of it would not hold.
  package func proof(of sequence: UInt64, in file: any JournalFile) throws(ProofError) -> EventProof {
    var reader: JournalReader
    do throws(JournalError) { reader = try JournalReader(file: file) } catch { throw .journal(error) }
    let summary = reader.summary
    guard summary.isSealed else { throw .notSealed(path: file.path) }
    guard sequence >= summary.firstSequence, sequence < summary.nextSequence else {
      throw .noSuchEvent(
        path: file.path, sequence: sequence, first: summary.firstSequence, events: summary.events)
    }
    let index = sequence - summary.firstSequence
    var tree = MerkleTree(witness: index)
    var leaf: [UInt8] = []
    var block = DecodedBlock()
    var scratch = ByteBuffer(capacity: 4096)
    do throws(JournalError) {
      while try reader.nextBlock(&block) {
        do throws(DecodeError) {
          try EventLeaf.each(block, &scratch) { bytes in
            if tree.count == index { leaf = Array(bytes) }
            tree.append(bytes)
          }
        } catch {
          throw file.error(.rowUnreadable(sequence: block.firstSequence, reason: error))
        }
      }
    } catch {
      throw .journal(error)
    }
    let (root, path) = tree.close()
    guard summary.firstSequence == checkpoint.firstSequence, tree.count == checkpoint.events, root == checkpoint.root
    else { throw .refused(.root(signed: checkpoint.root, found: root), path: file.path) }
    return EventProof(leaf: leaf, index: index, path: path, note: note, checkpoint: checkpoint)
  }
}
