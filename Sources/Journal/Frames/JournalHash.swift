import Crypto
import Events

/// The two SHA-256 hashes of a block. Every input begins with a domain, so that no hash of one kind can pass as another.
package enum JournalHash {
  /// What the first block is chained to.
  package static let chainStart = [UInt8](repeating: 0, count: 32)

  /// Domain, the chain hash of the block before, the canonical bytes: names every event up to the block's end.
  package static func chain(previous: [UInt8], canonical: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    JournalFormat.chainDomain.withUnsafeBytes { hash.update(bufferPointer: $0) }
    previous.withUnsafeBytes { hash.update(bufferPointer: $0) }
    hash.update(bufferPointer: canonical)
    return Array(hash.finalize())
  }

  /// Domain, then one or two stretches of bytes: hashes of the live tail.
  static func tail(
    _ domain: [UInt8], _ covered: UnsafeRawBufferPointer,
    _ payload: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> [UInt8] {
    var hash = SHA256()
    domain.withUnsafeBytes { hash.update(bufferPointer: $0) }
    hash.update(bufferPointer: covered)
    hash.update(bufferPointer: payload)
    return Array(hash.finalize())
  }

  /// Domain, the trailer up to the hash itself, the compressed bytes: shows a changed byte that zstd would not notice.
  package static func frame(trailer covered: UnsafeRawBufferPointer, compressed: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    JournalFormat.frameDomain.withUnsafeBytes { hash.update(bufferPointer: $0) }
    hash.update(bufferPointer: covered)
    hash.update(bufferPointer: compressed)
    return Array(hash.finalize())
  }
}
