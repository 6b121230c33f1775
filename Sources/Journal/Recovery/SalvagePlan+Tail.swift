import Events
import Market

/// The events of a block that was open, from the live tail.
struct OpenBlock {
  /// As if the block stood in the file.
  let trailer: BlockTrailer
  let draft: BlockDraft
  /// The block before, as far as the tail knows it; nil where there is none.
  let previous: BlockTrailer?
}

extension SalvagePlan {
  /// Puts the live tail's events behind the block that they continue, and notes which were acknowledged and are nowhere.
  ///
  /// The first record names the block before it by number and hash. Where that block is lost the events are a fragment of their own, whose sums of
  /// what stood before are 0. Records behind a rotten one are whole and name only the hash of that one: their events are counted as lost.
  mutating func take(_ image: TailImage) {
    var tail = SalvagedTail(path: image.path)
    var start = TailImage.Start(blockIndex: 0, firstSequence: nil, chainHash: JournalHash.chainStart)
    var place = chains.indices.max { chains[$0].last.nextSequence < chains[$1].last.nextSequence }
    if let place { start = TailImage.Start(after: chains[place].last) }
    if let record = image.firstRecord, !holdsBlock(of: record) {
      start = TailImage.Start(
        blockIndex: record.blockIndex, firstSequence: record.firstSequence, chainHash: record.previous)
      place = chains.firstIndex { TailImage.Start(after: $0.last) == start }
    }
    let found = image.records(after: start)
    var end = place.map { chains[$0].last.nextSequence } ?? 0
    var acknowledged = max(image.mark?.acknowledged ?? 0, image.endOfRecords(behind: found.end, from: start.blockIndex))
    if !found.records.isEmpty {
      acknowledged = max(acknowledged, found.nextSequence)
      let open: OpenBlock
      do throws(JournalError) {
        open = try OpenBlock(found, of: image, after: place.map { chains[$0].last })
      } catch {
        // Records that are whole and make no block were not written by this program: nothing of them can be saved.
        tail.damagedAt = TailFormat.recordsOffset
        tail.lost = end..<acknowledged
        self.tail = tail
        return
      }
      end = open.trailer.nextSequence
      tail.saved = open.trailer.firstSequence..<end
      if let place {
        chains[place].append(open)
      } else {
        place = chains.count
        chains.append(
          BlockChain(open, beginsJournal: start.blockIndex == 0 && start.chainHash == JournalHash.chainStart))
      }
    }
    if acknowledged > end { tail.lost = end..<acknowledged }
    switch found.damage {
    case nil:
      tail.tornBytes = UInt64(found.tornBytes)
      noteTornEnd(behind: place, isWitnessed: image.mark != nil && tail.lost == nil)
    case .damagedTail(let offset, _, _), .foreignTail(let offset): tail.damagedAt = offset
    default: break
    }
    self.tail = tail
  }

  /// Bytes behind the block that the tail goes on from hold nothing that was acknowledged, where the mark bears witness of that.
  private mutating func noteTornEnd(behind place: Int?, isWitnessed: Bool) {
    guard isWitnessed, listedBlocks == nil, let gap = gaps.last, gap.upperBound == fileBytes,
      gap.lowerBound == place.map({ chains[$0].end }) ?? 0
    else { return }
    gaps.removeLast()
    torn = gap
  }

  /// Whether the block that a record belongs to is there as a whole: then the record is old.
  private func holdsBlock(of record: TailRecord) -> Bool {
    chains.contains { chain in
      chain.blocks.contains {
        $0.trailer.blockIndex == record.blockIndex && $0.trailer.firstSequence == record.firstSequence
      }
    }
  }
}

extension TailImage.Start {
  init(after last: BlockTrailer) {
    self.init(blockIndex: last.blockIndex + 1, firstSequence: last.nextSequence, chainHash: last.chainHash)
  }
}

extension OpenBlock {
  /// - Precondition: there is at least one record.
  /// - Parameter last: the block before; nil where it is lost, or there never was one.
  fileprivate init(
    _ found: TailImage.Records, of image: TailImage, after last: BlockTrailer?
  ) throws(JournalError) {
    let record = found.records[0].header
    var previous = last
    if last == nil, record.blockIndex > 0 {
      var block = DecodedBlock()
      try image.decode(found.records[0], into: &block)
      previous = BlockTrailer(before: record, at: block.firstTime)
    }
    guard let tail = try TailBlock(found, of: image, after: previous),
      let draft = try BlockDraft(found, of: image, limits: nil)
    else { throw JournalError(path: image.path, fault: .foreignTail(offset: TailFormat.recordsOffset)) }
    self.init(trailer: tail.trailer, draft: draft, previous: previous)
  }
}

extension BlockTrailer {
  /// What a live tail's first record says of a block that is lost: its number, its hash and where it ended.
  fileprivate init(before record: TailRecord, at time: Timestamp) {
    self.init(
      header: BlockHeader(
        index: record.blockIndex - 1, firstSequence: record.firstSequence, limits: .standard, eventCount: 0,
        barCount: 0,
        rowBytes: 0, firstTime: time),
      lastTime: time, canonicalBytes: 0, compressedBytes: 0, barsBefore: 0, canonicalBytesBefore: 0,
      chainHash: record.previous)
  }
}

extension TailImage {
  /// Behind the last event of any whole record of block `block` or a later one from `place` on; 0 where there is none.
  fileprivate func endOfRecords(behind place: Int, from block: UInt64) -> UInt64 {
    withBytes { all in
      var end: UInt64 = 0
      var place = place
      while place < all.count {
        guard let record = TailRecord(UnsafeRawBufferPointer(rebasing: all[place...])) else {
          place += TailFormat.pageBytes
          continue
        }
        if record.blockIndex >= block { end = max(end, record.nextSequence) }
        place += record.pageBytes
      }
      return end
    }
  }
}
