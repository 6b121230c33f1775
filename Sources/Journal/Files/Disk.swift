/// What a journal does with names: the second half of the seam at which tests inject faults, beside `JournalFile`.
///
/// A new name, a rename and a removal are durable only after `syncFolder`.
package protocol Disk: Sendable {
  /// Makes a new empty file, locked for this process as by `open`.
  ///
  /// - Parameter replacing: whether an existing file may be emptied, once it is locked; without it an existing one fails with `EEXIST`.
  func create(_ path: String, for use: FileUse, replacing: Bool) throws(FileError) -> any JournalFile
  /// Opens a file; for writing it is locked first, and a lock that somebody else holds fails with `EWOULDBLOCK`. Nil where there is no such file.
  func open(_ path: String, for use: FileUse) throws(FileError) -> (any JournalFile)?
  /// Gives a file another name, in place of what had it.
  func rename(_ source: String, to destination: String) throws(FileError)
  func remove(_ path: String) throws(FileError)
  /// Returns when all names in the folder that holds `path` are durable.
  func syncFolder(of path: String) throws(FileError)
}

/// What a file is opened for.
package enum FileUse: Hashable, Sendable {
  case reading
  /// Writing behind the end alone; locked.
  case appending
  /// Writing anywhere; locked.
  case overwriting
  /// As `overwriting`, but without a lock: for a file system whose locks don't reach whoever holds it. The epoch alone protects then.
  case takingOver
}
