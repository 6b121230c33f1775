import Events

/// Refuses a writer before it writes, once another has taken the journal over or a file was put in the place of one of its own.
///
/// The lock keeps writers apart on one machine. What it can't see is found here: a file system whose locks reach no further, a process
/// that was paused while somebody restored a copy over its files. A writer that is paused between this check and its write is not stopped by it.
final class WriterFence: Sendable {
  private let journal: any JournalFile
  private let tail: any JournalFile
  let epoch: UInt64

  init(journal: any JournalFile, tail: any JournalFile, epoch: UInt64) {
    self.journal = journal
    self.tail = tail
    self.epoch = epoch
  }

  func check() throws(JournalError) {
    for file in [journal, tail] {
      guard try isInPlace(file) else { throw file.error(.replaced(path: file.path)) }
    }
    for slot in 0..<UInt64(2) {
      // Only the number, nearly always: hashing a page a commit would cost more than reading it.
      guard try epochWritten(in: slot) > epoch, let found = try TailImage(tail).header, found.epoch > epoch else {
        continue
      }
      throw journal.error(.superseded(epoch: epoch, by: found.epoch, owner: found.owner))
    }
  }

  private func isInPlace(_ file: any JournalFile) throws(JournalError) -> Bool {
    do throws(FileError) { return try file.isStillInPlace() } catch { throw file.error(.file(error)) }
  }

  private func epochWritten(in slot: UInt64) throws(JournalError) -> UInt64 {
    do throws(FileError) {
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = try bytes.fill(from: tail, at: slot * UInt64(TailFormat.pageBytes))
      guard count == 16 else { return 0 }
      return bytes.withUnsafeBytes { $0.fixed32(at: 0) == TailFormat.headerMagic ? $0.fixed64(at: 8) : 0 }
    } catch {
      throw tail.error(.file(error))
    }
  }
}
