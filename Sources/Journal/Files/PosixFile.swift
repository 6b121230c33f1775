import Glibc

/// A file of the operating system.
///
/// `@unchecked Sendable`: the descriptor never changes after opening, and the kernel serialises calls on it; `isClosed`
/// is written by `close` alone, which the owner calls once, after everything else.
package final class PosixFile: JournalFile, @unchecked Sendable {
  package let path: String
  private let descriptor: Int32
  private var isClosed = false

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    if !isClosed { _ = Glibc.close(descriptor) }
  }

  /// Makes a new empty file and makes its name durable.
  ///
  /// - Parameter replacing: whether an existing file may be emptied; without it an existing one fails with `EEXIST`.
  package static func create(path: String, replacing: Bool = false) throws(FileError) -> PosixFile {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND | (replacing ? O_TRUNC : O_EXCL)
    let descriptor = retrying { Glibc.open(path, flags, 0o644) }
    guard descriptor >= 0 else { throw FileError(operation: .create, path: path, code: errno) }
    let file = PosixFile(path: path, descriptor: descriptor)
    try file.syncFolder()
    return file
  }

  package static func open(path: String, writable: Bool = false) throws(FileError) -> PosixFile {
    let flags = (writable ? O_RDWR | O_APPEND : O_RDONLY) | O_CLOEXEC
    let descriptor = retrying { Glibc.open(path, flags) }
    guard descriptor >= 0 else { throw FileError(operation: .open, path: path, code: errno) }
    // A folder opens for reading without complaint and fails later with a less clear error.
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw FileError(operation: .open, path: path, code: code)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      _ = Glibc.close(descriptor)
      throw FileError(operation: .open, path: path, code: EISDIR)
    }
    return PosixFile(path: path, descriptor: descriptor)
  }

  package func size() throws(FileError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(.size) }
    return UInt64(status.st_size)
  }

  package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard let position = Int(exactly: offset) else { return 0 }
    let count = PosixFile.retrying { pread(descriptor, buffer.baseAddress, buffer.count, position) }
    guard count >= 0 else { throw failure(.read) }
    return count
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try PosixFile.writeAll(bytes, to: descriptor, path: path)
  }

  package func truncate(to size: UInt64) throws(FileError) {
    guard PosixFile.retrying({ ftruncate(descriptor, Int(size)) }) == 0 else { throw failure(.truncate) }
  }

  package func sync() throws(FileError) {
    // Not repeated on EINTR either: whether the pages were written is unknown by then.
    guard fdatasync(descriptor) == 0 else { throw failure(.sync) }
  }

  package func close() throws(FileError) {
    isClosed = true
    // Linux releases the descriptor even when close is interrupted: repeating it could close someone else's.
    guard Glibc.close(descriptor) == 0 || errno == EINTR else { throw failure(.close) }
  }

  /// A new name is durable only after its folder is.
  private func syncFolder() throws(FileError) {
    var folder = "."
    if let slash = path.lastIndex(of: "/") { folder = slash == path.startIndex ? "/" : String(path[..<slash]) }
    let handle = PosixFile.retrying { Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard handle >= 0 else { throw FileError(operation: .sync, path: folder, code: errno) }
    let outcome = fsync(handle)
    let code = errno
    _ = Glibc.close(handle)
    // Some file systems can't sync a folder and say EINVAL; there is nothing more to do on them.
    guard outcome == 0 || code == EINVAL else { throw FileError(operation: .sync, path: folder, code: code) }
  }

  private func failure(_ operation: FileError.Operation) -> FileError {
    FileError(operation: operation, path: path, code: errno)
  }

  static func retrying<Outcome: SignedInteger>(_ call: () -> Outcome) -> Outcome {
    while true {
      let outcome = call()
      if outcome != -1 || errno != EINTR { return outcome }
    }
  }

  /// One call may write less than it was given (a signal, a full disk, the 2 GiB limit): goes on until all is written.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = retrying { write(descriptor, rest.baseAddress, rest.count) }
      guard count > 0 else {
        throw FileError(operation: .write, path: path, code: count == 0 ? ENOSPC : errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
