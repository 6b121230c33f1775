import Events
import Journal

/// Decodes canonical blocks that stand alone. One that is accepted must encode to the same bytes: each block has one spelling.
package struct BlockTrial: ~Copyable {
  private var block = DecodedBlock()
  private var reencoder = BlockReencoder()

  package init() {}

  package mutating func run(_ bytes: UnsafeRawBufferPointer) -> Verdict {
    do throws(DecodeError) {
      try block.decode(copying: bytes)
    } catch {
      return .refused
    }
    return reencoder.isCanonical(block)
      ? .accepted : .finding("the block is accepted, and its events encode to other bytes")
  }
}
