package import Events

/// How a share within 0 … 1 is put into bins.
package enum Binning: UInt8, Sendable {
  /// Bins of equal width.
  case equalWidth
  /// Bins that each held as much of the reference as ties allow.
  case equalFrequency
}

/// The population stability index: how far the last values' distribution is from a reference's.
///
/// N. Siddiqi, "Credit Risk Scorecards" (2006), chapter 10: PSI = Σ (pᵢ − qᵢ) ln(pᵢ ÷ qᵢ) over bins, with pᵢ the share of the current window in bin i
/// and qᵢ the reference's; below 0.1 is no change, from 0.25 on a significant one. It is the sum of both Kullback–Leibler divergences
/// (Jeffreys 1946), so never negative. A share below `emptyShare` counts as that, or an empty bin would make the index infinite.
///
/// The first `referenceCount` values are the reference; after them a window slides. Bin i holds values above edge i − 1 and up to edge i; for equal
/// frequencies edge i is the ⌈n (i + 1) ÷ k⌉th smallest of the n reference values. Values are integers in millionths, so bins are exact.
package struct PopulationStability: Sendable {
  /// ε for bins with less.
  package static let emptyShare = 0.0001

  package let referenceCount: Int
  package let windowCount: Int
  package let binCount: Int
  package let binning: Binning
  /// The reference in ascending order; once it is whole, edges and counts follow from it.
  private var reference: [Int64]
  private var seen = 0
  /// The upper edges of all bins but the last.
  private var edges: [Int64]
  private var referenceCounts: [Int64]
  private var currentCounts: [Int64]
  /// Bins of the last `windowCount` values, a ring.
  private var window: [UInt8]
  private var next = 0
  private var held = 0

  /// - Parameters:
  ///   - referenceCount: `binCount` … 100,000 values; the reference is kept sorted, so gathering it costs its square.
  ///   - windowCount: 1 … 1,000,000 values.
  ///   - binCount: 2 … 100; 10 is usual.
  package init(
    referenceCount: Int64, windowCount: Int64, binCount: Int64 = 10, binning: Binning
  ) throws(StatisticsError) {
    try Setting.require(binCount, in: 2...100, "bins")
    try Setting.require(referenceCount, in: binCount...100_000, "reference")
    try Setting.require(windowCount, in: 1...1_000_000, "window")
    self.referenceCount = Int(referenceCount)
    self.windowCount = Int(windowCount)
    self.binCount = Int(binCount)
    self.binning = binning
    reference = Array(repeating: 0, count: Int(referenceCount))
    edges = Array(repeating: 0, count: Int(binCount) - 1)
    referenceCounts = Array(repeating: 0, count: Int(binCount))
    currentCounts = Array(repeating: 0, count: Int(binCount))
    window = Array(repeating: 0, count: Int(windowCount))
  }

  package var hasReference: Bool { seen == referenceCount }

  /// Takes the next value in millionths, held within 0 … 1,000,000.
  package mutating func update(micros: Int64) {
    let value = micros.clamped(to: 0...Millionths.one)
    if !hasReference { return gather(value) }
    if held == windowCount { currentCounts[Int(window[next])] -= 1 } else { held += 1 }
    let bin = bin(of: value)
    window[next] = UInt8(bin)
    currentCounts[bin] += 1
    next = next + 1 == windowCount ? 0 : next + 1
  }

  /// The index; nil until the reference and the window are full.
  package var index: Double? {
    guard hasReference, held == windowCount else { return nil }
    var sum = 0.0
    for bin in 0..<binCount {
      let past = max(Double(referenceCounts[bin]) / Double(referenceCount), PopulationStability.emptyShare)
      let current = max(Double(currentCounts[bin]) / Double(windowCount), PopulationStability.emptyShare)
      sum += (current - past) * NaturalLog.of(current / past)
    }
    return sum
  }

  /// The index in millionths, half to even: 250,000 is a significant change.
  package var indexMicros: Int64? { index.map(Millionths.nearest(to:)) }

  /// Forgets reference and window: the next values are a new reference, as after a model was changed.
  package mutating func restart() {
    for place in reference.indices { reference[place] = 0 }
    for place in edges.indices { edges[place] = 0 }
    for place in currentCounts.indices { (referenceCounts[place], currentCounts[place]) = (0, 0) }
    for place in window.indices { window[place] = 0 }
    (seen, next, held) = (0, 0, 0)
  }

  private mutating func gather(_ value: Int64) {
    var place = seen
    while place > 0, reference[place - 1] > value {
      reference[place] = reference[place - 1]
      place -= 1
    }
    reference[place] = value
    seen += 1
    if hasReference { settle() }
  }

  /// Edges and counts follow from a whole reference.
  private mutating func settle() {
    for edge in edges.indices {
      switch binning {
      case .equalWidth: edges[edge] = Millionths.one * Int64(edge + 1) / Int64(binCount)
      case .equalFrequency: edges[edge] = reference[(referenceCount * (edge + 1) + binCount - 1) / binCount - 1]
      }
    }
    for value in reference { referenceCounts[bin(of: value)] += 1 }
  }

  private func bin(of value: Int64) -> Int {
    var bin = 0
    while bin < edges.count, value > edges[bin] { bin += 1 }
    return bin
  }

  /// The reference in ascending order, then the window from its oldest value on.
  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(seen))
    for place in 0..<seen { buffer.appendVarint(UInt64(reference[place])) }
    buffer.appendVarint(UInt64(held))
    let oldest = held == windowCount ? next : 0
    for place in 0..<held { buffer.append(window[(oldest + place) % windowCount]) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var read = self
    read.restart()
    read.seen = try reader.readCount("reference", upTo: referenceCount)
    for place in 0..<read.seen {
      read.reference[place] = Int64(try reader.readCount("reference value", upTo: Int(Millionths.one)))
      guard place == 0 || read.reference[place] >= read.reference[place - 1] else { throw .inconsistent("reference") }
    }
    if read.hasReference { read.settle() }
    read.held = try reader.readCount("window", upTo: read.hasReference ? windowCount : 0)
    for place in 0..<read.held {
      let bin = try reader.readByte()
      guard bin < binCount else { throw .valueOutOfRange(field: "bin", value: Int64(bin)) }
      read.window[place] = bin
      read.currentCounts[Int(bin)] += 1
    }
    read.next = read.held == windowCount ? 0 : read.held
    self = read
  }
}
