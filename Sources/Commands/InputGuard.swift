import Foundation
import Journal

/// Refuses to write over a file that the same command reads, whatever name it is given by.
struct InputGuard {
  private let inputs: [(path: String, identity: FileIdentity)]

  /// - Parameter paths: what is read; `-` and what isn't there count for nothing.
  init(_ paths: [String]) {
    inputs = paths.compactMap { path in FileIdentity(path).map { (path, $0) } }
  }

  /// Every name that writing a journal of that name takes.
  static func names(of journal: String) -> [String] {
    let partial = journal + ".partial"
    return [journal, partial, JournalFormat.tailPath(of: partial)]
  }

  func check(_ outputs: [String]) throws {
    for output in outputs {
      guard let identity = FileIdentity(output) else { continue }
      if let input = inputs.first(where: { $0.identity == identity }) {
        throw Failure(
          "\(output) would be written over, and \(input.path) is read from just that file; choose other names.")
      }
    }
  }
}

/// What tells one file from another, whatever names it has; nil where there is none.
private struct FileIdentity: Hashable {
  let device: UInt64
  let inode: UInt64

  init?(_ path: String) {
    var status = stat()
    guard path != "-", stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}
