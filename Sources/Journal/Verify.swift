import Events
import Market

/// Checks everything that can be checked of a journal, in one pass and bounded memory.
///
/// For every block: zstd frame and checksum, trailer and frame hash, chain hash, decoding, the same bytes when encoded
/// again, limits and boundary, times that never decrease. For every row: its fields decoded and encoded again, origin
/// allowed for its kind, cause and references before it. Then the seek table byte by byte against the frames.
///
/// - Parameter withRoot: whether the Merkle root is computed, too: two hashes more an event.
/// - Throws: only where the check can't be made: a file that can't be read, is no journal, or is a newer program's.
package func verifyJournal(file: any JournalFile, withRoot: Bool = false) throws(JournalError) -> VerifyReport {
  var verifier = Verifier(walk: try BlockWalk(file: file), blocks: try BlockReader(file: file))
  if withRoot { verifier.tree = MerkleTree() }
  let end = try verifier.checkBlocks()
  return VerifyReport(
    summary: JournalSummary(
      first: verifier.walk.first, last: verifier.walk.last, fileBytes: verifier.walk.window.fileBytes,
      isSealed: end.isSealed),
    rows: verifier.rowCount, damage: end.damage, merkleRoot: end.damage == nil ? verifier.tree?.close().root : nil)
}

private struct Verifier: ~Copyable {
  var walk: BlockWalk
  private let blocks: BlockReader
  private var block = DecodedBlock()
  private var encoder: BlockEncoder?
  private var rowCheck = RowCheck()
  /// Over the events so far; nil where its root is not wanted.
  var tree: MerkleTree?
  private var leaf = ByteBuffer(capacity: 4096)
  private var chainHash = JournalHash.chainStart
  private var limits: BlockLimits?
  /// Whether the block before could not have ended otherwise: only the last block of a journal may be less than full.
  private var lastWasFull = true

  var rowCount: UInt64 { rowCheck.count }

  init(walk: consuming BlockWalk, blocks: consuming BlockReader) {
    self.walk = walk
    self.blocks = blocks
  }

  mutating func checkBlocks() throws(JournalError) -> (isSealed: Bool, damage: JournalError?) {
    while true {
      let file = walk.window.file
      let offset = walk.offset
      let index = walk.table.blockCount
      let firstSequence = walk.last?.nextSequence ?? 0
      switch try walk.next() {
      case .end: return (false, nil)
      case .newer(let version): throw file.error(.newerFormat(version: UInt64(version), block: UInt64(index)))
      case .damage(let damage): return try checkEnd(damage)
      case .block:
        if let damage = try checkLastBlock() {
          return (false, file.damaged(damage, block: UInt64(index), offset: offset, firstSequence: firstSequence))
        }
      }
    }
  }

  /// Looks into the block that the walk has just stepped over.
  private mutating func checkLastBlock() throws(JournalError) -> BlockDamage? {
    guard let trailer = walk.last else { return nil }
    let frame = try walk.lastFrame()
    if let damage = blocks.decode(
      frame, trailer: trailer, index: Int(trailer.blockIndex), firstSequence: trailer.firstSequence, into: &block)
    {
      return damage
    }
    chainHash = JournalHash.chain(previous: chainHash, canonical: block.canonicalBytes)
    if chainHash != trailer.chainHash { return .chainHash }
    if let damage = checkBoundary() { return damage }
    if let damage = reencode(trailer) { return damage }
    return rowCheck.check(block) ?? growTree()
  }

  private mutating func growTree() -> BlockDamage? {
    guard tree != nil else { return nil }
    do throws(DecodeError) {
      try EventLeaf.each(block, &leaf) { tree?.append($0) }
      return nil
    } catch {
      return .decode(error)
    }
  }

  private mutating func checkBoundary() -> BlockDamage? {
    if let limits, limits != block.limits { return .boundary }
    limits = block.limits
    if !lastWasFull { return .boundary }
    lastWasFull = block.limits.isFull(events: block.eventCount, rowBytes: block.rowBytes)
    // Rows may pass the limit only with the last one; the block would have closed before it otherwise.
    return block.rowBytes >= block.limits.rowBytes && !rowCheck.reachesLimitWithLastRow(block) ? .boundary : nil
  }

  private mutating func reencode(_ trailer: BlockTrailer) -> BlockDamage? {
    var encoder = self.encoder.take() ?? BlockEncoder(limits: block.limits)
    let outcome = encode(&encoder)
    let isSame = outcome.damage == nil && block.canonicalBytes.elementsEqual(encoder.canonical.bytes)
    self.encoder = consume encoder
    if let damage = outcome.damage { return damage }
    if !isSame { return .notCanonical }
    return outcome.lastTime == trailer.lastTime ? nil : .trailerField("last time")
  }

  private func encode(_ encoder: inout BlockEncoder) -> (damage: BlockDamage?, lastTime: Timestamp?) {
    var damage: BlockDamage?
    var lastTime: Timestamp?
    block.bars.withUnsafeBufferPointer { bars in
      // An empty array may have no address; the encoder reads no bar then.
      let base = bars.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Bar>.alignment)
      guard let base else { return }
      let events = BlockEvents(
        index: block.index, firstSequence: block.firstSequence, limits: block.limits, runs: block.storedRuns,
        bars: base, barCount: bars.count, rows: block.rows)
      do throws(EventTimes.Stop) {
        lastTime = try encoder.encode(events).lastTime
      } catch {
        switch error {
        case .decreases(let sequence, _, _): damage = .timeDecreases(sequence: sequence)
        case .row: damage = .notCanonical
        case .decode(let reason): damage = .decode(reason)
        }
      }
    }
    return (damage, lastTime)
  }

  /// Decides what the bytes behind the last whole block are.
  private mutating func checkEnd(_ damage: BlockDamage) throws(JournalError) -> (isSealed: Bool, damage: JournalError?)
  {
    let file = walk.window.file
    if let (offset, difference) = try walk.seekTableDifference() {
      guard let difference else { return (true, nil) }
      return (false, file.error(.damagedSeekTable(offset: offset, damage: difference)))
    }
    if try walk.hasWholeBlockBehind() { return (false, walk.damaged(damage)) }
    if walk.table.blockCount == 0 {
      guard try walk.beginsLikeJournal() else { throw file.error(.notAJournal) }
    }
    if damage != .cut { return (false, walk.damaged(damage)) }
    let torn = JournalFault.tornTail(
      offset: walk.offset, bytes: walk.window.fileBytes - walk.offset, events: walk.last?.nextSequence ?? 0)
    return (false, file.error(torn))
  }
}

extension BlockWalk {
  /// Compares what stands behind the blocks with the seek table that belongs there.
  ///
  /// Nil where it is no seek table by its length or beginning; else where the table begins, and the first thing wrong in it.
  mutating func seekTableDifference() throws(JournalError) -> (offset: UInt64, damage: SeekTableDamage?)? {
    var expected = ByteBuffer(capacity: table.bytes)
    table.encode(into: &expected)
    let rest = window.fileBytes - offset
    let found = try window.bytes(at: offset, count: Int(min(rest, UInt64(table.bytes))))
    let beginsRight = found.count >= 4 && found.fixed32(at: 0) == JournalFormat.seekTableMagic
    guard rest == UInt64(table.bytes) || (beginsRight && rest > UInt64(table.bytes)) else { return nil }
    var place = 0
    for (left, right) in zip(found, expected.bytes) {
      if left != right { return (offset, damage(at: place)) }
      place += 1
    }
    return (offset, rest == UInt64(table.bytes) ? nil : .bytesBehind(rest - UInt64(table.bytes)))
  }

  private func damage(at place: Int) -> SeekTableDamage {
    let entriesEnd = table.bytes - SeekTable.footerBytes
    if place < SeekTable.headerBytes { return .header }
    if place < entriesEnd { return .entry(index: UInt64((place - SeekTable.headerBytes) / SeekTable.entryBytes)) }
    if place < entriesEnd + 4 { return .entryCount }
    return place == entriesEnd + 4 ? .reservedBits : .footer
  }
}
