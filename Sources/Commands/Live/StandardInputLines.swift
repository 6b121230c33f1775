import Dispatch
import Foundation
import Runtime

/// Reads lines of standard input on a thread of its own.
enum StandardInputLines {
  /// A bar has some two hundred bytes; what is longer is no line of bars, and is handed on cut, so that it is said to be wrong.
  static let lineBytesMax = 64 * 1024

  static func read(into queue: ArrivalQueue, then wake: @escaping @Sendable () -> Void = {}) {
    DispatchQueue(label: "engine.stdin").async {
      var line: [UInt8] = []
      var isCut = false
      var buffer = [UInt8](repeating: 0, count: 64 * 1024)
      while true {
        let count = Foundation.read(0, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        for byte in buffer[..<count] {
          if byte == UInt8(ascii: "\n") {
            queue.post(.line(line))
            wake()
            line.removeAll(keepingCapacity: true)
            isCut = false
          } else if line.count < lineBytesMax {
            line.append(byte)
          } else {
            isCut = true
          }
        }
      }
      if !line.isEmpty || isCut { queue.post(.line(line)) }
      queue.post(.linesEnded)
      wake()
    }
  }
}
