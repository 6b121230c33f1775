import Crypto
import Market

/// The account's keys: made for tests, printed when the exchange starts, and worth nothing.
package struct ExchangeKeys: Hashable, Sendable {
  package let hmacKey: String
  package let hmacSecret: String
  package let ed25519Key: String
  /// The 32 bytes that an Ed25519 key pair is made of.
  package let ed25519Seed: [UInt8]

  /// The keys of the test vectors in the notes on Binance's signatures: seed 00 01 … 1f.
  package static let test = ExchangeKeys(
    hmacKey: "engine-test-key", hmacSecret: "engine-test-secret", ed25519Key: "engine-test-key-ed25519",
    ed25519Seed: Array(0..<32))

  /// - Precondition: the seed has 32 bytes.
  package init(hmacKey: String, hmacSecret: String, ed25519Key: String, ed25519Seed: [UInt8]) {
    precondition(ed25519Seed.count == 32, "an Ed25519 seed has 32 bytes")
    self.hmacKey = hmacKey
    self.hmacSecret = hmacSecret
    self.ed25519Key = ed25519Key
    self.ed25519Seed = ed25519Seed
  }

  /// The private key as clients read it: PKCS#8 (RFC 8410) in PEM.
  package var ed25519PEM: String {
    let prefix: [UInt8] = [
      0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    return "-----BEGIN PRIVATE KEY-----\n\(Base64.text(prefix + ed25519Seed))\n-----END PRIVATE KEY-----\n"
  }

  package enum KeyKind: Hashable, Sendable {
    case hmac
    case ed25519
  }

  package func kind(of apiKey: String) -> KeyKind? {
    if apiKey == hmacKey { return .hmac }
    if apiKey == ed25519Key { return .ed25519 }
    return nil
  }

  /// Whether `signature`, as it was sent and percent-decoded, is that of the payload: hex for HMAC-SHA256, Base64 for Ed25519.
  func isSignature(_ signature: String, of payload: [UInt8], by kind: KeyKind) -> Bool {
    switch kind {
    case .hmac:
      guard let bytes = Hex.bytes(signature) else { return false }
      return HMAC<SHA256>.isValidAuthenticationCode(
        bytes, authenticating: payload, using: SymmetricKey(data: Array(hmacSecret.utf8)))
    case .ed25519:
      guard let bytes = Base64.bytes(signature[...]) else { return false }
      do {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: ed25519Seed)
        return key.publicKey.isValidSignature(bytes, for: payload)
      } catch {
        preconditionFailure("32 bytes make an Ed25519 key: \(error)")
      }
    }
  }
}
