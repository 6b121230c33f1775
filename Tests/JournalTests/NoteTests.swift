// Goal: keys and notes are those of Go's note package and C2SP, and of each there is one spelling. Method: the example that Go's documentation
// prints, and every byte of small ones changed, removed and put in.
import Events
import Foundation
import Market
import Testing

@testable import Journal

@Suite("Signed notes")
struct NoteTests {
  /// From the documentation of golang.org/x/mod/sumdb/note.
  static let privateKey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  static let publicKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  static let note =
    text
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

  @Test("Go's example: the same public key, the same note, the same verdict")
  func example() throws {
    let key = try SigningKey(text: Self.privateKey, path: "key")
    #expect(key.text == Self.privateKey)
    #expect(key.verifier.text == Self.publicKey)
    let verifier = try VerifierKey(text: Self.publicKey, path: "key.pub")
    #expect(verifier == key.verifier)
    #expect(try SignedNote(Self.text, key: key).encoded == Self.note)
    let read = try #require(SignedNote(Array(Self.note.utf8)))
    #expect(read.text == Self.text)
    #expect(read.refusal(verifier) == nil)
  }

  @Test("every changed, missing or added byte of a note makes it no note, or one that the key did not sign")
  func everyByteOfNote() throws {
    let verifier = try VerifierKey(text: Self.publicKey, path: "key.pub")
    let bytes = Array(Self.note.utf8)
    func isAccepted(_ bytes: [UInt8]) -> Bool { SignedNote(bytes).map { $0.refusal(verifier) == nil } ?? false }
    #expect(isAccepted(bytes))
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        #expect(!isAccepted(changed), "bit \(bit) of byte \(place)")
      }
      var shorter = bytes
      shorter.remove(at: place)
      #expect(!isAccepted(shorter), "without byte \(place)")
      for byte in [UInt8(0), 9, 10, 13, 32, 61, 0xa0] {
        var longer = bytes
        longer.insert(byte, at: place)
        #expect(!isAccepted(longer), "\(byte) before byte \(place)")
      }
    }
    for byte in UInt8.min...UInt8.max { #expect(!isAccepted(bytes + [byte])) }
    #expect(!isAccepted(Array(Self.note.replacing("\n", with: "\r\n").utf8)))
    #expect(!isAccepted([]) && !isAccepted([10]) && !isAccepted([10, 10]) && !isAccepted(Array("a\n\n".utf8)))
  }

  @Test("another key of the same name, and the same key under another name, signed nothing here")
  func otherKeys() throws {
    let note = try #require(SignedNote(Array(Self.note.utf8)))
    let sameName = try SigningKey(name: "PeterNeumann").verifier
    #expect(note.refusal(sameName) == .otherKey(name: "PeterNeumann", signers: ["PeterNeumann"]))
    let peter = try VerifierKey(text: Self.publicKey, path: "key.pub")
    let renamed = VerifierKey(name: "Peter", publicBytes: peter.publicBytes)
    #expect(renamed.hash != peter.hash)
    #expect(note.refusal(renamed) == .otherKey(name: "Peter", signers: ["PeterNeumann"]))
    // A second signature, as of a witness, changes nothing; one of the key's own that doesn't hold does.
    let witness = try SigningKey(name: "witness")
    let second = try SignedNote(Self.text, key: witness).signatures[0]
    func with(_ name: String, _ bytes: [UInt8]) -> SignedNote? {
      SignedNote(Array((Self.note + "— \(name) \(Base64.text(bytes))\n").utf8))
    }
    let both = try #require(with(second.name, second.bytes))
    #expect(both.refusal(peter) == nil && both.refusal(witness.verifier) == nil)
    let forged = try #require(with("PeterNeumann", peter.hash + [UInt8](repeating: 0, count: 64)))
    #expect(forged.refusal(peter) == .signature(name: "PeterNeumann"))
  }

  @Test("a key with any other byte is refused, and so is a name that would break a note's lines")
  func keys() throws {
    for (text, isPrivate) in [(Self.privateKey, true), (Self.publicKey, false)] {
      let bytes = Array(text.utf8)
      for place in bytes.indices {
        for byte in [bytes[place] ^ 1, bytes[place] ^ 0x20, UInt8(ascii: "+"), UInt8(ascii: " ")]
        where byte != bytes[place] {
          var changed = bytes
          changed[place] = byte
          let spoilt = String(decoding: changed, as: UTF8.self)
          #expect(throws: ProofError.self, "\(spoilt)") {
            if isPrivate {
              _ = try SigningKey(text: spoilt, path: "")
            } else {
              _ = try VerifierKey(text: spoilt, path: "")
            }
          }
        }
      }
    }
    #expect(throws: ProofError.keyUnreadable(path: "k", isPrivate: true)) {
      try VerifierKey(text: Self.privateKey, path: "k")
    }
    for name in ["", "a b", "a+b", "ä", "a\n", "a\u{a0}b", String(repeating: "a", count: 129)] {
      #expect(throws: ProofError.keyName(name)) { try SigningKey(name: name) }
    }
  }

  @Test("base64 has one spelling")
  func base64() {
    var random = SplitMix64(seed: 64)
    for count in 0..<100 {
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let text = Base64.text(bytes)
      #expect(text == Data(bytes).base64EncodedString())
      #expect(Base64.bytes(text[...]) == bytes)
    }
    for text in [
      "A", "AA", "AAA", "AB==", "AAB=", "AA=A", "====", "A===", "AA==AA==", "AA-_", "AAA\n", "AAAA=", " AAA",
    ] {
      #expect(Base64.bytes(text[...]) == nil, "\(text)")
    }
  }
}
