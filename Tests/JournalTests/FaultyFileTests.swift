// Goal: a failed write or sync stops the writer for good, and what is on disk afterwards reopens. Method: a file that
// fails at the n-th operation, for every n, sometimes after part of the write.
import Events
import Glibc
import Market
import Synchronization
import Testing

@testable import Journal

@Suite("Faulty files")
struct FaultyFileTests {
  private let mix = EventMix(seed: 61, eventCount: 200)

  @Test("a failure at any operation is thrown, latched and leaves a journal that reopens", arguments: [1, 2])
  func everyOperation(threads: Int) throws {
    let options = JournalOptions(threads: threads, limits: BlockLimits(events: 40, rowBytes: 4_000))
    let (bytes, summary) = try mix.journal(options: options)
    var failures = 0
    for failing in 0... {
      let file = FaultyFile(failing: failing)
      var writer = try JournalWriter(file: file, options: options)
      do {
        try mix.append(to: &writer)
      } catch let error as JournalError {
        // With two threads this is where a failure of an earlier block shows.
        #expect(error.fault == .file(FileError(operation: .write, path: file.path, code: ENOSPC)))
        let after = writer.nextSequence
        #expect(throws: error) { try writer.append(EventMix.anyBar) }
        #expect(throws: error) { try writer.sync() }
        #expect(writer.nextSequence == after)
      }
      do throws(JournalError) {
        let sealed = try writer.seal()
        #expect(sealed == summary)
        #expect(file.bytes == bytes)
        break
      } catch {
        failures += 1
        guard case .file = error.fault else {
          Issue.record("operation \(failing): \(error)")
          continue
        }
        let left = MemoryFile(bytes: file.bytes)
        var again = try JournalWriter.reopen(file: left, options: options)
        try mix.append(to: &again, from: again.nextSequence)
        #expect(try again.seal() == summary)
        #expect(left.bytes == bytes)
      }
    }
    // Frame and trailer of each block, the seek table, the sync.
    #expect(failures == 2 * Int(summary.blocks) + 2)
  }
}

extension EventMix {
  static var anyBar: Bar {
    var walk = RandomWalk(barCount: 1)
    guard let bar = walk.next() else { fatalError("a walk of one bar has one") }
    return bar
  }
}

/// A file in memory whose n-th append or sync fails; a failing append leaves half of its bytes.
final class FaultyFile: JournalFile {
  private let inner = MemoryFile()
  private let left: Mutex<Int>

  init(failing: Int) { left = Mutex(failing) }

  var path: String { inner.path }
  var bytes: [UInt8] { inner.bytes }
  private var fails: Bool {
    left.withLock { left in
      left -= 1
      return left == -1
    }
  }

  func size() -> UInt64 { inner.size() }
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    inner.read(at: offset, into: buffer)
  }
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if fails {
      inner.append(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
      throw FileError(operation: .write, path: path, code: ENOSPC)
    }
    inner.append(bytes)
  }
  func truncate(to size: UInt64) { inner.truncate(to: size) }
  func sync() throws(FileError) {
    if fails { throw FileError(operation: .sync, path: path, code: EIO) }
  }
  func close() {}
}
