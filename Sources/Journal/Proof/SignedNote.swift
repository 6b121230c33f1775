import Market

/// A text with signatures below it: C2SP's signed note (c2sp.org/signed-note), which Go's checksum database and certificate logs use, too.
struct SignedNote: Hashable {
  struct Signature: Hashable {
    var name: String
    /// The key's hash, then the signature itself.
    var bytes: [UInt8]
  }

  /// What is signed, with its last line end.
  let text: String
  let signatures: [Signature]

  /// More are in no note that this program makes; bounds the work that a hostile one can cause.
  static let signaturesMax = 64
  private static let dash = "\u{2014} "

  /// Signs a text.
  /// - Precondition: it ends in a line end and has no empty line.
  init(_ text: String, key: SigningKey) throws(ProofError) {
    self.text = text
    let bytes = key.verifier.hash + (try key.signature(of: text))
    signatures = [Signature(name: key.verifier.name, bytes: bytes)]
  }

  /// Nil where `encoded` is no signed note.
  init?(_ encoded: [UInt8]) {
    // Compared as bytes: Swift's characters would take a line end and what follows it for one.
    guard NoteText.lines(encoded) != nil,
      let split = encoded.indices.dropLast().last(where: { encoded[$0] == 10 && encoded[$0 + 1] == 10 })
    else { return nil }
    text = String(decoding: encoded[...split], as: UTF8.self)
    var signatures: [Signature] = []
    let lines = String(decoding: encoded[(split + 2)...], as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 2, lines.count <= SignedNote.signaturesMax + 1, split > 0 else { return nil }
    for line in lines.dropLast() {
      let fields = line.dropFirst(SignedNote.dash.count).split(separator: " ", omittingEmptySubsequences: false)
      guard line.hasPrefix(SignedNote.dash), fields.count == 2, NoteText.isName(fields[0]),
        let bytes = Base64.bytes(fields[1]), bytes.count > 4
      else { return nil }
      signatures.append(Signature(name: String(fields[0]), bytes: bytes))
    }
    self.signatures = signatures
    guard self.encoded.utf8.elementsEqual(encoded) else { return nil }
  }

  var encoded: String {
    text + "\n" + signatures.map { "\(SignedNote.dash)\($0.name) \(Base64.text($0.bytes))\n" }.joined()
  }

  /// Nil where the key signed the text; signatures of other keys are passed over, as the specification demands.
  func refusal(_ key: VerifierKey) -> ProofRefusal? {
    let own = signatures.filter { $0.name == key.name && Array($0.bytes.prefix(4)) == key.hash }
    if own.isEmpty { return .otherKey(name: key.name, signers: signatures.map(\.name)) }
    return own.allSatisfy { key.isSignature(Array($0.bytes[4...]), of: text) } ? nil : .signature(name: key.name)
  }
}
