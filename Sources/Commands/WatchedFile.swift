import Journal
import Synchronization

/// A journal's file that shows on stderr how far it has been read.
///
/// Passing the bytes through here gives every command that walks a journal its progress, without the rooms below knowing.
final class WatchedFile: JournalFile {
  private let file: any JournalFile
  private let progress: ReadProgress

  private init(_ file: any JournalFile, _ progress: ReadProgress) {
    self.file = file
    self.progress = progress
  }

  convenience init(_ file: any JournalFile, title: String) throws(FileError) {
    self.init(file, ReadProgress(title, bytes: try file.size()))
  }

  /// Files whose progress is shown as one.
  static func watching(_ files: [any JournalFile], title: String) throws -> [any JournalFile] {
    do throws(FileError) {
      var bytes: UInt64 = 0
      for file in files { bytes += try file.size() }
      let progress = ReadProgress(title, bytes: bytes)
      return files.map { WatchedFile($0, progress) }
    } catch {
      throw Failure(error)
    }
  }

  var path: String { file.path }
  func size() throws(FileError) -> UInt64 { try file.size() }

  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let count = try file.read(at: offset, into: buffer)
    progress.add(UInt64(count))
    return count
  }

  func isStillInPlace() throws(FileError) -> Bool { try file.isStillInPlace() }
  var isBeingWritten: Bool { file.isBeingWritten }
  func openTail() throws(FileError) -> (any JournalFile)? { try file.openTail() }
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try file.append(bytes) }
  func truncate(to size: UInt64) throws(FileError) { try file.truncate(to: size) }
  func sync() throws(FileError) { try file.sync() }
  func close() throws(FileError) { try file.close() }
}

/// How much of some files was read.
private final class ReadProgress: Sendable {
  private let bytes: UInt64
  private let bar: ProgressBar
  private let seen = Atomic<UInt64>(0)

  init(_ title: String, bytes: UInt64) {
    self.bytes = bytes
    bar = ProgressBar(title, unit: "bytes")
  }

  func add(_ count: UInt64) {
    let done = seen.wrappingAdd(count, ordering: .relaxed).newValue
    bar.update(min(done, bytes), of: bytes)
  }

  deinit { bar.finish() }
}
