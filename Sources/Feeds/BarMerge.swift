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
  private var pending: Bar?

  init(_ streams: [BarStream]) throws(ImportError) {
    self.streams = streams
    for index in streams.indices {
      guard let bar = try streams[index].bars().first else { continue }
      heap.append(Head(knownAt: bar.knownAt, stream: index))
      rise(heap.count - 1)
    }
  }

  /// The next bar, its slot mark set; nil at the end.
  mutating func next() throws(ImportError) -> Bar? {
    guard let following = try pop() else {
      let last = pending
      pending = nil
      return last
    }
    guard let held = pending else {
      pending = following
      return try next()
    }
    pending = following
    return held.with(instrument: held.instrument, closesSlot: held.knownAt != following.knownAt)
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
