/// What was saved of a damaged journal, and what was not.
package struct SalvageReport: Hashable, Sendable {
  /// In the order of their sequences, the journal itself in front where its first block is whole.
  package let pieces: [SalvagedPiece]
  /// Stretches of the file that are no whole block: what is lost, as bytes.
  package let lostBytes: [Range<UInt64>]
  /// Events missing between the pieces and in front of the first, by sequence.
  package let lostEvents: [LostEvents]
  /// Blocks known to be missing at the end; nil where nothing tells how many there were.
  package let blocksMissingAtEnd: UInt64?
  /// Blocks that stood in the file twice; one copy was taken.
  package let repeatedBlocks: Int
  package let fileBytes: UInt64
  /// What the live tail beside the journal gave; nil where there is none.
  package let tail: SalvagedTail?
  /// Bytes at the end that a crash left of a write: the live tail says that nothing in them was acknowledged.
  package let tornBytes: Range<UInt64>?

  /// Whether the journal is whole in the first piece: nothing but bytes that never were events was left out.
  package var isComplete: Bool {
    lostBytes.isEmpty && lostEvents.isEmpty && pieces.count <= 1 && (blocksMissingAtEnd ?? 0) == 0
  }
}

/// What the live tail beside a damaged journal held.
package struct SalvagedTail: Hashable, Sendable {
  package let path: String
  /// Events that were taken from it; nil where none were.
  package var saved: Range<UInt64>?
  /// Events that were acknowledged and that nothing whole holds; nil where there are none.
  package var lost: Range<UInt64>?
  /// Where its first record stands that is not what was written; nil where none is known.
  package var damagedAt: UInt64?
  /// Bytes that a torn write left, of events that nobody was told were safe.
  package var tornBytes: UInt64 = 0
}

/// One file that salvage wrote.
package struct SalvagedPiece: Hashable, Sendable {
  package let path: String
  package let summary: JournalSummary
  package let firstBlock: UInt64
  /// Whether its numbers say that another piece goes on with it, or holds the same events, and the hashes say no: then at most one of the two is
  /// this journal's.
  package let isDisputed: Bool
}

/// Events that are in none of the pieces.
package struct LostEvents: Hashable, Sendable {
  /// Nil where they are those from the journal's beginning on.
  package let firstSequence: UInt64?
  package let nextSequence: UInt64
  package let firstBlock: UInt64
  package let nextBlock: UInt64

  package var count: UInt64? { firstSequence.map { nextSequence - $0 } }
}

/// Why nothing was salvaged.
package enum SalvageError: Error, Hashable, Sendable {
  case journal(JournalError)
  case file(FileError)
  /// The file holds no whole block.
  case nothingWhole(path: String)
  /// A file to be written is there already.
  case exists(path: String)
}
