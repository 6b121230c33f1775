/// The outcome of checking a journal from its first byte to its last.
package struct VerifyReport: Hashable, Sendable {
  /// Of the blocks that were found whole, from the start on.
  package let summary: JournalSummary
  /// Rows of them whose fields were decoded and encoded again.
  package let rows: UInt64
  /// The first thing that is wrong; nil where nothing is. A journal that was never sealed and ends in a whole block is
  /// intact: `summary.isSealed` tells it apart.
  package let damage: JournalError?

  /// Root of the Merkle tree over all events (`EventLeaf`); nil where it was not asked for or something is damaged.
  package let merkleRoot: [UInt8]?

  package var isIntact: Bool { damage == nil }
}
