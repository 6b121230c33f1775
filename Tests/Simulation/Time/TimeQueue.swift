package import Journal
package import Market

/// What is going to happen, earliest first; among things of one instant a number from the seed decides, so that no order is relied on by chance.
///
/// - Complexity: logarithmic in the number of things waiting.
package struct TimeQueue<Element> {
  private struct Entry {
    let time: Timestamp
    let tie: UInt64
    let element: Element

    func isBefore(_ other: Entry) -> Bool { time == other.time ? tie < other.tie : time < other.time }
  }

  private var heap: [Entry] = []
  private var ties: SplitMix64

  package init(ties: SplitMix64) { self.ties = ties }

  package var isEmpty: Bool { heap.isEmpty }
  package var nextTime: Timestamp? { heap.first?.time }

  package mutating func insert(_ element: Element, at time: Timestamp) {
    heap.append(Entry(time: time, tie: ties.next(), element: element))
    var place = heap.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard heap[place].isBefore(heap[parent]) else { return }
      heap.swapAt(place, parent)
      place = parent
    }
  }

  package mutating func takeFirst() -> (time: Timestamp, element: Element)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return (first.time, first.element)
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
