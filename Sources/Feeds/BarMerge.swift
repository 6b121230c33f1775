import Market

/// Merges the streams of several instruments by the instant at which bars become known, then by instrument, and marks
/// the last bar of each instant.
struct BarMerge: ~Copyable {
  private struct Head: BitwiseCopyable {
    var knownAt: Timestamp
    var stream: Int
  }

  /// In the order of instruments.
  private let streams: [BarStream]
  /// A binary heap; its least element comes first.
  private var heap: [Head] = []
  private let batch: UnsafeMutablePointer<Bar>
  /// The last bar taken, which doesn't know yet whether it closes its slot.
  private var pending: Bar?

  private static let batchMax = 1024

  init(_ streams: [BarStream]) throws(ImportError) {
    self.streams = streams
    batch = .allocate(capacity: BarMerge.batchMax)
    for index in streams.indices {
      guard let bar = try streams[index].bars().first else { continue }
      heap.append(Head(knownAt: bar.knownAt, stream: index))
      rise(heap.count - 1)
    }
  }

  deinit { batch.deallocate() }

  /// The next bars, slots marked; empty at the end. Valid until the next call.
  ///
  /// A lone stream's batches pass as they are: each of its bars closes its own slot.
  mutating func nextBatch() throws(ImportError) -> UnsafeBufferPointer<Bar> {
    if streams.count == 1 {
      let bars = try streams[0].bars()
      streams[0].consume(bars.count)
      return bars
    }
    var count = 0
    while count < BarMerge.batchMax {
      guard let following = try pop() else {
        if let last = pending {
          (batch + count).initialize(to: last)
          count += 1
          pending = nil
        }
        break
      }
      if let held = pending {
        let closesSlot = held.knownAt != following.knownAt
        (batch + count).initialize(to: held.with(instrument: held.instrument, closesSlot: closesSlot))
        count += 1
      }
      pending = following
    }
    return UnsafeBufferPointer(start: batch, count: count)
  }

  private mutating func pop() throws(ImportError) -> Bar? {
    guard let head = heap.first else { return nil }
    let stream = streams[head.stream]
    let bar = try stream.bars()[0]
    stream.consume(1)
    if let following = try stream.bars().first {
      heap[0].knownAt = following.knownAt
      sink(0)
    } else {
      let last = heap.removeLast()
      if !heap.isEmpty {
        heap[0] = last
        sink(0)
      }
    }
    return bar
  }

  private func isBefore(_ left: Head, _ right: Head) -> Bool {
    left.knownAt == right.knownAt ? left.stream < right.stream : left.knownAt < right.knownAt
  }

  private mutating func rise(_ start: Int) {
    var index = start
    while index > 0, isBefore(heap[index], heap[(index - 1) / 2]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2) where child < heap.count {
        if isBefore(heap[child], heap[least]) { least = child }
      }
      if least == index { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
