import Journal
import Synchronization

/// A disk on which every name is free, and that keeps what was written in the order in which it was begun.
final class PassingDisk: Disk {
  private let files = Mutex<[MemoryFile]>([])
  var written: [MemoryFile] { files.withLock { $0 } }

  func create(_ path: String, for use: FileUse, replacing: Bool) throws(FileError) -> any JournalFile {
    let file = MemoryFile(path: path)
    files.withLock { $0.append(file) }
    return file
  }
  func open(_ path: String, for use: FileUse) throws(FileError) -> (any JournalFile)? { nil }
  func rename(_ source: String, to destination: String) throws(FileError) {}
  func remove(_ path: String) throws(FileError) {}
  func syncFolder(of path: String) throws(FileError) {}
}
