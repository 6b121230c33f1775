/// A file for reading that is opened anew for every call, so that thousands of journals can be looked at without a descriptor each.
///
/// Journals are read in large pieces, so the calls cost next to nothing. Nothing can be written through it.
package final class UnheldFile: JournalFile {
  package let path: String

  package init(path: String) { self.path = path }

  package func size() throws(FileError) -> UInt64 { try PosixFile.open(path: path).size() }

  package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try PosixFile.open(path: path).read(at: offset, into: buffer)
  }

  package var isBeingWritten: Bool {
    do throws(FileError) { return try PosixFile.open(path: path).isBeingWritten } catch { return false }
  }

  package func openTail() throws(FileError) -> (any JournalFile)? { try PosixFile.open(path: path).openTail() }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) { throw notPossible(.write) }
  package func truncate(to size: UInt64) throws(FileError) { throw notPossible(.truncate) }
  package func sync() throws(FileError) { throw notPossible(.sync) }
  package func close() {}

  private func notPossible(_ operation: FileError.Operation) -> FileError {
    FileError(operation: operation, path: path, code: 0)
  }
}
