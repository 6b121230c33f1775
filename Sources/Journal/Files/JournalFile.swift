/// The operations a journal needs of a file: the seam at which tests inject every fault a disk can have.
///
/// A journal's own bytes are only ever appended and cut, never overwritten: what was acknowledged once is not touched again. Only its
/// live tail is written in place.
package protocol JournalFile: AnyObject, Sendable {
  /// Named in errors.
  var path: String { get }
  func size() throws(FileError) -> UInt64
  /// Reads from `offset` and returns how many bytes came: possibly fewer than asked for, 0 at the end.
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
  /// Appends all of `bytes` or fails; after a failure any prefix of them may be in the file.
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError)
  /// Writes all of `bytes` at `offset`, growing the file where they reach behind its end, or fails as `append` does. Only for a file that was
  /// opened for overwriting.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError)
  func truncate(to size: UInt64) throws(FileError)
  /// Makes sure that the file can grow to `size` bytes though the disk should fill up, without changing its size now. Does nothing where the
  /// file system has no such thing.
  func reserve(upTo size: UInt64) throws(FileError)
  /// Returns when everything appended so far is durable. A failed sync is final: the lost pages are marked clean,
  /// so a second call would report success for bytes that are gone.
  func sync() throws(FileError)
  /// Makes later reads come from the disk: what a failed sync lost may still be in memory, marked clean, and no later sync would tell.
  /// Does nothing for bytes that are not synced, and where the system can't.
  func dropCache()
  func close() throws(FileError)
  /// Whether `path` still names this file: not after somebody renamed, removed or replaced it.
  func isStillInPlace() throws(FileError) -> Bool
  /// Whether somebody else holds the lock of a writer on the file: then what is found at its end may be a write that is under way.
  var isBeingWritten: Bool { get }
  /// The live tail beside the file, opened for reading; nil where there is none.
  func openTail() throws(FileError) -> (any JournalFile)?
}

extension JournalFile {
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
    throw FileError(operation: .write, path: path, code: 0)
  }
  package func reserve(upTo size: UInt64) throws(FileError) {}
  package func dropCache() {}
  package func isStillInPlace() throws(FileError) -> Bool { true }
  package var isBeingWritten: Bool { false }
  package func openTail() throws(FileError) -> (any JournalFile)? { nil }
}

/// A file operation that failed: which, on what, and the system's number for it.
package struct FileError: Error, Hashable, Sendable {
  package enum Operation: String, Hashable, Sendable {
    case open, create, lock, size, read, write, truncate, reserve, sync, close, rename, remove
  }
  package let operation: Operation
  package let path: String
  /// errno; 0 where the operation is not possible on this kind of file.
  package let code: Int32

  package init(operation: Operation, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }
}

extension JournalFile {
  /// Fills `buffer` from `offset` as far as the file goes and returns how many bytes came.
  func readFully(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try read(at: offset + UInt64(filled), into: rest)
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
