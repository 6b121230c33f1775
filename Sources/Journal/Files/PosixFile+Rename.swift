extension PosixFile {
  /// Gives a finished file its own name, in place of what stood there, and makes the name durable.
  package static func rename(_ source: String, to destination: String) throws(FileError) {
    try PosixDisk().rename(source, to: destination)
    try PosixDisk().syncFolder(of: destination)
  }
}
