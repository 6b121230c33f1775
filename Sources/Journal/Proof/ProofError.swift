package import Events

/// Why nothing could be signed, proved or checked at all. The text for people is made in `ProofError+Text.swift`.
package enum ProofError: Error, Hashable, Sendable {
  case file(FileError)
  case journal(JournalError)
  /// The file holds no key of the form wanted; `isPrivate` where it holds a private one and a public one was wanted.
  case keyUnreadable(path: String, isPrivate: Bool)
  /// Others than the owner may read the private key.
  case keyExposed(path: String, mode: UInt32)
  /// A new key is never written over another file.
  case keyExists(path: String)
  case keyName(String)
  /// The file that a note would replace is none.
  case noNote(path: String)
  case signing(name: String)
  /// Only what will not change any more is signed.
  case notSealed(path: String)
  /// The journal has no `run_started` in front, so there is nothing to name it by.
  case noRun(path: String)
  case noSuchEvent(path: String, sequence: UInt64, first: UInt64, events: UInt64)
  /// The journal, or its note, is not what it must be for a proof.
  case refused(ProofRefusal, path: String)
}

/// What a check of a seal or a proof found wrong.
package enum ProofRefusal: Error, Hashable, Sendable {
  /// There is no note beside the journal.
  case noSeal(path: String)
  /// The note is no signed checkpoint of this engine, byte for byte.
  case noteUnreadable
  /// The proof is none of the one form that there is, byte for byte.
  case proofUnreadable
  /// None of the signatures is of the key; `signers` are the names of the others.
  case otherKey(name: String, signers: [String])
  /// A signature by the key's name does not fit the text above it.
  case signature(name: String)
  /// The note is of another run.
  case otherRun(signed: [UInt8], found: [UInt8])
  case firstSequence(signed: UInt64, found: UInt64)
  case events(signed: UInt64, found: UInt64)
  case head(signed: [UInt8], found: [UInt8])
  case root(signed: [UInt8], found: [UInt8])
  /// The journal is whole, but not sealed: it is not the one that was signed any more.
  case notSealed
  /// The path does not lead from the event to the signed root.
  case path
  /// The event's bytes are no event, though they stand in the tree.
  case event(DecodeError)
  /// The event's sequence is not the one of its place.
  case place(sequence: UInt64, expected: UInt64)
}
