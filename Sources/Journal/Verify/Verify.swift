import Events
import Market

/// Checks everything that can be checked of a journal, in one pass and bounded memory.
///
/// For every block: zstd frame and checksum, trailer and frame hash, chain hash, decoding, the same bytes when encoded
/// again, limits and boundary, times that never decrease. For every row: its fields decoded and encoded again, origin
/// allowed for its kind, cause and references before it. Then the seek table byte by byte against the frames, or of a journal
/// that is not sealed its live tail: every record as a block, and every byte that is neither.
///
/// - Parameter withRoot: whether the Merkle root is computed, too: two hashes more an event.
/// - Throws: only where the check can't be made: a file that can't be read, is no journal, or is a newer program's.
///   What is damaged at the end of a journal that a writer has locked is looked at again: it may be a write under way.
package func verifyJournal(file: any JournalFile, withRoot: Bool = false) throws(JournalError) -> VerifyReport {
  var retries = try LiveRetries(file)
  while true {
    let report = try verifyOnce(file, withRoot: withRoot, isBeingWritten: retries.isBeingWritten)
    guard report.damage != nil, try retries.mayRetry() else { return report }
  }
}

private func verifyOnce(
  _ file: any JournalFile, withRoot: Bool, isBeingWritten: Bool
) throws(JournalError) -> VerifyReport {
  // The tail first: a block that is closed meanwhile is then in the journal, and its old records are known as such.
  let image = try TailImage.beside(file)
  var frames = try FrameCheck(file, hasTail: image?.isOfJournal ?? false)
  let fileBytes = frames.fileBytes
  var check = BlockCheck(withRoot: withRoot)
  var block = DecodedBlock()
  while true {
    switch try frames.next(&block) {
    case .block(let place):
      if let damage = check.check(block, place) {
        let found = file.damaged(
          damage, block: place.trailer.blockIndex, offset: place.offset, firstSequence: place.trailer.firstSequence)
        return check.report(fileBytes: fileBytes, isSealed: false, damage: found)
      }
    case .end(let isSealed, var damage):
      // Whoever holds the lock has cut what was torn before: this is what is being written just now.
      if isBeingWritten, damage?.isTorn == true { damage = nil }
      if damage == nil, let image { damage = try check.check(image, isSealed: isSealed, &block) }
      if isBeingWritten, damage?.isTorn == true { damage = nil }
      return check.report(fileBytes: fileBytes, isSealed: isSealed, damage: damage)
    }
  }
}

extension JournalError {
  fileprivate var isTorn: Bool {
    if case .tornTail = fault { true } else { false }
  }
}

extension BlockCheck {
  fileprivate func report(fileBytes: UInt64, isSealed: Bool, damage: JournalError?) -> VerifyReport {
    VerifyReport(
      summary: JournalSummary(first: first, last: last, fileBytes: fileBytes, isSealed: isSealed), rows: rowCount,
      damage: damage, merkleRoot: damage == nil ? merkleRoot : nil)
  }

  /// Checks the live tail, as it was before the blocks were read; returns the first thing that is wrong.
  ///
  /// Beside a sealed journal only what contradicts it counts: the rest is about to be removed, or to be written anew.
  fileprivate mutating func check(
    _ image: TailImage, isSealed: Bool, _ block: inout DecodedBlock
  ) throws(JournalError) -> JournalError? {
    let found = image.records(after: tailStart)
    func damaged(_ fault: JournalFault) -> JournalError { JournalError(path: image.path, fault: fault) }
    if let damage = found.damage { return damaged(damage) }
    if isSealed { return nil }
    let tail: TailBlock?
    do throws(JournalError) { tail = try TailBlock(found, of: image, after: last) } catch { return error }
    if let tail {
      // Its bytes were just made from the records' events, so that they can be decoded is a matter of this program.
      do throws(DecodeError) {
        try block.decode(copying: tail.canonical[...])
      } catch {
        throw damaged(.rowUnreadable(sequence: tail.trailer.firstSequence, reason: error))
      }
      if let damage = check(block, tail.trailer) {
        return damaged(
          .damagedBlock(
            block: tail.trailer.blockIndex, offset: TailFormat.recordsOffset,
            firstSequence: tail.trailer.firstSequence, damage: damage))
      }
    }
    // A header was durable before the first record: without one, or with a page of another writer, something was lost.
    if image.header == nil, image.mark != nil || found.usedEnd > Int(TailFormat.recordsOffset) {
      return damaged(.damagedTailPage(offset: image.damagedPage ?? 0))
    }
    if let page = image.damagedPage { return damaged(.damagedTailPage(offset: page)) }
    if found.tornBytes > 0 {
      return damaged(
        .tornTail(offset: UInt64(found.end), bytes: UInt64(found.tornBytes), events: found.nextSequence))
    }
    return nil
  }

  /// What the live tail must go on from.
  private var tailStart: TailImage.Start {
    TailImage.Start(
      blockIndex: last.map { $0.blockIndex + 1 } ?? 0, firstSequence: last?.nextSequence,
      chainHash: last?.chainHash ?? JournalHash.chainStart)
  }
}
