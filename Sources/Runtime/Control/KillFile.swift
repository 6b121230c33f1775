import Glibc

/// A file whose being there is a kill.
///
/// Any entry of that name counts, a folder or a dangling link too: whoever made it wanted a stop. What it holds is not read.
package struct KillFile: Hashable, Sendable {
  package let path: String

  package enum Presence: Hashable, Sendable {
    case absent
    case present
    /// It can't be told; the error's number.
    case hidden(code: Int32)
  }

  package init(path: String) { self.path = path }

  package func presence() -> Presence {
    var status = stat()
    if lstat(path, &status) == 0 { return .present }
    let code = errno
    return code == ENOENT || code == ENOTDIR ? .absent : .hidden(code: code)
  }
}
