package import Market

/// What a journal holds, without its events.
package struct JournalSummary: Hashable, Sendable {
  package let events: UInt64
  /// Sequence of the first event: 0 but in a journal that continues another, and in a fragment.
  package let firstSequence: UInt64
  /// Of the events, those that are bars.
  package let bars: UInt64
  package let blocks: UInt64
  /// The chain hash over all blocks: names the whole journal. 32 zero bytes where there is none.
  package let head: [UInt8]
  package let canonicalBytes: UInt64
  package let fileBytes: UInt64
  package let firstTime: Timestamp?
  package let lastTime: Timestamp?
  /// Whether the journal is closed by a seek table.
  package let isSealed: Bool

  /// The sequence that the event behind the last one gets.
  package var nextSequence: UInt64 { firstSequence + events }
  /// Whether a journal begins here; a fragment has lost what stood before it.
  package let isFragment: Bool

  init(first: BlockTrailer?, last: BlockTrailer?, fileBytes: UInt64, isSealed: Bool) {
    firstSequence = first?.firstSequence ?? 0
    events = (last?.nextSequence ?? 0) - firstSequence
    bars = (last?.barsThrough ?? 0) - (first?.barsBefore ?? 0)
    blocks = last.map { $0.blockIndex + 1 - (first?.blockIndex ?? 0) } ?? 0
    head = last?.chainHash ?? JournalHash.chainStart
    canonicalBytes = (last?.canonicalBytesThrough ?? 0) - (first?.canonicalBytesBefore ?? 0)
    self.fileBytes = fileBytes
    firstTime = first?.firstTime
    lastTime = last?.lastTime
    self.isSealed = isSealed
    isFragment = first.map { !$0.beginsJournal } ?? false
  }
}
