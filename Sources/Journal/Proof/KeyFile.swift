import Glibc

/// Keys in files of one line: `PATH` for its owner alone, `PATH.pub` for everybody.
package enum KeyFile {
  package static func publicPath(of path: String) -> String { path + ".pub" }

  /// Writes both halves into files that must not be there yet; durable on return.
  package static func create(_ key: SigningKey, at path: String) throws(ProofError) {
    try createNew(key.text, at: path, permissions: 0o600)
    do throws(ProofError) {
      try createNew(key.verifier.text, at: publicPath(of: path), permissions: 0o644)
    } catch {
      // Half a key would only be in the way of the next attempt.
      do throws(FileError) { try PosixDisk().remove(path) } catch { throw .file(error) }
      throw error
    }
  }

  private static func createNew(_ line: String, at path: String, permissions: mode_t) throws(ProofError) {
    do throws(ProofError) {
      try SmallFile.create(line + "\n", at: path, permissions: permissions)
    } catch {
      if case .file(let failure) = error, failure.code == EEXIST { throw .keyExists(path: path) }
      throw error
    }
  }

  /// - Throws: `keyExposed` where others than the owner may read or write the file.
  package static func signingKey(at path: String) throws(ProofError) -> SigningKey {
    let line: String
    let mode: UInt32
    do throws(FileError) {
      let file = try PosixFile.open(path: path, for: .reading)
      // Of the file that is read, not of the name: that may be another's a moment later.
      mode = try file.permissions()
      line = KeyFile.line(try SmallFile.read(file))
    } catch {
      throw .file(error)
    }
    let key = try SigningKey(text: line, path: path)
    guard mode & 0o077 == 0 else { throw .keyExposed(path: path, mode: mode) }
    return key
  }

  package static func verifierKey(at path: String) throws(ProofError) -> VerifierKey {
    let line: String
    do throws(FileError) {
      line = KeyFile.line(try SmallFile.read(try PosixFile.open(path: path, for: .reading)))
    } catch {
      throw .file(error)
    }
    return try VerifierKey(text: line, path: path)
  }

  /// The one line of a file, without its end; empty where it has another number of lines.
  private static func line(_ bytes: [UInt8]) -> String {
    let content = bytes.last == 10 ? bytes.dropLast() : bytes[...]
    return content.contains(10) ? "" : String(decoding: content, as: UTF8.self)
  }
}
