import Glibc

/// A pipe inside the process, neither end of which ever blocks: wakes a thread that polls.
struct ThreadPipe: ~Copyable {
  let reading: Int32
  let writing: Int32

  init() throws(ControlError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(call: "pipe", path: "-", code: errno) }
    (reading, writing) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// Wakes whoever polls the reading end; one who was woken already is woken.
  func wake() {
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// Takes all that was written, at most 4 KiB of it.
  func drain() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(reading, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : []
  }
}
