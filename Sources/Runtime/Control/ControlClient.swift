import Glibc

/// Tells a running engine something at its control socket.
package enum ControlClient {
  /// The run may be between two inputs for long; a person waits no longer than this.
  static let answerSecondsMax = 30
  private static let answerBytesMax = 256 * 1024

  /// Where a run with this journal listens: `NAME.zst.control`, also while its file is still `NAME.zst.partial`.
  package static func path(ofJournal journal: String) -> String {
    (journal.hasSuffix(".partial") ? String(journal.dropLast(".partial".count)) : journal) + ".control"
  }

  /// Sends a request and returns the answer, one JSON object.
  package static func ask(
    _ request: ControlRequest, at path: String, answerSeconds: Int = answerSecondsMax
  ) throws(ControlError) -> String {
    let address = try SocketAddress(path: path)
    let descriptor = try SocketAddress.makeSocket(path: path)
    defer { close(descriptor) }
    let code = address.call { connect(descriptor, $0, $1) }
    if code == ENOENT || code == ECONNREFUSED || code == ENOTDIR { throw .nobodyListens(path: path) }
    guard code == 0 else { throw .system(call: "connect", path: path, code: code) }
    // Whoever may write into the folder could listen there in the engine's stead and say yes to everything.
    let user = SocketAddress.peer(of: descriptor) ?? .max
    guard user == geteuid() || user == 0 || geteuid() == 0 else { throw .otherUser(path: path, user: user) }
    let line = request.line
    guard send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else {
      throw .system(call: "send", path: path, code: errno)
    }
    return try answer(descriptor, path: path, seconds: answerSeconds)
  }

  private static func answer(_ descriptor: Int32, path: String, seconds: Int) throws(ControlError) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    while bytes.count < answerBytesMax {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { return String(decoding: bytes[..<end], as: UTF8.self) }
    }
    throw .noAnswer(path: path, seconds: seconds)
  }
}
