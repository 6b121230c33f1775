import Glibc
import Synchronization

/// A descriptor that can only be written to, such as standard output or a pipe: takes a journal from its first byte to
/// its seal, and can neither be read back nor cut.
package final class StreamFile: JournalFile {
  package let path: String
  private let descriptor: Int32
  private let written = Mutex<UInt64>(0)

  /// The descriptor stays the caller's: `close` leaves it open.
  package init(descriptor: Int32, path: String = "(stream)") {
    self.descriptor = descriptor
    self.path = path
  }

  package func size() -> UInt64 { written.withLock { $0 } }

  package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    throw FileError(operation: .read, path: path, code: ESPIPE)
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try PosixFile.writeAll(bytes, to: descriptor, path: path)
    let count = UInt64(bytes.count)
    written.withLock { $0 += count }
  }

  package func truncate(to size: UInt64) throws(FileError) {
    throw FileError(operation: .truncate, path: path, code: ESPIPE)
  }

  package func sync() throws(FileError) {
    // Pipes and terminals have nothing to sync and say so.
    guard fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP else {
      throw FileError(operation: .sync, path: path, code: errno)
    }
  }

  package func close() {}
}
