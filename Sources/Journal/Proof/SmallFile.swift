import Glibc

/// Whole files of a few lines: notes, keys and proofs.
enum SmallFile {
  /// Longer than any note, key or proof, which holds a row in base64; what is longer is read no further and then found to be none of them.
  static let bytesMax = 2 * JournalFormat.rowBytesMax

  /// Nil where there is no such file.
  static func read(_ path: String) throws(ProofError) -> [UInt8]? {
    do throws(FileError) {
      guard let file = try PosixDisk().open(path, for: .reading) else { return nil }
      return try read(file)
    } catch {
      throw .file(error)
    }
  }

  static func read(_ file: any JournalFile) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(min(try file.size(), UInt64(bytesMax))))
    let count = try bytes.fill(from: file, at: 0)
    return Array(bytes[..<count])
  }

  /// Writes a file under another name, then gives it its own in place of what stood there; durable on return. Where that fails the other
  /// name is gone again.
  static func write(_ text: String, to path: String) throws(ProofError) {
    let partial = path + ".partial"
    do throws(FileError) {
      let file = try PosixFile.create(path: partial, for: .appending, replacing: true)
      do throws(FileError) {
        try fill(file, with: text)
        try PosixFile.rename(partial, to: path)
      } catch {
        // Half a file is of no use; after the rename there is none of that name.
        try PosixDisk().remove(partial)
        throw error
      }
    } catch {
      throw .file(error)
    }
  }

  /// Makes a file that isn't there yet; durable on return, and gone again where it can't be written.
  ///
  /// - Parameter permissions: who may read it, from its first moment on.
  static func create(_ text: String, at path: String, permissions: mode_t) throws(ProofError) {
    do throws(FileError) {
      let file = try PosixFile.create(path: path, for: .appending, replacing: false, permissions: permissions)
      do throws(FileError) {
        try fill(file, with: text)
        try PosixDisk().syncFolder(of: path)
      } catch {
        try PosixDisk().remove(path)
        throw error
      }
    } catch {
      throw .file(error)
    }
  }

  private static func fill(_ file: PosixFile, with text: String) throws(FileError) {
    var failure: FileError?
    Array(text.utf8).withUnsafeBytes { bytes in
      do throws(FileError) {
        try file.append(bytes)
        try file.sync()
        try file.close()
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
