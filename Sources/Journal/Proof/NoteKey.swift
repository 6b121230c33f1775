import Crypto
import Market

/// The public half of a key for signed notes, as Go's `note` package and C2SP's signed-note write it.
package struct VerifierKey: Hashable, Sendable {
  package let name: String
  /// Ed25519, 32 bytes.
  let publicBytes: [UInt8]

  /// Says that the key is of Ed25519.
  static let algorithm: UInt8 = 1

  /// The first four bytes of SHA-256(name ‖ "\n" ‖ algorithm ‖ public key): what a signature names its key by, besides the name.
  var hash: [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(name.utf8) + [UInt8(ascii: "\n"), VerifierKey.algorithm] + publicBytes)
    return Array(hash.finalize().prefix(4))
  }

  /// `NAME+HASH+BASE64`.
  package var text: String {
    "\(name)+\(NoteText.hex(hash))+\(Base64.text([VerifierKey.algorithm] + publicBytes))"
  }

  /// - Throws: `keyUnreadable` where `text` is none of this form, or contradicts itself.
  package init(text: String, path: String) throws(ProofError) {
    let fields = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, NoteText.isName(fields[0]), let bytes = Base64.bytes(fields[2]), bytes.count == 33,
      bytes[0] == VerifierKey.algorithm, text.utf8.allSatisfy({ $0 < 0x80 })
    else { throw .keyUnreadable(path: path, isPrivate: text.hasPrefix(SigningKey.prefix)) }
    self.init(name: String(fields[0]), publicBytes: Array(bytes[1...]))
    guard fields[1] == NoteText.hex(hash) else { throw .keyUnreadable(path: path, isPrivate: false) }
  }

  init(name: String, publicBytes: [UInt8]) {
    self.name = name
    self.publicBytes = publicBytes
  }

  func isSignature(_ signature: [UInt8], of text: String) -> Bool {
    do {
      let key = try Curve25519.Signing.PublicKey(rawRepresentation: publicBytes)
      return key.isValidSignature(signature, for: Array(text.utf8))
    } catch {
      // An encoding that is no point of the curve signs nothing.
      return false
    }
  }
}

/// The private half.
package struct SigningKey: Sendable {
  package let verifier: VerifierKey
  private let key: Curve25519.Signing.PrivateKey

  static let prefix = "PRIVATE+KEY+"

  /// A new key from the system's randomness.
  ///
  /// - Throws: `keyName` where the name is empty, too long, or has blanks, `+` or characters outside ASCII.
  package init(name: String) throws(ProofError) {
    guard NoteText.isName(name[...]) else { throw .keyName(name) }
    self.init(name: name, key: Curve25519.Signing.PrivateKey())
  }

  private init(name: String, key: Curve25519.Signing.PrivateKey) {
    self.key = key
    verifier = VerifierKey(name: name, publicBytes: Array(key.publicKey.rawRepresentation))
  }

  /// - Throws: `keyUnreadable` where `text` is no private key, or contradicts itself.
  package init(text: String, path: String) throws(ProofError) {
    let fields = text.dropFirst(SigningKey.prefix.count).split(
      separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard text.utf8.starts(with: SigningKey.prefix.utf8), fields.count == 3, NoteText.isName(fields[0]),
      let bytes = Base64.bytes(fields[2]), bytes.count == 33, bytes[0] == VerifierKey.algorithm
    else { throw .keyUnreadable(path: path, isPrivate: false) }
    do {
      self.init(
        name: String(fields[0]), key: try Curve25519.Signing.PrivateKey(rawRepresentation: Array(bytes[1...])))
    } catch {
      throw .keyUnreadable(path: path, isPrivate: false)
    }
    guard fields[1] == NoteText.hex(verifier.hash) else { throw .keyUnreadable(path: path, isPrivate: false) }
  }

  /// `PRIVATE+KEY+NAME+HASH+BASE64`.
  package var text: String {
    SigningKey.prefix + "\(verifier.name)+\(NoteText.hex(verifier.hash))+"
      + Base64.text([VerifierKey.algorithm] + key.rawRepresentation)
  }

  func signature(of text: String) throws(ProofError) -> [UInt8] {
    do { return Array(try key.signature(for: Array(text.utf8))) } catch { throw .signing(name: verifier.name) }
  }
}

/// The small spellings that keys, notes and proofs share.
enum NoteText {
  static let nameBytesMax = 128

  /// Printable ASCII without blanks and `+`.
  static func isName(_ text: Substring) -> Bool {
    (1...nameBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "+") }
  }

  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The bytes of lower-case hex digits; nil for anything else.
  static func bytes(hex text: Substring) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
    return hex(bytes) == text ? bytes : nil
  }

  /// A number in decimal without sign and leading zeros; nil for anything else.
  static func number(_ text: Substring) -> UInt64? {
    guard let value = UInt64(text), String(value) == text else { return nil }
    return value
  }

  /// Text of lines that each end in a line feed, without any other control character; nil for anything else.
  static func lines(_ bytes: [UInt8]) -> String? {
    guard bytes.last == 10, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 10 }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
