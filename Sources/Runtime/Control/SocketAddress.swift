import Glibc

/// The address of a Unix socket with any path.
///
/// The kernel takes 107 bytes of path. A longer one is reached through a descriptor of its folder, `/proc/self/fd/N/NAME`, so that nothing has to
/// change the process's working folder; only the last part of the path has to be short then.
struct SocketAddress: ~Copyable {
  /// Without the zero behind it.
  static let pathBytesMax = 107

  /// As the kernel is told it.
  private let name: String
  /// Of the folder; -1 where the path is short.
  private let folder: Int32

  init(path: String) throws(ControlError) {
    if path.utf8.count <= SocketAddress.pathBytesMax {
      (name, folder) = (path, -1)
      return
    }
    let (parent, last) = SocketAddress.split(path)
    // O_PATH, which Glibc shows only with _GNU_SOURCE: enough to walk through, whoever may read the folder.
    let descriptor = open(parent, 0o10000000 | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(call: "open", path: parent, code: errno) }
    let short = "/proc/self/fd/\(descriptor)/\(last)"
    guard short.utf8.count <= SocketAddress.pathBytesMax else {
      close(descriptor)
      let bytesMax = SocketAddress.pathBytesMax - (short.utf8.count - last.utf8.count)
      throw .nameTooLong(path: path, bytes: last.utf8.count, bytesMax: bytesMax)
    }
    (name, folder) = (short, descriptor)
  }

  deinit { if folder >= 0 { close(folder) } }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }

  /// Calls `bind` or `connect`; the error's number, or 0.
  func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        body(generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
      }
    }
  }

  /// A socket of this kind that isn't inherited by other programs.
  static func makeSocket(path: String) throws(ControlError) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", path: path, code: errno) }
    return descriptor
  }

  /// The user at the other end, as the kernel noted it when the connection was made.
  static func peer(of descriptor: Int32) -> UInt32? {
    // struct ucred: process, user, group; 17 is SO_PEERCRED. Glibc shows both only with _GNU_SOURCE.
    var credentials: (process: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(descriptor, SOL_SOCKET, 17, &credentials, &size) == 0 else { return nil }
    return credentials.user
  }
}
