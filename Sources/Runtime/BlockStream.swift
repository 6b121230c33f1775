import Dispatch
package import Journal
import Synchronization

/// The blocks of a journal, of one file or several, in order, decoded on a second thread while the last one is being used.
///
/// One spare block goes back and forth: the reading thread fills it, the owner swaps it for the one it has used up. Order, content and errors are
/// those of the reader alone.
package struct BlockStream: ~Copyable {
  private let exchange: BlockExchange

  package init(_ reader: consuming ChainReader) {
    exchange = BlockExchange(reader)
    let shared = exchange
    DispatchQueue(label: "engine.blocks").async { shared.readAll() }
  }

  deinit { exchange.stop() }

  /// Puts the next block into `block`; false behind the last.
  package mutating func next(_ block: inout DecodedBlock) throws(JournalError) -> Bool {
    try exchange.take(&block)
  }
}

/// What the two threads share.
///
/// `@unchecked Sendable`: `reader` is touched by the reading thread alone; `spare` and `outcome` belong to the reading thread between
/// `isEmpty` and `isFull` and to the owner between `isFull` and `isEmpty`, and the semaphores order the hand-over.
private final class BlockExchange: @unchecked Sendable {
  private enum Outcome {
    case block
    case end
    case failure(JournalError)
  }

  private var reader: ChainReader
  private var spare = DecodedBlock()
  private var outcome = Outcome.block
  private var hasEnded = false
  private let isFull = DispatchSemaphore(value: 0)
  private let isEmpty = DispatchSemaphore(value: 0)
  private let isStopped = Atomic<Bool>(false)

  init(_ reader: consuming ChainReader) { self.reader = reader }

  /// The reading thread's whole life: one block ahead of the owner, to the end, the first error or the owner's.
  func readAll() {
    while !isStopped.load(ordering: .acquiring) {
      do throws(JournalError) {
        outcome = try reader.nextBlock(&spare) ? .block : .end
      } catch {
        outcome = .failure(error)
      }
      guard case .block = outcome else {
        isFull.signal()
        return
      }
      isFull.signal()
      isEmpty.wait()
    }
  }

  func take(_ block: inout DecodedBlock) throws(JournalError) -> Bool {
    if hasEnded { return false }
    isFull.wait()
    switch outcome {
    case .block:
      swap(&block, &spare)
      isEmpty.signal()
      return true
    case .end:
      hasEnded = true
      return false
    case .failure(let error):
      hasEnded = true
      throw error
    }
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    isEmpty.signal()
  }
}
