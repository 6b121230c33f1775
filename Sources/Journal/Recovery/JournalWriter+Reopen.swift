import Events
import Market

extension JournalWriter {
  /// Goes on writing a journal that was sealed, left open or torn by a crash.
  ///
  /// A torn tail is cut and reported in `cutTail`; damage with whole blocks behind it is refused, and the file is left as it
  /// is. A sealed journal loses its seek table, durably, before anything else. The last block is taken back into memory
  /// where it was not full, and replaced when it is: boundaries don't show where a writer stopped.
  ///
  /// The limits are those the journal was begun with; `options.limits` counts only where it holds no block.
  package static func reopen(
    file: any JournalFile, options: JournalOptions = JournalOptions()
  ) throws(JournalError) -> JournalWriter {
    do throws(FileError) {
      // What a dead process wrote may still be in memory only: nothing is decided on bytes that a power cut would take.
      try file.sync()
    } catch {
      throw file.error(.file(error))
    }
    let whole = try WholeBlocks.walk(file)
    var start = RecoveredStart(limits: options.limits)
    start.table = whole.table
    start.first = whole.first
    start.last = whole.last
    start.firstSequence = whole.first?.firstSequence ?? 0
    if whole.tornBytes > 0 {
      start.cutTail = CutTail(
        path: file.path, offset: whole.end, bytes: whole.tornBytes,
        lastKeptSequence: whole.last.map { $0.nextSequence - 1 })
    }
    if let last = whole.last {
      // Before the file is changed: a last block that can't be decoded must be found with the file as it was.
      try start.takeBack(last, of: whole, file: file)
    }
    if whole.end < whole.fileBytes {
      do throws(FileError) {
        try file.truncate(to: whole.end)
        // Durable before a shorter frame can be followed by the old table's end, which would look like a footer.
        try file.sync()
      } catch {
        throw file.error(.file(error))
      }
    }
    return JournalWriter(file: file, options: options, start: start)
  }
}
