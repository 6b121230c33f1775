import Glibc

/// The names of the operating system.
package struct PosixDisk: Disk {
  package init() {}

  package func create(_ path: String, for use: FileUse, replacing: Bool) throws(FileError) -> any JournalFile {
    try PosixFile.create(path: path, for: use, replacing: replacing)
  }

  package func open(_ path: String, for use: FileUse) throws(FileError) -> (any JournalFile)? {
    do throws(FileError) {
      return try PosixFile.open(path: path, for: use)
    } catch {
      if error.operation == .open, error.code == ENOENT { return nil }
      throw error
    }
  }

  package func rename(_ source: String, to destination: String) throws(FileError) {
    guard Glibc.rename(source, destination) == 0 else {
      throw FileError(operation: .rename, path: destination, code: errno)
    }
  }

  package func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError(operation: .remove, path: path, code: errno) }
  }

  package func syncFolder(of path: String) throws(FileError) {
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
}
