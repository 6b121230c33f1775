import Events
import Market

/// The second half of checking a journal: that its blocks' content continues the chain, is spelled as it must be, and makes sense.
struct BlockCheck: ~Copyable {
  private(set) var first: BlockTrailer?
  private(set) var last: BlockTrailer?
  private var encoder: BlockEncoder?
  private var rowCheck = RowCheck()
  private var limits: BlockLimits?
  /// Whether the block before could not have ended otherwise: only the last block of a journal may be less than full.
  private var lastWasFull = true
  /// Over the events so far; nil where its root is not wanted.
  private var tree: MerkleTree?
  private var leaf = ByteBuffer(capacity: 4096)

  init(withRoot: Bool) {
    if withRoot { tree = MerkleTree() }
  }

  /// Rows whose fields were decoded and encoded again.
  var rowCount: UInt64 { rowCheck.count }
  var merkleRoot: [UInt8]? { tree?.close().root }

  /// Counts a block, and looks into it where its frame could be decoded at all.
  mutating func check(_ block: borrowing DecodedBlock, _ place: FrameCheck.Place) -> BlockDamage? {
    if let damage = place.damage {
      note(place.trailer)
      return damage
    }
    return check(block, place.trailer)
  }

  private mutating func note(_ trailer: BlockTrailer) {
    if first == nil { first = trailer }
    last = trailer
  }

  /// Looks into the next block.
  mutating func check(_ block: borrowing DecodedBlock, _ trailer: BlockTrailer) -> BlockDamage? {
    let previous = last?.chainHash ?? JournalHash.chainStart
    note(trailer)
    if JournalHash.chain(previous: previous, canonical: block.canonicalBytes) != trailer.chainHash { return .chainHash }
    if let damage = checkBoundary(block) { return damage }
    if let damage = reencode(block, trailer) { return damage }
    return rowCheck.check(block) ?? growTree(block)
  }

  private mutating func growTree(_ block: borrowing DecodedBlock) -> BlockDamage? {
    guard tree != nil else { return nil }
    do throws(DecodeError) {
      try EventLeaf.each(block, &leaf) { tree?.append($0) }
      return nil
    } catch {
      return .decode(error)
    }
  }

  private mutating func checkBoundary(_ block: borrowing DecodedBlock) -> BlockDamage? {
    if let limits, limits != block.limits { return .boundary }
    limits = block.limits
    if !lastWasFull { return .boundary }
    lastWasFull = block.limits.isFull(events: block.eventCount, rowBytes: block.rowBytes)
    // Rows may pass the limit only with the last one; the block would have closed before it otherwise.
    return block.rowBytes >= block.limits.rowBytes && !rowCheck.reachesLimitWithLastRow(block) ? .boundary : nil
  }

  private mutating func reencode(
    _ block: borrowing DecodedBlock, _ trailer: BlockTrailer
  ) -> BlockDamage? {
    var encoder = self.encoder.take() ?? BlockEncoder(limits: block.limits)
    let outcome = encode(block, &encoder)
    let isSame = outcome.damage == nil && block.canonicalBytes.elementsEqual(encoder.canonical.bytes)
    self.encoder = consume encoder
    if let damage = outcome.damage { return damage }
    if !isSame { return .notCanonical }
    return outcome.lastTime == trailer.lastTime ? nil : .trailerField("last time")
  }

  private func encode(
    _ block: borrowing DecodedBlock, _ encoder: inout BlockEncoder
  ) -> (damage: BlockDamage?, lastTime: Timestamp?) {
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
}
