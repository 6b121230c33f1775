package import Journal

/// Seeds for the parts of a simulated world: each has a stream of its own, so that a draw more in one shifts nothing in the others.
package struct RandomStreams: Sendable {
  package let seed: UInt64
  package init(seed: UInt64) { self.seed = seed }

  /// The stream of a part, by its name (FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/).
  package subscript(_ part: StaticString) -> SplitMix64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    part.withUTF8Buffer { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
    var mixer = SplitMix64(seed: seed ^ hash)
    return SplitMix64(seed: mixer.next())
  }
}

extension SplitMix64 {
  /// True once in `count` times on average; never where that is nil.
  package mutating func isOne(in count: Int64?) -> Bool {
    guard let count else { return false }
    return next(below: count) == 0
  }

  /// A number of a range, likelier the smaller it is: each doubling is as likely as the next.
  package mutating func logUniform(_ range: ClosedRange<Int64>) -> Int64 {
    var most = range.lowerBound
    var doublings: Int64 = 1
    while most < range.upperBound / 2 {
      most *= 2
      doublings += 1
    }
    let low = range.lowerBound << next(below: doublings)
    let high = min(low * 2, range.upperBound)
    return low + next(below: max(high - low, 1))
  }

  package mutating func number(in range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + next(below: range.upperBound - range.lowerBound + 1)
  }

  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next(below: Int64(elements.count)))]
  }
}
