import Market

/// The bars of files with a symbol column, sorted out by symbol in bounded memory.
///
/// Rows of several symbols may come in any order of symbols (all of AAPL, then all of IBM), so none can be journaled
/// before all are read. Each symbol fills a small buffer; full ones go to a scratch file as raw memory, which only this
/// process reads.
final class BarSpool {
  private struct Lane {
    var buffered: [Bar] = []
    /// Byte offsets of this symbol's full buffers in the scratch file.
    var segments: [Int] = []
  }

  static let segmentBarCount = 256

  private var lanes: [Lane] = []
  private let scratchFolder: String
  private var scratch: ScratchFile?

  init(scratchFolder: String) { self.scratchFolder = scratchFolder }

  func append(_ bar: Bar) throws(ImportError) {
    let position = bar.instrument.position
    while lanes.count <= position { lanes.append(Lane()) }
    lanes[position].buffered.append(bar)
    if lanes[position].buffered.count == BarSpool.segmentBarCount { try flush(position) }
  }

  private func flush(_ position: Int) throws(ImportError) {
    let file: ScratchFile
    if let scratch { file = scratch } else { file = try ScratchFile(folder: scratchFolder) }
    scratch = file
    lanes[position].segments.append(file.byteCount)
    let bars = lanes[position].buffered
    // The buffer outlives the call: `bars` holds it.
    let view = bars.withUnsafeBytes { $0 }
    try withExtendedLifetime(bars) { () throws(ImportError) in try file.append(view) }
    lanes[position].buffered.removeAll(keepingCapacity: true)
  }

  /// The bars of the symbol at `position`, renumbered.
  func supply(of position: Int, as instrument: InstrumentIndex) -> any BarSupply {
    SpooledBars(spool: self, position: position, instrument: instrument)
  }

  func hasBars(_ position: Int) -> Bool {
    position < lanes.count && !(lanes[position].segments.isEmpty && lanes[position].buffered.isEmpty)
  }

  /// - Returns: how many bars segment `index` of a symbol gave; 0 behind the last.
  fileprivate func read(
    _ position: Int, segment index: Int, into bars: UnsafeMutablePointer<Bar>
  ) throws(ImportError) -> Int {
    let lane = lanes[position]
    if index < lane.segments.count, let scratch {
      let byteCount = BarSpool.segmentBarCount * MemoryLayout<Bar>.stride
      try scratch.read(at: lane.segments[index], into: UnsafeMutableRawBufferPointer(start: bars, count: byteCount))
      return BarSpool.segmentBarCount
    }
    if index > lane.segments.count { return 0 }
    for (offset, bar) in lane.buffered.enumerated() { (bars + offset).initialize(to: bar) }
    return lane.buffered.count
  }
}

/// One symbol's bars out of a spool.
private final class SpooledBars: BarSupply {
  private let spool: BarSpool
  private let position: Int
  private let instrument: InstrumentIndex
  private var segment = 0

  init(spool: BarSpool, position: Int, instrument: InstrumentIndex) {
    self.spool = spool
    self.position = position
    self.instrument = instrument
  }

  func supply(_ bars: UnsafeMutablePointer<Bar>, countMax: Int) throws(ImportError) -> Int {
    invariant(countMax >= BarSpool.segmentBarCount, "a batch holds a segment", Int64(countMax))
    let count = try spool.read(position, segment: segment, into: bars)
    segment += 1
    for index in 0..<count { bars[index] = bars[index].with(instrument: instrument, closesSlot: true) }
    return count
  }
}
