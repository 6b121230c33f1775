import Glibc

/// What of a journal is there at one moment: its whole blocks, and the open one from its live tail.
///
/// Journal and tail are two files and are read one after the other, while a writer may be at work on both. Blocks that are whole never change, so
/// what was taken once can be read for as long as one likes.
struct JournalView: Sendable {
  let whole: WholeBlocks
  let tail: TailBlock?
  /// Bytes behind the last whole block, or the live tail's last record, that are no event.
  let tornBytes: UInt64

  /// Takes the view again where what was found wrong may be a writer's doing: where one holds the lock, or the file has another length by now.
  init(_ file: any JournalFile, allowsFragments: Bool = false) throws(JournalError) {
    var retries = try LiveRetries(file)
    while true {
      do throws(JournalError) {
        self = try JournalView(once: file, allowsFragments: allowsFragments)
        return
      } catch {
        guard try retries.mayRetry() else { throw error }
      }
    }
  }

  private init(once file: any JournalFile, allowsFragments: Bool) throws(JournalError) {
    var blocks = try BlockReader(file: file)
    if let sealed = try WholeBlocks.sealed(&blocks, allowsFragments: allowsFragments) {
      self.init(whole: sealed, tail: nil, tornBytes: 0)
      return
    }
    // The tail first: a block that is closed meanwhile is then in the journal, and its old records are known as such.
    let image = try TailImage.beside(file)
    let whole = try WholeBlocks.walk(file, allowsFragments: allowsFragments, tail: image)
    guard let image, !whole.isSealed else {
      self.init(whole: whole, tail: nil, tornBytes: whole.tornBytes)
      return
    }
    let found = image.records(after: whole.tailStart)
    if let damage = found.damage { throw JournalError(path: image.path, fault: damage) }
    self.init(
      whole: whole, tail: try TailBlock(found, of: image, after: whole.last),
      tornBytes: whole.tornBytes + UInt64(found.tornBytes))
  }

  private init(whole: WholeBlocks, tail: TailBlock?, tornBytes: UInt64) {
    self.whole = whole
    self.tail = tail
    self.tornBytes = tornBytes
  }
}

/// How often damage is looked for again that may be a write under way: only beside a writer, a bounded number of times, with pauses that grow.
struct LiveRetries {
  private let file: any JournalFile
  private var left = 8
  private(set) var isBeingWritten: Bool
  private var fileBytes: UInt64

  init(_ file: any JournalFile) throws(JournalError) {
    self.file = file
    isBeingWritten = file.isBeingWritten
    fileBytes = try LiveRetries.size(of: file)
  }

  mutating func mayRetry() throws(JournalError) -> Bool {
    let wasBeingWritten = isBeingWritten
    let before = fileBytes
    isBeingWritten = file.isBeingWritten
    fileBytes = try LiveRetries.size(of: file)
    guard left > 0, wasBeingWritten || isBeingWritten || fileBytes != before else { return false }
    // 1 ms, 2 ms … 128 ms: a write takes less, and a writer that is stopped in the middle of one takes longer than anybody waits.
    usleep(1000 << UInt32(8 - left))
    left -= 1
    return true
  }

  private static func size(of file: any JournalFile) throws(JournalError) -> UInt64 {
    do throws(FileError) { return try file.size() } catch { throw file.error(.file(error)) }
  }
}
