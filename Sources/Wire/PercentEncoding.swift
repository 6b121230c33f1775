import Market

/// Percent-encoding of RFC 3986: everything but letters, digits and `-._~` is encoded, capital hex digits, UTF-8.
public enum PercentEncoding {
  public static func encoded(_ text: String) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        out.append(byte)
      } else {
        out.append(UInt8(ascii: "%"))
        out.append(capitalDigit(byte >> 4))
        out.append(capitalDigit(byte & 15))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// What was encoded; nil where a `%` isn't followed by two hex digits or the result is no UTF-8.
  ///
  /// - Parameter plusIsBlank: as in forms and most query strings.
  public static func decoded(_ text: some StringProtocol, plusIsBlank: Bool = true) -> String? {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "%"):
        guard place + 2 < bytes.count, let high = Hex.value(bytes[place + 1]), let low = Hex.value(bytes[place + 2])
        else { return nil }
        out.append(high << 4 | low)
        place += 3
      case UInt8(ascii: "+") where plusIsBlank:
        out.append(UInt8(ascii: " "))
        place += 1
      default:
        out.append(bytes[place])
        place += 1
      }
    }
    return String(validating: out, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func capitalDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
  }
}
