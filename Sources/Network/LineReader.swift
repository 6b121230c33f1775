import Dispatch
import Glibc

/// Reads lines from a descriptor on a thread of its own and hands each on, whole; waits where they are taken more slowly than they come.
///
/// `@unchecked Sendable`: immutable but for the semaphore, which any thread may use.
package final class LineReader: @unchecked Sendable {
  package enum Event: Sendable {
    /// Without its end.
    case line([UInt8])
    /// A line longer than is taken was left out.
    case tooLong(bytes: Int)
    case ended
    case failed(code: Int32)
  }

  private let descriptor: Int32
  private let bytesMax: Int
  private let places: DispatchSemaphore
  private let hand: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - waitingMax: lines that may be handed on before one has been taken.
  ///   - hand: called on the reader's thread; whoever has taken the line calls `taken`.
  package init(
    descriptor: Int32 = 0, bytesMax: Int = 64 << 10, waitingMax: Int = 1_024, hand: @escaping @Sendable (Event) -> Void
  ) {
    self.descriptor = descriptor
    self.bytesMax = bytesMax
    // Counted up from zero: one that ends below where it began traps when it goes away.
    places = DispatchSemaphore(value: 0)
    for _ in 0..<waitingMax { places.signal() }
    self.hand = hand
  }

  package func start() { DispatchQueue(label: "engine.lines").async { self.run() } }

  /// One of the lines handed on has been taken.
  package func taken() { places.signal() }

  private func run() {
    var line: [UInt8] = []
    var isTooLong = false
    var dropped = 0
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        return hand(.failed(code: errno))
      }
      if count == 0 { break }
      for byte in chunk[..<count] {
        if byte == UInt8(ascii: "\n") {
          if isTooLong { hand(.tooLong(bytes: dropped)) } else { give(&line) }
          line.removeAll(keepingCapacity: true)
          isTooLong = false
          dropped = 0
        } else if isTooLong || line.count == bytesMax {
          isTooLong = true
          dropped += line.count + 1
          line.removeAll(keepingCapacity: true)
        } else {
          line.append(byte)
        }
      }
    }
    // A last line without an end is one.
    if isTooLong { hand(.tooLong(bytes: dropped)) } else if !line.isEmpty { give(&line) }
    hand(.ended)
  }

  private func give(_ line: inout [UInt8]) {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if line.isEmpty { return }
    places.wait()
    hand(.line(line))
  }
}
