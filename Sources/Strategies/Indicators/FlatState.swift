public import Events
public import Market

/// A piece of state that lives in 64-bit words of somebody's flat memory; all words zero is how it starts.
///
/// One allocation then holds everything a strategy remembers, by instrument, and one function writes it into a snapshot.
public protocol FlatState: Sendable {
  /// Words of memory for one series.
  var wordCount: Int { get }
  /// Follows a corporate action: what was taken in before it is to compare with what comes after.
  ///
  /// Where a piece doesn't say how, its words become zero, so that it begins anew instead of jumping.
  /// - Parameters:
  ///   - scale: for pieces that take whole bars.
  ///   - input: what the numbers that this piece was given are multiplied by.
  func rescale(_ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio)
  /// False where `update` could not have left these words: what a damaged snapshot must not get past.
  func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool
}

extension FlatState {
  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) { words.clear(start, wordCount) }
}

/// An incremental indicator: its settings are the value, its state is words of flat memory.
///
/// `update` allocates nothing and uses + − × ÷ and square root in a fixed order, so equal inputs give equal bits everywhere.
public protocol Indicator: FlatState {
  associatedtype Input
  associatedtype Output
  /// Takes the next input.
  /// - Returns: nil while there are too few inputs for a value.
  func update(_ words: inout MutableSpan<UInt64>, at start: Int, with input: Input) -> Output?
}

/// An indicator at its place within a block of words.
struct Placed<Part: FlatState> {
  let part: Part
  let offset: Int
}

extension Placed: Sendable {}
extension Placed: BitwiseCopyable where Part: BitwiseCopyable {}

extension Placed where Part: Indicator {
  @inline(__always)
  func update(_ words: inout MutableSpan<UInt64>, _ block: Int, _ input: Part.Input) -> Part.Output? {
    part.update(&words, at: block &+ offset, with: input)
  }
}

/// The words of a strategy: one block an instrument, each block made of the same parts.
struct BlockMemory: Sendable {
  var words: [UInt64] = []
  private(set) var blockWords = 0
  /// Where the blocks end and the scratch words begin.
  private(set) var scratch = 0
  private var parts: [(offset: Int, part: any FlatState, dimension: SeriesDimension?)] = []

  /// Gives `part` its place in every block. All parts are placed before `reserve(blocks:)`.
  ///
  /// - Parameter dimension: of the numbers that it is given; nil where they are of several, so that no ratio fits them.
  mutating func place<Part: FlatState>(_ part: Part, fed dimension: SeriesDimension? = .price) -> Placed<Part> {
    let placed = Placed(part: part, offset: blockWords)
    parts.append((offset: blockWords, part: part, dimension: dimension))
    blockWords += part.wordCount
    return placed
  }

  /// - Parameter scratchWords: words behind the last block for what is computed anew on every bar; they are no state.
  mutating func reserve(blocks: Int, scratchWords: Int = 0) {
    scratch = blocks * blockWords
    words = Array(repeating: 0, count: scratch + scratchWords)
  }

  @inline(__always)
  func block(of instrument: InstrumentIndex) -> Int { instrument.position &* blockWords }

  /// Lets every part of an instrument's block follow a corporate action; what no ratio fits begins anew.
  ///
  /// - Returns: false where something that a part remembered was dropped.
  @discardableResult
  mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool {
    let start = block(of: instrument)
    var keepsAll = true
    for placed in parts {
      var words = words.mutableSpan
      if let input = placed.dimension.flatMap({ scale.ratio(of: $0) }) {
        placed.part.rescale(&words, at: start + placed.offset, by: scale, input: input)
      } else {
        let first = start + placed.offset
        for word in first..<first + placed.part.wordCount where words[word] != 0 { keepsAll = false }
        words.clear(first, placed.part.wordCount)
      }
    }
    return keepsAll
  }

  /// Begins an instrument's block anew.
  mutating func forget(_ instrument: InstrumentIndex) {
    let start = block(of: instrument)
    for index in start..<start + blockWords { words[index] = 0 }
  }

  func encode(into buffer: inout ByteBuffer) {
    for index in 0..<scratch { buffer.appendFixed(words[index]) }
  }

  /// - Throws: `DecodeError` where bytes are missing or a part could not have left them; nothing is changed then.
  mutating func decode(_ reader: inout ByteReader) throws(DecodeError) {
    var read: [UInt64] = []
    read.reserveCapacity(words.count)
    while read.count < scratch { read.append(try reader.readFixed()) }
    var start = 0
    while start < read.count {
      for placed in parts where !placed.part.isConsistent(read.span, at: start + placed.offset) {
        throw .inconsistent("indicator state")
      }
      start += blockWords
    }
    words.replaceSubrange(0..<scratch, with: read)
  }
}

/// One indicator over every instrument of a run, with the memory it needs: what a strategy of one's own is built from.
public struct IndicatorSeries<Formula: Indicator>: Sendable {
  private var memory = BlockMemory()
  private let formula: Placed<Formula>

  /// - Parameter dimension: of the numbers that it will take; nil where they are mixed, so that a corporate action lets it begin anew.
  public init(_ formula: Formula, instrumentCount: Int, fed dimension: SeriesDimension? = .price) {
    self.formula = memory.place(formula, fed: dimension)
    memory.reserve(blocks: instrumentCount)
  }

  /// Takes the next input of one instrument.
  /// - Returns: nil while there are too few inputs for a value.
  public mutating func update(_ instrument: InstrumentIndex, _ input: Formula.Input) -> Formula.Output? {
    let (formula, block) = (formula, memory.block(of: instrument))
    var words = memory.words.mutableSpan
    return formula.update(&words, block, input)
  }

  /// Lets an instrument's indicator follow a corporate action: call it from the strategy's own `rescale`.
  ///
  public mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) {
    memory.rescale(instrument, by: scale)
  }

  /// Begins an instrument's indicator anew: call it from the strategy's own `forget`.
  public mutating func forget(_ instrument: InstrumentIndex) { memory.forget(instrument) }

  public func encodeState(into buffer: inout ByteBuffer) { memory.encode(into: &buffer) }
  public mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) { try memory.decode(&reader) }
}

extension MutableSpan where Element == UInt64 {
  @inline(__always)
  func double(_ index: Int) -> Double { Double(bitPattern: self[index]) }
  @inline(__always)
  mutating func setDouble(_ index: Int, _ value: Double) { self[index] = value.bitPattern }
  @inline(__always)
  func count(_ index: Int) -> Int { Int(truncatingIfNeeded: self[index]) }
  @inline(__always)
  mutating func setCount(_ index: Int, _ value: Int) { self[index] = UInt64(truncatingIfNeeded: value) }
  /// Multiplies numbers in a row by a ratio.
  mutating func scale(_ first: Int, _ count: Int, by ratio: ScaleRatio) {
    for index in first..<first + count { setDouble(index, ratio.units(double(index))) }
  }
  mutating func clear(_ first: Int, _ count: Int) {
    for index in first..<first + count { self[index] = 0 }
  }
  @inline(__always)
  func wide(_ index: Int) -> Int128 {
    Int128(Int64(bitPattern: self[index + 1])) << 64 | Int128(self[index])
  }
  @inline(__always)
  mutating func setWide(_ index: Int, _ value: Int128) {
    self[index] = UInt64(truncatingIfNeeded: value)
    self[index + 1] = UInt64(truncatingIfNeeded: value >> 64)
  }
}
