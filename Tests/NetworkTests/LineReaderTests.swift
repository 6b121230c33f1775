import Dispatch
import Glibc
import Network
import Synchronization
import Testing

@Suite struct LineReaderTests {
  private func read(_ bytes: [UInt8], bytesMax: Int = 10) throws -> [String] {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let seen = Mutex<[String]>([])
    let done = DispatchSemaphore(value: 0)
    let reader = LineReader(descriptor: ends[0], bytesMax: bytesMax, waitingMax: 100) { event in
      switch event {
      case .line(let line): seen.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
      case .tooLong(let bytes): seen.withLock { $0.append("too long: \(bytes)") }
      case .failed(let code): seen.withLock { $0.append("failed \(code)") }
      case .ended: done.signal()
      }
    }
    reader.start()
    #expect(write(ends[1], bytes, bytes.count) == bytes.count)
    close(ends[1])
    done.wait()
    close(ends[0])
    return seen.withLock { $0 }
  }

  @Test("gives whole lines, the last without an end too, leaves empty ones out and says what was too long")
  func lines() throws {
    #expect(try read(Array("a\r\n\nbc\nlast".utf8)) == ["a", "bc", "last"])
    #expect(try read(Array("0123456789\n0123456789a\nb\n".utf8)) == ["0123456789", "too long: 11", "b"])
    #expect(try read([]) == [])
  }
}
