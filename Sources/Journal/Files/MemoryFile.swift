import Glibc
import Synchronization

/// A file that lives in memory: what a stream was read into, and what tests write to.
package final class MemoryFile: JournalFile {
  package let path: String
  private let content: Mutex<[UInt8]>

  package init(bytes: [UInt8] = [], path: String = "(memory)") {
    self.path = path
    self.content = Mutex(bytes)
  }

  /// Reads everything that `descriptor` has, for instance standard input, which can't be searched.
  package convenience init(reading descriptor: Int32, path: String) throws(FileError) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = chunk.withUnsafeMutableBytes { buffer in
        PosixFile.retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
      }
      guard count >= 0 else { throw FileError(operation: .read, path: path, code: errno) }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    self.init(bytes: bytes, path: path)
  }

  package var bytes: [UInt8] { content.withLock { $0 } }

  package func size() -> UInt64 { content.withLock { UInt64($0.count) } }

  package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    // The pointer itself is only used inside this call.
    let target = UInt(bitPattern: buffer.baseAddress)
    let room = buffer.count
    return content.withLock { bytes in
      guard offset < UInt64(bytes.count) else { return 0 }
      let count = min(room, bytes.count - Int(offset))
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: target), count: room)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[Int(offset)..<Int(offset) + count]))
      }
      return count
    }
  }

  package func append(_ bytes: UnsafeRawBufferPointer) {
    let copy = Array(bytes)
    content.withLock { $0.append(contentsOf: copy) }
  }

  package func truncate(to size: UInt64) {
    content.withLock { bytes in
      if size < UInt64(bytes.count) { bytes.removeLast(bytes.count - Int(size)) }
    }
  }

  package func sync() {}
  package func close() {}
}
