import Market

/// JSON written member by member, without blanks: requests, and the rehearsal exchange's answers.
///
/// ```swift
/// var json = JSONOutput()
/// json.openObject()
/// json.string("symbol", "BTCUSDT")
/// json.decimal("price", nanos: 25_000_000_000_000)     // "25000"
/// json.closeObject()
/// send(json.bytes)
/// ```
///
/// It trusts its caller to name members in objects and nowhere else; the tests read what was written.
public struct JSONOutput: Sendable {
  public private(set) var bytes: [UInt8] = []
  /// No comma before the next value.
  private var isFresh = true

  public init() {}

  /// With room for as many bytes as are expected.
  public init(capacity: Int) { bytes.reserveCapacity(capacity) }

  public mutating func openObject(_ name: StaticString? = nil) { open(name, UInt8(ascii: "{")) }
  public mutating func closeObject() { close(UInt8(ascii: "}")) }
  public mutating func openArray(_ name: StaticString? = nil) { open(name, UInt8(ascii: "[")) }
  public mutating func closeArray() { close(UInt8(ascii: "]")) }

  public mutating func string(_ name: StaticString? = nil, _ value: String) {
    begin(name)
    appendQuoted(value)
  }

  /// A string member whose name is known only now.
  public mutating func string(named name: String, _ value: String) {
    if !isFresh { bytes.append(UInt8(ascii: ",")) }
    isFresh = false
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    appendQuoted(value)
  }

  public mutating func integer(_ name: StaticString? = nil, _ value: Int64) {
    begin(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  /// A decimal as text, as exchanges send and take it: exact, no exponent, no needless zeros.
  public mutating func decimal(_ name: StaticString? = nil, nanos: Int64) {
    string(name, FixedPoint.text(nanos: nanos))
  }

  /// A decimal as a JSON number.
  public mutating func number(_ name: StaticString? = nil, nanos: Int64) {
    begin(name)
    bytes.append(contentsOf: FixedPoint.text(nanos: nanos).utf8)
  }

  public mutating func bool(_ name: StaticString? = nil, _ value: Bool) {
    begin(name)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  public mutating func null(_ name: StaticString? = nil) {
    begin(name)
    bytes.append(contentsOf: "null".utf8)
  }

  /// JSON that was written elsewhere.
  public mutating func raw(_ name: StaticString? = nil, _ json: [UInt8]) {
    begin(name)
    bytes.append(contentsOf: json)
  }

  private mutating func open(_ name: StaticString?, _ bracket: UInt8) {
    begin(name)
    bytes.append(bracket)
    isFresh = true
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    isFresh = false
  }

  private mutating func begin(_ name: StaticString?) {
    if !isFresh { bytes.append(UInt8(ascii: ",")) }
    isFresh = false
    guard let name else { return }
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    // Nearly all text stands as it is.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes.append(contentsOf: text.utf8)
      bytes.append(UInt8(ascii: "\""))
      return
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x00..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(Hex.digit(byte >> 4))
        bytes.append(Hex.digit(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
