import Crypto
import Market
import Testing
import Wire

@testable import Brokers

/// Against the vectors of binance.md §7, whose keys are the project's own.
@Suite struct BinanceSigningTests {
  static let payload =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=25000.00&newClientOrderId=abc-1&recvWindow=5000&timestamp=1700000000000"

  /// PKCS#8 of the seed 00 01 … 1f.
  static let pem: String = {
    let head: [UInt8] = [
      0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    return "-----BEGIN PRIVATE KEY-----\n\(Base64.text(head + Array(0...31)))\n-----END PRIVATE KEY-----\n"
  }()

  static func key(_ secret: String) throws -> BinanceKey {
    try BinanceKey(apiKey: Secret("engine-test-key"), secret: Secret(secret))
  }

  @Test("signs with HMAC as the vectors say")
  func hmac() throws {
    let key = try Self.key("engine-test-secret")
    #expect(
      key.signature(of: Array(Self.payload.utf8)) == "7624566a0daac54d17e28dab499f525f0886efe1450b5f4f918e5bffdb5ffa39")
    #expect(
      key.signature(of: Array("apiKey=engine-test-key&timestamp=1700000000000".utf8))
        == "03e80f7c2a8455fff93c2dcb7f4d559eb851e1384429276d6004e5f4406bc1b4")
  }

  @Test("signs with Ed25519 as the vector says, and the signature holds under its public key")
  func ed25519() throws {
    let signature = try #require(try Self.key(Self.pem).signature(of: Array(Self.payload.utf8)))
    let published = "61YYlzVtOn5Rv7qD0vM5noMzQCt4154UlT4iznxvvrmNV/gg66tOR3LDvYLGOrpR4iKR+Moi9dLvY0rm1DU+BA=="
    let publicKey = try Curve25519.Signing.PublicKey(
      rawRepresentation: try #require(Hex.bytes("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")))
    #expect(publicKey.isValidSignature(try #require(Base64.bytes(Substring(published))), for: Array(Self.payload.utf8)))
    #expect(publicKey.isValidSignature(try #require(Base64.bytes(Substring(signature))), for: Array(Self.payload.utf8)))
    // RFC 8032 signatures are the same each time: a library that adds noise would differ here.
    print("ed25519 deterministic: \(signature == published)")
  }

  @Test("refuses a PEM that is no Ed25519 key")
  func wrongPEM() {
    let broken = Self.pem.replacing("MC4CAQ", with: "MC4CAA")
    #expect(throws: KeyError.notASigningKey) { _ = try Self.key(broken) }
    #expect(throws: KeyError.notASigningKey) { _ = try Self.key("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n") }
  }

  @Test("signs a REST call over what is sent, percent-encoded, with the signature last")
  func rest() throws {
    let key = try Self.key("engine-test-secret")
    let request = try #require(
      BinanceRequest(.status, [("symbol", "币BTC"), ("origClientOrderId", "a-1")]).http(
        base: "https://h", key: key, timestamp: 1_700_000_000_000, receiveWindow: 5000, timeoutNanos: 1))
    let signed =
      "symbol=%E5%B8%81BTC&origClientOrderId=a-1&recvWindow=5000&timestamp=1700000000000"
    let signature = try #require(key.signature(of: Array(signed.utf8)))
    #expect(request.url == "https://h/api/v3/order?\(signed)&signature=\(signature)")
    #expect(request.headers.map(\.name) == ["X-MBX-APIKEY"] && request.body.isEmpty)
  }

  @Test("signs a WebSocket call over its parameters sorted and not encoded")
  func webSocket() throws {
    let key = try Self.key("engine-test-secret")
    let frame = try #require(
      BinanceRequest(.subscribe).frame(id: 4, key: key, timestamp: 1_700_000_000_000, receiveWindow: 5000))
    let signature = try #require(
      key.signature(of: Array("apiKey=engine-test-key&recvWindow=5000&timestamp=1700000000000".utf8)))
    #expect(
      String(decoding: frame, as: UTF8.self)
        == #"{"id":4,"method":"userDataStream.subscribe.signature","params":{"apiKey":"engine-test-key","recvWindow":5000,"timestamp":1700000000000,"signature":"\#(signature)"}}"#
    )
  }
}
