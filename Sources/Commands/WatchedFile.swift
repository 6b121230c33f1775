import Journal
import Synchronization

/// A journal's file that shows on stderr how far it has been read.
///
/// Passing the bytes through here gives every command that walks a journal its progress, without the rooms below knowing.
final class WatchedFile: JournalFile {
  private let file: any JournalFile
  private let bytes: UInt64
  private let bar: ProgressBar
  private let seen = Atomic<UInt64>(0)

  init(_ file: any JournalFile, title: String) throws(FileError) {
    self.file = file
    bytes = try file.size()
    bar = ProgressBar(title, unit: "bytes")
  }

  var path: String { file.path }
  func size() throws(FileError) -> UInt64 { try file.size() }

  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let count = try file.read(at: offset, into: buffer)
    let done = seen.wrappingAdd(UInt64(count), ordering: .relaxed).newValue
    bar.update(min(done, bytes), of: bytes)
    return count
  }

  func isStillInPlace() throws(FileError) -> Bool { try file.isStillInPlace() }
  func openTail() throws(FileError) -> (any JournalFile)? { try file.openTail() }
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try file.append(bytes) }
  func truncate(to size: UInt64) throws(FileError) { try file.truncate(to: size) }
  func sync() throws(FileError) { try file.sync() }
  func close() throws(FileError) { try file.close() }

  deinit { bar.finish() }
}
