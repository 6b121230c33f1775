import Glibc

/// The journals under a folder.
enum JournalFolder {
  /// Paths of all `*.zst` files under `folder`, relative to it, in byte order; links to folders are not followed.
  /// - Throws: `ProjectionError.folder` where a folder can't be read.
  static func journals(in folder: String) throws(ProjectionError) -> [String] {
    var found: [String] = []
    try collect(folder, prefix: "", into: &found)
    return found.sorted { left, right in left.utf8.lexicographicallyPrecedes(right.utf8) }
  }

  private static func collect(
    _ folder: String, prefix: String, into found: inout [String]
  ) throws(ProjectionError) {
    guard let stream = opendir(folder) else { throw .folder(path: folder, errno: errno) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      // `d_name` ends with a zero byte inside its 256.
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      var status = stat()
      let path = folder + "/" + name
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        try collect(path, prefix: prefix + name + "/", into: &found)
      } else if name.hasSuffix(".zst") {
        found.append(prefix + name)
      }
    }
  }
}
