import CLinux
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
    let file = try create(path: path, for: .appending, replacing: replacing)
    try PosixDisk().syncFolder(of: path)
    return file
  }

  /// - Parameter permissions: of a file that is made, from its first moment on.
  static func create(
    path: String, for use: FileUse, replacing: Bool, permissions: mode_t = 0o644
  ) throws(FileError) -> PosixFile {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | (use == .appending ? O_APPEND : 0) | (replacing ? 0 : O_EXCL)
    let descriptor = retrying { Glibc.open(path, flags, permissions) }
    guard descriptor >= 0 else { throw FileError(operation: .create, path: path, code: errno) }
    let file = PosixFile(path: path, descriptor: descriptor)
    // Locked before it is emptied: somebody may be writing it.
    try file.lock()
    if replacing, try file.size() > 0 { try file.truncate(to: 0) }
    return file
  }

  static func open(path: String, for use: FileUse) throws(FileError) -> PosixFile {
    let flags =
      switch use {
      case .reading: O_RDONLY
      case .appending: O_RDWR | O_APPEND
      case .overwriting, .takingOver: O_RDWR
      }
    let file = try open(path: path, flags: flags | O_CLOEXEC)
    if use == .appending || use == .overwriting { try file.lock() }
    return file
  }

  package static func open(path: String, writable: Bool = false) throws(FileError) -> PosixFile {
    try open(path: path, for: writable ? .appending : .reading)
  }

  private static func open(path: String, flags: Int32) throws(FileError) -> PosixFile {
    // A pipe that nobody writes would never open; a file takes no notice of this.
    let descriptor = retrying { Glibc.open(path, flags | O_NONBLOCK) }
    guard descriptor >= 0 else { throw FileError(operation: .open, path: path, code: errno) }
    // A folder opens for reading without complaint and fails later with a less clear error, as pipes and devices do.
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw FileError(operation: .open, path: path, code: code)
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      _ = Glibc.close(descriptor)
      throw FileError(operation: .open, path: path, code: kind == S_IFDIR ? EISDIR : ESPIPE)
    }
    return PosixFile(path: path, descriptor: descriptor)
  }

  package func size() throws(FileError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(.size) }
    return UInt64(status.st_size)
  }

  /// The bits that say who may read and write it.
  func permissions() throws(FileError) -> UInt32 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(.size) }
    return status.st_mode & 0o777
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

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
    var rest = bytes
    var place = Int(offset)
    while !rest.isEmpty {
      let count = PosixFile.retrying { pwrite(descriptor, rest.baseAddress, rest.count, place) }
      guard count > 0 else { throw FileError(operation: .write, path: path, code: count == 0 ? ENOSPC : errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      place += count
    }
  }

  package func reserve(upTo size: UInt64) throws(FileError) {
    guard PosixFile.retrying({ fallocate(descriptor, PosixFile.keepSize, 0, Int(size)) }) == 0 else {
      if errno == EOPNOTSUPP || errno == ENOSYS { return }
      throw failure(.reserve)
    }
  }

  /// `FALLOC_FL_KEEP_SIZE`.
  private static let keepSize: Int32 = 1

  package func truncate(to size: UInt64) throws(FileError) {
    guard PosixFile.retrying({ ftruncate(descriptor, Int(size)) }) == 0 else { throw failure(.truncate) }
  }

  package func sync() throws(FileError) {
    // Not repeated on EINTR either: whether the pages were written is unknown by then.
    guard fdatasync(descriptor) == 0 else { throw failure(.sync) }
  }

  package func dropCache() {
    // An advice: where it is not taken, the bytes are those that a plain read gives.
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
  }

  package func close() throws(FileError) {
    isClosed = true
    // Linux releases the descriptor even when close is interrupted: repeating it could close someone else's.
    guard Glibc.close(descriptor) == 0 || errno == EINTR else { throw failure(.close) }
  }

  /// Takes the file for this process until it is closed, or fails with `EWOULDBLOCK`.
  ///
  /// The lock belongs to the open file, not to the process as POSIX's would: another descriptor of the same file that is closed somewhere
  /// doesn't drop it, and the kernel frees it at death.
  private func lock() throws(FileError) {
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_whence = Int16(SEEK_SET)
    guard fcntl(descriptor, PosixFile.setOpenFileLock, &range) != 0 else { return }
    let code = errno
    // A file system without locks says so; what is left there is the epoch.
    if code == ENOLCK || code == ENOTSUP || code == EINVAL { return }
    throw FileError(operation: .lock, path: path, code: code == EACCES ? EWOULDBLOCK : code)
  }

  package var isBeingWritten: Bool {
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_whence = Int16(SEEK_SET)
    // Where the system can't say, nobody is known to write.
    return fcntl(descriptor, PosixFile.getOpenFileLock, &range) == 0 && range.l_type != Int16(F_UNLCK)
  }

  /// `F_OFD_GETLK` and `F_OFD_SETLK`, which Glibc's header shows only to those who define `_GNU_SOURCE`.
  private static let getOpenFileLock: Int32 = 36
  private static let setOpenFileLock: Int32 = 37

  package func isStillInPlace() throws(FileError) -> Bool {
    var own = stat()
    guard fstat(descriptor, &own) == 0 else { throw failure(.size) }
    var named = stat()
    guard stat(path, &named) == 0 else {
      if errno == ENOENT { return false }
      throw failure(.size)
    }
    return own.st_dev == named.st_dev && own.st_ino == named.st_ino
  }

  package func openTail() throws(FileError) -> (any JournalFile)? {
    try PosixDisk().open(JournalFormat.tailPath(of: path), for: .reading)
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
      let count = retrying { Glibc.write(descriptor, rest.baseAddress, rest.count) }
      guard count > 0 else {
        throw FileError(operation: .write, path: path, code: count == 0 ? ENOSPC : errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
