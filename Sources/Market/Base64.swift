/// Base64 of RFC 4648 §4, with padding, one spelling for one content: everything else is refused.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// By character; 255 for one that isn't in the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
  private static let padding = UInt8(ascii: "=")

  package static func text(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    var bits = 0
    var bitCount = 0
    for byte in bytes {
      bits = bits << 8 | Int(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(alphabet[bits >> bitCount & 63])
      }
      bits &= 63
    }
    if bitCount > 0 { text.append(alphabet[bits << (6 - bitCount) & 63]) }
    while text.count % 4 != 0 { text.append(padding) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil where `text` is not what `text(_:)` makes of any bytes.
  package static func bytes(_ text: Substring) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count % 4 == 0 else { return nil }
    let paddingCount = characters.suffix(2).count { $0 == padding }
    var bytes: [UInt8] = []
    var bits = 0
    var bitCount = 0
    for character in characters.dropLast(paddingCount) {
      let value = values[Int(character)]
      guard value < 64 else { return nil }
      bits = (bits << 6 | Int(value)) & 0xffff
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
    // Bits behind the last byte, and padding elsewhere than at the end, would be another spelling.
    return Base64.text(bytes) == text ? bytes : nil
  }
}
