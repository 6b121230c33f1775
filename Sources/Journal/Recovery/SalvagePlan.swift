import Events

/// One whole block that a damaged file holds.
struct FoundBlock {
  let offset: UInt64
  let trailer: BlockTrailer
  var bytes: UInt64 { UInt64(trailer.compressedBytes) + UInt64(BlockTrailer.bytes) }
}

/// Whole blocks that provably follow each other: each continues the hash chain of the one before.
struct BlockChain {
  private(set) var blocks: [FoundBlock] = []
  /// The block behind them that was still open, from the live tail; it may be all there is.
  private(set) var open: OpenBlock?
  /// Whether the first of them begins a journal, by its number and by its hash.
  let beginsJournal: Bool
  let first: BlockTrailer
  private(set) var last: BlockTrailer

  init(_ block: FoundBlock, beginsJournal: Bool) {
    first = block.trailer
    last = block.trailer
    blocks = [block]
    self.beginsJournal = beginsJournal
  }

  init(_ open: OpenBlock, beginsJournal: Bool) {
    first = open.trailer
    last = open.trailer
    self.open = open
    self.beginsJournal = beginsJournal
  }

  mutating func append(_ block: FoundBlock) {
    blocks.append(block)
    last = block.trailer
  }

  mutating func append(_ block: OpenBlock) {
    open = block
    last = block.trailer
  }

  /// Where the last of its blocks ends in the file.
  var end: UInt64 { blocks.last.map { $0.offset + $0.bytes } ?? 0 }
}

/// What of a damaged file can be saved: every whole block in it, put in order by the hash chain, wherever in the file it stands.
struct SalvagePlan {
  /// By first sequence; the one that begins the journal, where there is one, in front.
  var chains: [BlockChain] = []
  /// Stretches of the file that hold neither a whole block nor the seek table.
  var gaps: [Range<UInt64>] = []
  /// Blocks that stand in the file more than once, byte for byte.
  private(set) var repeatedBlocks = 0
  /// How many blocks the seek table at the end of the file lists; nil where there is none.
  private(set) var listedBlocks: UInt64?
  let fileBytes: UInt64
  /// What the live tail beside the file gave; nil where there is none, or where the file is whole and sealed.
  var tail: SalvagedTail?
  /// The end of the file, where a crash tore a write that nobody was told was done.
  var torn: Range<UInt64>?

  /// - Parameter tail: what stands beside the file, read before it.
  init(_ file: any JournalFile, tail image: TailImage? = nil) throws(JournalError) {
    var walk = try BlockWalk(file: file)
    fileBytes = walk.window.fileBytes
    let found = try find(&walk)
    try link(found, &walk)
    if let image { take(image) }
    sortChains()
  }

  /// Finds every whole block, and what lies between them.
  private mutating func find(_ walk: inout BlockWalk) throws(JournalError) -> [FoundBlock] {
    var found: [FoundBlock] = []
    var newerVersion: UInt32?
    var end = fileBytes
    if let size = try seekTableBytes(&walk) { end = fileBytes - size }
    var position: UInt64 = 0
    var budget = walk.searchBudget
    while position < end {
      switch try walk.block(at: position) {
      case .whole(let trailer):
        found.append(FoundBlock(offset: position, trailer: trailer))
        position += UInt64(trailer.compressedBytes) + UInt64(BlockTrailer.bytes)
        continue
      case .newer(let version): newerVersion = version
      case .damage: break
      }
      guard case .block(_, let next) = try walk.nextWholeBlock(from: position, budget: &budget), next < end else {
        break
      }
      gaps.append(position..<next)
      guard case .whole = try walk.block(at: next) else {
        // A frame that claims too much has a right hash and can't be read: it is stepped over.
        position = next + 1
        continue
      }
      position = next
    }
    if position < end { gaps.append(position..<end) }
    joinGaps()
    if found.isEmpty, let newerVersion {
      // One damaged byte in a trailer looks the same, so a single such block among others is no reason to stop.
      throw walk.window.file.error(.newerFormat(version: UInt64(newerVersion), block: 0))
    }
    try dropDamagedTable(&walk, blockCount: found.count)
    return found
  }

  /// The length of the seek table that ends the file, whether or not its entries are right.
  private mutating func seekTableBytes(_ walk: inout BlockWalk) throws(JournalError) -> UInt64? {
    guard fileBytes >= UInt64(SeekTable.bytes(blocks: 0)) else { return nil }
    let footer = try walk.window.bytes(at: fileBytes - UInt64(SeekTable.footerBytes), count: SeekTable.footerBytes)
    guard let blocks = SeekTable.plausibleBlockCount(footer: footer) else { return nil }
    let size = UInt64(SeekTable.bytes(blocks: Int(blocks)))
    guard size <= fileBytes else { return nil }
    let header = try walk.window.bytes(at: fileBytes - size, count: SeekTable.headerBytes)
    guard SeekTable.isHeader(header, blocks: Int(blocks)) else { return nil }
    listedBlocks = blocks
    return size
  }

  /// A last gap that is as long as the seek table of the blocks before it, and begins or ends like one, held no event.
  private mutating func dropDamagedTable(_ walk: inout BlockWalk, blockCount: Int) throws(JournalError) {
    guard let gap = gaps.last, gap.upperBound == fileBytes, gap.count == SeekTable.bytes(blocks: blockCount) else {
      return
    }
    let bytes = try walk.window.bytes(at: gap.lowerBound, count: gap.count)
    guard bytes.count == gap.count else { return }
    let beginsRight = bytes.fixed32(at: 0) == JournalFormat.seekTableMagic
    if beginsRight || bytes.fixed32(at: bytes.count - 4) == JournalFormat.seekFooterMagic { gaps.removeLast() }
  }

  private mutating func joinGaps() {
    var joined: [Range<UInt64>] = []
    for gap in gaps {
      if let last = joined.last, last.upperBound == gap.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<gap.upperBound
      } else {
        joined.append(gap)
      }
    }
    gaps = joined
  }

  /// Puts blocks behind those whose hash they continue.
  private mutating func link(_ found: [FoundBlock], _ walk: inout BlockWalk) throws(JournalError) {
    let file = walk.window.file
    var reader = try BlockReader(file: file)
    var block = DecodedBlock()
    // Where a chain ends, by the index that its next block must have.
    var ends: [UInt64: [Int]] = [:]
    var seen: Set<[UInt8]> = []
    let ordered = found.sorted { ($0.trailer.blockIndex, $0.offset) < ($1.trailer.blockIndex, $1.offset) }
    for candidate in ordered {
      let trailer = candidate.trailer
      guard seen.insert(trailer.frameHash).inserted else {
        repeatedBlocks += 1
        continue
      }
      reader.startIndex = trailer.blockIndex
      let frame = try walk.window.bytes(at: candidate.offset, count: Int(trailer.compressedBytes))
      if reader.decode(frame, trailer: trailer, index: 0, firstSequence: trailer.firstSequence, into: &block) != nil {
        gaps.append(candidate.offset..<candidate.offset + candidate.bytes)
        continue
      }
      let canonical = block.canonicalBytes
      let place = ends[trailer.blockIndex]?.first { place in
        trailer.contradiction(after: chains[place].last) == nil
          && JournalHash.chain(previous: chains[place].last.chainHash, canonical: canonical) == trailer.chainHash
      }
      let next = trailer.blockIndex + 1
      if let place {
        chains[place].append(candidate)
        ends[trailer.blockIndex]?.removeAll { $0 == place }
        ends[next, default: []].append(place)
      } else {
        let begins =
          trailer.beginsJournal
          && JournalHash.chain(previous: JournalHash.chainStart, canonical: canonical) == trailer.chainHash
        ends[next, default: []].append(chains.count)
        chains.append(BlockChain(candidate, beginsJournal: begins))
      }
    }
    gaps.sort { $0.lowerBound < $1.lowerBound }
    joinGaps()
  }

  private mutating func sortChains() {
    func offset(_ chain: BlockChain) -> UInt64 { chain.blocks.first?.offset ?? fileBytes }
    chains.sort {
      ($0.beginsJournal ? 0 : 1, $0.first.firstSequence, offset($0))
        < ($1.beginsJournal ? 0 : 1, $1.first.firstSequence, offset($1))
    }
  }
}
