import Glibc

extension PosixFile {
  /// Gives a finished file its own name, in place of what stood there, and makes the name durable.
  package static func rename(_ source: String, to destination: String) throws(FileError) {
    guard Glibc.rename(source, destination) == 0 else {
      throw FileError(operation: .rename, path: destination, code: errno)
    }
    let folder = destination.lastIndex(of: "/").map { String(destination[..<$0]) } ?? "."
    let descriptor = Glibc.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: .sync, path: destination, code: errno) }
    defer { _ = Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError(operation: .sync, path: destination, code: errno) }
  }
}
