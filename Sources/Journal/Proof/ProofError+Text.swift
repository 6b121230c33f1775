import Events

/// The text of everything that can go wrong with keys, seals and proofs: what it is, and what to do.
extension ProofError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .journal(let error): "\(error)"
    case .keyUnreadable(let path, true):
      "\(path) holds a private key, and the public one is wanted; name \(path).pub"
    case .keyUnreadable(let path, false):
      "\(path) holds no key of this kind; name a file that `engine key new` wrote (the private key to sign, its .pub to check)"
    case .keyExposed(let path, let mode):
      "\(path) is a private key that others may read or write (mode \(String(mode, radix: 8))); run `chmod 600 \(path)`,"
        + " and make a new key where somebody may have read it"
    case .keyExists(let path):
      "\(path) is there already, and a key that is lost can't be made again; choose another name"
    case .keyName(let name):
      "\"\(name)\" can't name a key; use 1 to \(NoteText.nameBytesMax) printable ASCII characters without blanks and `+`"
    case .noNote(let path):
      "\(path) is there already and is no signed note, so it is not written over; move it away first"
    case .signing(let name): "signing with key \(name) failed; make a new key with `engine key new`"
    case .notSealed(let path): "\(path) is not sealed, so it may still change; run `engine seal \(path)` first"
    case .noRun(let path):
      "\(path) does not begin with the start of a run; name a journal that a run or an import wrote"
    case .noSuchEvent(let path, let sequence, _, 0):
      "\(path) holds no event, so none of sequence \(sequence) either; name another journal"
    case .noSuchEvent(let path, let sequence, let first, let events):
      "\(path) holds events \(first) to \(first + events - 1), and no event \(sequence); name one of those"
    case .refused(let refusal, let path): "\(path): \(refusal)"
    }
  }
}

extension ProofRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noSeal(let path): "there is no \(path): nobody signed this journal; `engine seal` with --key does"
    case .noteUnreadable:
      "the .seal file is no signed note of this engine, byte for byte; restore it from a copy, or sign the journal again"
    case .proofUnreadable:
      "this is no proof of this engine, byte for byte; let whoever sent it make it again with `engine prove`"
    case .otherKey(let name, let signers):
      "it is signed by \(signers.joined(separator: ", ")), and not by this key (\(name)); check with the key of whoever signed"
    case .signature(let name):
      "the signature in the name of \(name) does not fit what it stands under: it was changed, or never signed; trust nothing of it"
    case .otherRun(let signed, let found):
      "signed is run \(NoteText.hex(signed)), and this is run \(NoteText.hex(found)); put the right .seal file beside the journal"
    case .firstSequence(let signed, let found):
      "signed is a journal from event \(signed) on, and this one begins with event \(found); put the right .seal file beside the journal"
    case .events(let signed, let found):
      "signed are \(signed) events, and this journal holds \(found): it was \(found < signed ? "cut" : "continued") or exchanged"
        + " since; restore it from a copy, or sign it again"
    case .head(let signed, let found):
      "the journal is another than the one that was signed (head \(NoteText.hex(found)), signed \(NoteText.hex(signed)));"
        + " restore it from a copy"
    case .root(let signed, let found):
      "the journal holds other events than those that were signed (Merkle root \(NoteText.hex(found)), signed"
        + " \(NoteText.hex(signed))); restore it from a copy"
    case .notSealed: "it was signed, and is open now: its end was cut off, or it was continued; `engine seal` closes it"
    case .path: "the event is not in the journal that was signed; trust nothing of the proof"
    case .event(let reason): "its bytes are no event (\(reason)); a newer program may be able to read it"
    case .place(let sequence, let expected):
      "it speaks of event \(sequence), and stands at the place of event \(expected); trust nothing of the proof"
    }
  }
}
