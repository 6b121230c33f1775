import Events
import Glibc

/// A journal that this process has to itself, and has not changed yet: to look at it before deciding whether to go on with it.
///
/// The lock is held until this and every writer made of it are gone.
package struct HeldJournal: Sendable {
  let opened: OpenedJournal
  package let file: any JournalFile
  let tail: (any JournalFile)?

  /// - Parameter takingOver: doesn't ask for the lock; the new epoch alone stops the other writer.
  /// - Throws: `lockedElsewhere` where another process is writing the journal.
  package init(
    path: String, disk: any Disk = PosixDisk(), options: JournalOptions = JournalOptions(), takingOver: Bool = false
  ) throws(JournalError) {
    opened = OpenedJournal(path: path, disk: disk, options: options)
    (file, tail) = try opened.open(takingOver: takingOver)
  }

  package var hasTail: Bool { tail != nil }

  /// Removes the live tail of a sealed journal, which a crash between the seal and the removal left: nothing is in it that isn't in the journal.
  ///
  /// - Returns: whether there was one.
  /// - Throws: also where it is of another journal, or says that more was acknowledged; then it stays.
  package func removeOldTail() throws(JournalError) -> Bool {
    guard let tail else { return false }
    let image = try TailImage(tail)
    let found = image.records(after: try WholeBlocks.walk(file, tail: image).tailStart)
    if let damage = found.damage { throw JournalError(path: image.path, fault: damage) }
    if !found.records.isEmpty {
      throw JournalError(path: image.path, fault: .foreignTail(offset: TailFormat.recordsOffset))
    }
    do throws(FileError) {
      try opened.disk.remove(tail.path)
      try opened.disk.syncFolder(of: tail.path)
    } catch {
      throw JournalError(path: image.path, fault: .file(error))
    }
    return true
  }
}

/// The files of one journal on their disk: opens and makes them in the order that a crash can't break.
struct OpenedJournal {
  let path: String
  let disk: any Disk
  let options: JournalOptions

  private var tailPath: String { JournalFormat.tailPath(of: path) }

  func syncFolder() throws(JournalError) {
    if options.defects.contains(.skipFolderSync) { return }
    try run { () throws(FileError) in try disk.syncFolder(of: path) }
  }

  /// Locks both files; the tail only where there is one.
  func open(takingOver: Bool) throws(JournalError) -> (file: any JournalFile, tail: (any JournalFile)?) {
    let found = try run { () throws(FileError) in
      (
        try disk.open(path, for: takingOver ? .takingOver : .appending),
        try disk.open(tailPath, for: takingOver ? .takingOver : .overwriting)
      )
    }
    guard let file = found.0 else {
      throw JournalError(path: path, fault: .file(FileError(operation: .open, path: path, code: ENOENT)))
    }
    return (file, found.1)
  }

  /// The journal's file, new or emptied. An old tail goes first, durably: it must not be taken for the new journal's.
  func makeEmpty(replacing: Bool) throws(JournalError) -> any JournalFile {
    try run { () throws(FileError) in
      guard replacing else { return try disk.create(path, for: .appending, replacing: false) }
      let existing = try disk.open(path, for: .appending)
      let tail = try disk.open(tailPath, for: .reading)
      try tail?.close()
      if existing != nil || tail != nil {
        try disk.remove(tailPath)
        try disk.syncFolder(of: path)
      }
      guard let existing else { return try disk.create(path, for: .appending, replacing: false) }
      try existing.truncate(to: 0)
      try existing.sync()
      return existing
    }
  }

  /// Takes the journal over: a header with the next epoch, durable before anything else is written, and zeros behind the last record.
  ///
  /// - Parameter found: the records that stay; nil where none do.
  /// - Parameter hash: what the next record goes on from.
  /// - Parameter limits: the journal's.
  func beginTail(
    _ file: any JournalFile, image: TailImage?, existing: (any JournalFile)?, found: TailImage.Records?, hash: [UInt8],
    limits: BlockLimits
  ) throws(JournalError) -> TailWriter {
    let epoch = image?.nextEpoch(after: found) ?? 1
    return try run { () throws(FileError) in
      let tail = if let existing { existing } else { try disk.create(tailPath, for: .overwriting, replacing: true) }
      let page = TailHeader(epoch: epoch, owner: options.owner).page()
      try tail.write(page.bytes, at: TailFormat.headerOffset(epoch: epoch))
      try tail.sync()
      if existing == nil, !options.defects.contains(.skipFolderSync) { try disk.syncFolder(of: path) }
      try mend(tail, image, except: epoch)
      let end = found?.end ?? Int(TailFormat.recordsOffset)
      let size = try tail.size()
      let writer = try TailWriter(
        file: tail, disk: disk, fence: WriterFence(journal: file, tail: tail, epoch: epoch), defects: options.defects,
        end: UInt64(end), usedEnd: max(size, UInt64(end)), previous: hash,
        limits: limits)
      if found?.tornBytes ?? 0 > 0 { try writer.cut() }
      return writer
    }
  }

  /// Empties the pages in front of the records that are not what was written, but for the one that the new header has filled: it is durable, so they say
  /// nothing any more.
  private func mend(_ tail: any JournalFile, _ image: TailImage?, except epoch: UInt64) throws(FileError) {
    let pages = (image?.damagedPages ?? []).filter { $0 != Int(epoch % 2) }
    for page in pages {
      var bytes = ByteBuffer(capacity: TailFormat.pageBytes)
      // Where only the zeros behind it were damaged, the mark still bears witness.
      if page == 2 { image?.mark?.encode(into: &bytes) }
      bytes.append([UInt8](repeating: 0, count: TailFormat.pageBytes - bytes.count))
      try tail.write(bytes.bytes, at: UInt64(page * TailFormat.pageBytes))
    }
    if !pages.isEmpty { try tail.sync() }
  }

  private func run<Outcome>(_ work: () throws(FileError) -> Outcome) throws(JournalError) -> Outcome {
    do throws(FileError) {
      return try work()
    } catch {
      if error.operation == .lock, error.code == EWOULDBLOCK { throw JournalError(path: path, fault: .lockedElsewhere) }
      throw JournalError(path: path, fault: .file(error))
    }
  }
}
