import Crypto
import Market

/// A key of Binance's, and how it signs (binance.md §7).
public struct BinanceKey: Sendable {
  enum Signer: Sendable {
    /// What the secret makes of the two first blocks, which are the same for every payload.
    case hmac(HMAC<SHA256>)
    case ed25519(Curve25519.Signing.PrivateKey)
  }

  /// Sent with each request, and to nobody else.
  let apiKey: Secret
  let signer: Signer

  /// - Parameter secret: the text of an HMAC secret, or a PKCS#8 PEM of an Ed25519 key.
  /// - Throws: `KeyError.notASigningKey` where it begins like a PEM and isn't one.
  public init(apiKey: Secret, secret: Secret) throws(KeyError) {
    self.apiKey = apiKey
    let text = secret.revealedText()
    guard text.hasPrefix("-----BEGIN") else {
      signer = .hmac(secret.reveal { HMAC<SHA256>(key: SymmetricKey(data: $0)) })
      return
    }
    guard let seed = Self.seed(ofPEM: text) else { throw .notASigningKey }
    do {
      signer = .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: seed))
    } catch {
      throw .notASigningKey
    }
  }

  /// The payload's signature as it stands in a WebSocket request: hex for HMAC, base64 for Ed25519; nil where the cryptography fails.
  func signature(of payload: [UInt8]) -> String? {
    switch signer {
    case .hmac(var code):
      code.update(data: payload)
      return Hex.text(Array(code.finalize()))
    case .ed25519(let key):
      do {
        return Base64.text(Array(try key.signature(for: payload)))
      } catch {
        // The caller tells that it could not sign; the library's words could only be about the key.
        return nil
      }
    }
  }

  /// The 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410 §7): a fixed head, then the seed.
  private static func seed(ofPEM text: String) -> [UInt8]? {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimming() }
    guard lines.first == "-----BEGIN PRIVATE KEY-----", lines.last == "-----END PRIVATE KEY-----",
      let der = Base64.bytes(Substring(lines.dropFirst().dropLast().joined())), der.count == head.count + 32,
      Array(der.prefix(head.count)) == head
    else { return nil }
    return Array(der.suffix(32))
  }

  private static let head: [UInt8] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
}

extension Substring {
  fileprivate func trimming() -> String {
    var text = self
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
