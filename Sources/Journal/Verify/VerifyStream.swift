import Dispatch
import Synchronization

/// The frames of a journal, checked and decoded on a second thread while the block before is being looked into.
///
/// One spare block goes back and forth, as in `Runtime`'s `BlockStream`. Order and content are those of `FrameCheck` alone.
struct VerifyStream: ~Copyable {
  private let exchange: FrameExchange
  let fileBytes: UInt64

  enum Item {
    case block(FrameCheck.Place)
    case end(isSealed: Bool, damage: JournalError?)
    case failure(JournalError)
  }

  init(_ frames: consuming FrameCheck) {
    fileBytes = frames.fileBytes
    exchange = FrameExchange(frames)
    let shared = exchange
    DispatchQueue(label: "journal.verify").async { shared.readAll() }
  }

  deinit { exchange.stop() }

  /// Puts the next block into `block`; not to be called again behind the end or a failure.
  func take(_ block: inout DecodedBlock) -> Item { exchange.take(&block) }
}

/// What the two threads share.
///
/// `@unchecked Sendable`: `frames` is touched by the reading thread alone; `spare` and `item` belong to the reading thread between
/// `isEmpty` and `isFull` and to the owner between `isFull` and `isEmpty`, and the semaphores order the hand-over.
private final class FrameExchange: @unchecked Sendable {
  private var frames: FrameCheck
  private var spare = DecodedBlock()
  private var item = VerifyStream.Item.end(isSealed: false, damage: nil)
  private let isFull = DispatchSemaphore(value: 0)
  private let isEmpty = DispatchSemaphore(value: 0)
  private let isStopped = Atomic<Bool>(false)

  init(_ frames: consuming FrameCheck) { self.frames = frames }

  /// The reading thread's whole life: one block ahead of the owner, to the end, the first error or the owner's.
  func readAll() {
    while !isStopped.load(ordering: .acquiring) {
      do throws(JournalError) {
        switch try frames.next(&spare) {
        case .block(let place): item = .block(place)
        case .end(let isSealed, let damage): item = .end(isSealed: isSealed, damage: damage)
        }
      } catch {
        item = .failure(error)
      }
      guard case .block = item else {
        isFull.signal()
        return
      }
      isFull.signal()
      isEmpty.wait()
    }
  }

  func take(_ block: inout DecodedBlock) -> VerifyStream.Item {
    isFull.wait()
    let taken = item
    if case .block = taken {
      swap(&block, &spare)
      isEmpty.signal()
    }
    return taken
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    isEmpty.signal()
  }
}
