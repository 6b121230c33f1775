import Foundation

/// Writes to standard error. What can't be written there is lost, and nothing else: a full disk or a closed terminal must change no outcome.
enum StandardError {
  static func write(_ text: String, to descriptor: Int32 = 2) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Puts something in the place of standard descriptors that are closed, before the first file is opened: it would be given their number, and messages
  /// would be written into it. What is put there refuses to be used, as a closed one does.
  static func holdStandardDescriptors() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", (descriptor == 0 ? O_WRONLY : O_RDONLY))
    }
  }
}
