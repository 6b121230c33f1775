import NIOCore

/// A client's text frame (RFC 6455 §5.2), written whole: what a run sends in one step becomes one piece of bytes and one write, where NIO's encoder makes
/// two of each frame.
enum MaskedFrame {
  /// - Parameter mask: random; the key that §5.3 asks for.
  static func append(_ text: [UInt8], mask: UInt32, to buffer: inout ByteBuffer) {
    buffer.reserveCapacity(buffer.readableBytes + text.count + 14)
    // The last fragment, text.
    buffer.writeInteger(UInt8(0x81))
    switch text.count {
    case ..<126: buffer.writeInteger(0x80 | UInt8(text.count))
    case ...0xffff:
      buffer.writeInteger(UInt8(0x80 | 126))
      buffer.writeInteger(UInt16(text.count))
    default:
      buffer.writeInteger(UInt8(0x80 | 127))
      buffer.writeInteger(UInt64(text.count))
    }
    buffer.writeInteger(mask)
    buffer.writeBytes(text)
    buffer.withUnsafeMutableReadableBytes { bytes in
      let payload = UnsafeMutableRawBufferPointer(rebasing: bytes[(bytes.count - text.count)...])
      // The key's first byte is the payload's first: in memory as it was written.
      let key = mask.bigEndian
      var place = 0
      while place + 4 <= payload.count {
        let word = payload.loadUnaligned(fromByteOffset: place, as: UInt32.self) ^ key
        payload.storeBytes(of: word, toByteOffset: place, as: UInt32.self)
        place += 4
      }
      while place < payload.count {
        payload[place] ^= UInt8(truncatingIfNeeded: mask >> UInt32(24 - 8 * (place % 4)))
        place += 1
      }
    }
  }
}
