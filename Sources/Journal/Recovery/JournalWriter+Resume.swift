import Events
import Glibc
import Market

extension JournalWriter {
  /// Begins a new journal under a name, with a live tail where anything is to be acknowledged before the seal; both names are durable on return.
  ///
  /// - Parameter replacing: whether an existing journal of that name may be emptied; without it it fails with `EEXIST`.
  package static func create(
    path: String, disk: any Disk = PosixDisk(), options: JournalOptions = JournalOptions(), firstSequence: UInt64 = 0,
    replacing: Bool = false
  ) throws(JournalError) -> JournalWriter {
    let opened = OpenedJournal(path: path, disk: disk, options: options)
    let file = try opened.makeEmpty(replacing: replacing)
    guard options.durability != .close else {
      try opened.syncFolder()
      return try JournalWriter(file: file, options: options, firstSequence: firstSequence)
    }
    var start = RecoveredStart(limits: options.limits, firstSequence: firstSequence)
    start.tail = try opened.beginTail(
      file, image: nil, existing: nil, found: nil, hash: JournalHash.chainStart, limits: options.limits)
    let writer = JournalWriter(file: file, options: options, start: start)
    try writer.pipeline.reserve()
    // To begin without the reserve would be to promise what can't be kept.
    if writer.isSpaceShort {
      throw file.error(.file(FileError(operation: .reserve, path: path, code: ENOSPC)))
    }
    return writer
  }

  /// Goes on writing a journal that was sealed, left open or torn by a crash, with everything in it that was acknowledged.
  ///
  /// Torn ends of the journal and of its live tail are cut and reported in `cutTail` and `cutLiveTail`; damage with something whole behind it, or
  /// with a mark that more was acknowledged, is refused, and the files are left as they are. The events of a last block that is not full go into the
  /// live tail before they leave the journal, so that killing this at any point loses nothing; doing it twice changes nothing but the epoch.
  ///
  /// The limits are those the journal was begun with; `options.limits` counts only where it holds no event.
  /// - Parameter takingOver: doesn't ask for the lock; the new epoch alone stops the other writer.
  package static func resume(
    path: String, disk: any Disk = PosixDisk(), options: JournalOptions = JournalOptions(), takingOver: Bool = false
  ) throws(JournalError) -> JournalWriter {
    try resume(try HeldJournal(path: path, disk: disk, options: options, takingOver: takingOver))
  }

  /// Goes on writing a journal that is locked already: nothing was changed before this.
  package static func resume(_ held: HeldJournal) throws(JournalError) -> JournalWriter {
    let (opened, options, file, tailFile) = (held.opened, held.opened.options, held.file, held.tail)
    let defects = options.defects
    // What a dead process wrote may still be in memory only: nothing is decided on bytes that a power cut would take.
    if !defects.contains(.skipReopenSync) {
      for file in [file, tailFile].compactMap({ $0 }) {
        try file.journalSync()
        file.dropCache()
      }
      try opened.syncFolder()
    }
    let image: TailImage? = if let tailFile { try TailImage(tailFile) } else { nil }
    let whole = try WholeBlocks.walk(file, tail: image)
    var start = RecoveredStart(limits: options.limits)
    start.begin(whole, path: file.path)
    // Before anything is changed: what can't be decoded must be found with the files as they were.
    let found = try start.takeTail(image, defects: defects)
    var movesBlock = false
    if let last = whole.last {
      try start.takeBack(last, of: whole, file: file)
      movesBlock = start.cutBefore != nil
      if movesBlock, found?.records.isEmpty == false {
        throw file.error(.foreignTail(offset: TailFormat.recordsOffset))
      }
    }
    let end = start.cutBefore ?? whole.end
    start.cutBefore = nil
    // Without a tail and with durability `close` nothing in the file was acknowledged, but for a last block that is not full: a journal that was sealed,
    // and lacks nothing but its own name. Its events go into a tail, as ever, until they are written again.
    guard tailFile != nil || options.durability != .close || movesBlock else {
      try file.cut(to: end, of: whole.fileBytes, defects: defects)
      return JournalWriter(file: file, options: options, start: start)
    }
    if movesBlock, defects.contains(.cutBeforeTail) { try file.cut(to: end, of: whole.fileBytes, defects: defects) }
    let hash = movesBlock ? start.last?.chainHash ?? JournalHash.chainStart : found?.hash ?? start.tailStart.chainHash
    let tail = try opened.beginTail(
      file, image: image, existing: tailFile, found: movesBlock ? nil : found, hash: hash,
      limits: start.limits)
    start.tail = tail
    try start.encodeDraft(file, into: tail, writes: movesBlock)
    try file.cut(to: end, of: whole.fileBytes, defects: defects)
    let writer = JournalWriter(file: file, options: options, start: start)
    try writer.pipeline.reserve()
    return writer
  }
}

extension RecoveredStart {
  fileprivate mutating func begin(_ whole: WholeBlocks, path: String) {
    table = whole.table
    first = whole.first
    last = whole.last
    firstSequence = whole.first?.firstSequence ?? 0
    guard whole.tornBytes > 0 else { return }
    cutTail = CutTail(
      path: path, offset: whole.end, bytes: whole.tornBytes, lastKeptSequence: whole.last.map { $0.nextSequence - 1 })
  }

  /// Takes the events of the open block from the live tail.
  fileprivate mutating func takeTail(
    _ image: TailImage?, defects: JournalDefects
  ) throws(JournalError) -> TailImage.Records? {
    guard let image else { return nil }
    let found = image.records(
      after: tailStart, trustsLength: defects.contains(.trustLength), ignoresMark: defects.contains(.ignoreMark))
    if let damage = found.damage { throw JournalError(path: image.path, fault: damage) }
    if let draft = try BlockDraft(found, of: image, limits: last == nil ? nil : limits) {
      limits = draft.limits
      if last == nil { firstSequence = draft.firstSequence }
      self.draft = draft
    }
    if found.tornBytes > 0 {
      cutLiveTail = CutTail(
        path: image.path, offset: UInt64(found.end), bytes: UInt64(found.tornBytes),
        lastKeptSequence: found.nextSequence == 0 ? nil : found.nextSequence - 1)
    }
    return found
  }

  /// Tells the tail the time in force behind the draft, and makes the draft's events durable there where they are to move.
  fileprivate func encodeDraft(_ file: any JournalFile, into tail: TailWriter, writes: Bool) throws(JournalError) {
    tail.timeInForce = last?.lastTime
    guard let draft else { return }
    let header: BlockHeader
    do throws(EventTimes.Stop) {
      header = try tail.encode(draft.events(from: BlockDraft.Mark()))
    } catch {
      throw file.error(.rowUnreadable(sequence: draft.firstSequence, reason: .inconsistent("live tail")))
    }
    guard writes else { return }
    do throws(FileError) {
      try tail.write(header)
    } catch {
      throw file.error(.file(error))
    }
  }
}

extension JournalFile {
  func journalSync() throws(JournalError) {
    do throws(FileError) { try sync() } catch { throw self.error(.file(error)) }
  }

  /// Cuts the file, durably: a shorter frame followed by the old table's end would look like a footer.
  fileprivate func cut(to end: UInt64, of size: UInt64, defects: JournalDefects) throws(JournalError) {
    guard end < size else { return }
    do throws(FileError) {
      try truncate(to: end)
      if !defects.contains(.skipCutSync) { try sync() }
    } catch {
      throw self.error(.file(error))
    }
  }
}
