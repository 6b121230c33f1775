package import Events
package import Market

/// Why a journal could not be written or read, and where. The text for people is made in `JournalError+Text.swift`.
package struct JournalError: Error, Hashable, Sendable {
  package let path: String
  package let fault: JournalFault
  /// The next whole block behind damage in the middle, where one was looked for and found.
  package let resumption: Resumption?

  package init(path: String, fault: JournalFault, resumption: Resumption? = nil) {
    self.path = path
    self.fault = fault
    self.resumption = resumption
  }
}

package enum JournalFault: Hashable, Sendable {
  /// The file layer failed. When writing: nothing more is accepted.
  case file(FileError)
  /// The bytes are none that this program's journals begin with.
  case notAJournal
  /// Written by a newer program; `version` is above what this one reads.
  case newerFormat(version: UInt64, block: UInt64)
  /// A new journal was to begin in a file that holds bytes.
  case fileNotEmpty(bytes: UInt64)
  /// A block is not what was written. `offset` is where its frame begins; `firstSequence` is known from the block before.
  case damagedBlock(block: UInt64, offset: UInt64, firstSequence: UInt64, damage: BlockDamage)
  case damagedSeekTable(offset: UInt64, damage: SeekTableDamage)
  /// The file ends in bytes that are no whole block: a write that a crash cut short.
  case tornTail(offset: UInt64, bytes: UInt64, events: UInt64)
  /// A record of the live tail is not what was written: events from `firstSequence` on were acknowledged, up to `behind` or more.
  case damagedTail(offset: UInt64, firstSequence: UInt64, behind: UInt64)
  /// A page in front of the live tail's records is neither empty nor what belongs there.
  case damagedTailPage(offset: UInt64)
  /// The live tail is of another journal.
  case foreignTail(offset: UInt64)
  /// The live tail goes on from a block that the journal doesn't have: its end was lost.
  case blocksMissing(blocks: UInt64, expected: UInt64, events: UInt64)
  /// Another process is writing the journal.
  case lockedElsewhere
  /// Another writer has taken the journal over since: nothing may be written any more.
  case superseded(epoch: UInt64, by: UInt64, owner: String)
  /// The path names another file by now, or none.
  case replaced(path: String)
  /// An input is older than the one before it.
  case timeDecreases(sequence: UInt64, time: Timestamp, previous: Timestamp)
  /// A row that can't be stored: longer than `rowBytesMax`, or a bar, which is never stored as a row.
  case rowRefused(sequence: UInt64, kind: EventKind, bytes: Int)
  /// A row in or behind `sequence` whose bytes no event encodes to.
  case rowUnreadable(sequence: UInt64, reason: DecodeError)
  /// The writer failed before, for a reason that was thrown then.
  case stopped
  /// More blocks than a seek table can list.
  case tooManyBlocks(count: UInt64)
  /// libzstd could not compress.
  case compression(code: UInt32)
}

/// What is wrong with one block, from the outside in.
package enum BlockDamage: Hashable, Sendable {
  /// The file ends inside the block.
  case cut
  /// No zstd frame where one must begin, or one whose headers make no sense; `code` is libzstd's.
  case frame(code: UInt32)
  case contentSize(claimed: UInt64, limit: UInt64)
  /// The frame behind the block's frame is no trailer of this format.
  case trailerHeader
  /// A field of the trailer contradicts the block, the blocks before it or the file.
  case trailerField(StaticName)
  /// The SHA-256 over trailer and compressed bytes is another one.
  case frameHash
  /// The SHA-256 chain over the canonical bytes is another one.
  case chainHash
  case decode(DecodeError)
  /// Encoding what was decoded gives other bytes.
  case notCanonical
  /// The block was closed too early or too late for the rule that boundaries follow.
  case boundary
  case row(sequence: UInt64, kind: EventKind, RowDamage)
  case timeDecreases(sequence: UInt64)
}

package enum RowDamage: Hashable, Sendable {
  case decode(DecodeError)
  case notCanonical
  /// A derived kind written as an input, or the other way round.
  case role
  /// Names an event that does not lie before it.
  case reference(UInt64)
}

package enum SeekTableDamage: Hashable, Sendable {
  case header
  case reservedBits
  case entryCount
  /// An entry is not the size of the frame it stands for.
  case entry(index: UInt64)
  /// The entries don't add up to the table's place.
  case sum
  case footer
  case bytesBehind(UInt64)
}

extension JournalFile {
  func error(_ fault: JournalFault) -> JournalError { JournalError(path: path, fault: fault) }

  func damaged(
    _ damage: BlockDamage, block: UInt64, offset: UInt64, firstSequence: UInt64
  ) -> JournalError {
    error(.damagedBlock(block: block, offset: offset, firstSequence: firstSequence, damage: damage))
  }
}

extension JournalError {
  /// The same error, with where the journal goes on.
  func resuming(at resumption: Resumption?) -> JournalError {
    guard case .damagedBlock = fault else { return self }
    return JournalError(path: path, fault: fault, resumption: resumption)
  }
}
