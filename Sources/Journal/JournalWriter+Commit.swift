import Events

extension JournalWriter {
  /// Makes everything appended so far durable, by one sync; what arrived together is best appended together, and committed once.
  ///
  /// An effect of an event may leave the process once this has returned a sequence behind it, and not before. Without a live tail
  /// (`Durability.block`) only full blocks are made durable.
  /// - Returns: the sequence before which every event is durable.
  @discardableResult
  package mutating func commit() throws(JournalError) -> UInt64 {
    try checkIsOpen()
    draft.countBars(upTo: barCount)
    do throws(JournalError) {
      try commitBlocks()
      if durability == .commit, let tail { try commitOpenBlock(tail) }
    } catch {
      throw fail(error)
    }
    return durableSequence
  }

  /// The disk could not promise room for more than one further block and some hundred commits: time to stop trading while the last events
  /// can still be written.
  package var isSpaceShort: Bool { tail?.isSpaceShort == true || pipeline.isSpaceShort }

  /// Full blocks come first: the tail goes on from what they end with, so they must be durable before it does.
  private mutating func commitBlocks() throws(JournalError) {
    guard hasUnsyncedBlocks else { return }
    try pipeline.drain()
    if !pipeline.defects.contains(.skipBlockSync) { try pipeline.sync() }
    hasUnsyncedBlocks = false
    durableSequence = blockStart
    guard let tail else { return }
    tail.restart(after: pipeline.last)
    try mark(tail)
  }

  private mutating func commitOpenBlock(_ tail: TailWriter) throws(JournalError) {
    guard draft.eventCount > committed.events else { return }
    let header: BlockHeader
    do throws(EventTimes.Stop) {
      header = try tail.encode(draft.events(from: committed))
    } catch {
      throw pipeline.refusal(error, firstSequence: draft.firstSequence)
    }
    if !pipeline.defects.contains(.skipFence) { try tail.fence.check() }
    do throws(FileError) {
      try tail.write(header)
    } catch {
      throw pipeline.refusal(.file(error))
    }
    committed = draft.end
    durableSequence = nextSequence
    try mark(tail)
  }

  private func mark(_ tail: TailWriter) throws(JournalError) {
    do throws(FileError) {
      try tail.mark(block: draft.index, acknowledged: durableSequence)
    } catch {
      throw pipeline.refusal(.file(error))
    }
  }
}
