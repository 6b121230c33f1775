import Events
import Market

/// The rule of a strategy that decides from one instrument's bars alone; its memory is a block of words an instrument.
protocol BlockFormula: Sendable {
  static var name: String { get }
  static var parameters: [ParameterDescription] { get }
  /// Places its parts in `memory`.
  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError)
  var featureNames: (first: String, second: String) { get }
  /// Takes the next bar of the instrument whose words begin at `block`.
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision
}

/// A formula with its memory over all instruments: a whole strategy.
struct BlockStrategy<Formula: BlockFormula>: Strategy {
  private let formula: Formula
  private var memory: BlockMemory

  static var name: String { Formula.name }
  static var parameters: [ParameterDescription] { Formula.parameters }

  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    var memory = BlockMemory()
    formula = try Formula(parameters: parameters, memory: &memory)
    memory.reserve(blocks: instrumentCount)
    self.memory = memory
  }

  var featureNames: (first: String, second: String) { formula.featureNames }

  @inline(__always)
  mutating func update(_ bar: Bar) -> Decision {
    let (formula, block) = (formula, memory.block(of: bar.instrument))
    var words = memory.words.mutableSpan
    return formula.decide(&words, block, bar)
  }

  mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool {
    memory.rescale(instrument, by: scale)
    return true
  }

  mutating func forget(_ instrument: InstrumentIndex) -> Bool {
    memory.forget(instrument)
    return true
  }

  func encodeState(into buffer: inout ByteBuffer) { memory.encode(into: &buffer) }
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) { try memory.decode(&reader) }
}
