import Events
import Market

/// Cross-sectional momentum: every `rebalance` instants, long the `top` instruments by return over `lookback` bars, short the `bottom` ones,
/// flat the rest. (Jegadeesh and Titman, Returns to buying winners and selling losers, 1993.)
///
/// Ranked are instruments that had a bar since the last ranking and have a return; ties go to the earlier instrument. The first ranking is at
/// the first instant at which `top` + `bottom` instruments can be ranked; one that is due while fewer can, waits. Instants with a historical
/// bar rank nothing. Confidence of an entry: the share of the ranked instruments that are no better (for a short: no worse), itself included.
struct CrossSectionalMomentum: Strategy {
  static let name = "cross_sectional_momentum"
  static let comparesInstruments = true
  static let parameters = [
    ParameterDescription("lookback", Periods.form(), default: .integer(126), help: "bars over which returns are taken"),
    ParameterDescription("top", .integer(1...10_000), default: .integer(1), help: "how many of the best to hold"),
    ParameterDescription("bottom", .integer(0...10_000), default: .integer(0), help: "how many of the worst to short"),
    ParameterDescription(
      "rebalance", Periods.form(), default: .integer(21), help: "instants from one ranking to the next"),
  ]

  /// Words: 1 where the instrument can be ranked, its return.
  private struct Standing: FlatState {
    var wordCount: Int { 2 }
    /// A return stays what it is.
    func rescale(
      _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
    ) {}
    func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= 1 }
  }
  private struct Ranked: BitwiseCopyable {
    let instrument: Int
    let change: Double
  }

  private let top: Int
  private let bottom: Int
  private let rebalance: UInt64
  private let past: Placed<Lag>
  private let standing: Placed<Standing>
  private let wanted: Placed<WantedPosition>
  private let instrumentCount: Int
  private var memory = BlockMemory()
  /// Instants since the last ranking; 0 before the first one.
  private var instantsSince: UInt64 = 0
  private var hasRanked = false
  private var isInstantHistorical = false

  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    top = Int(parameters.integer("top"))
    bottom = Int(parameters.integer("bottom"))
    guard top + bottom <= instrumentCount else {
      throw .relation(
        parameter: "top",
        requirement: "top and bottom together must not be more than the \(instrumentCount) instruments")
    }
    rebalance = UInt64(parameters.integer("rebalance"))
    past = memory.place(Lag(period: Int(parameters.integer("lookback"))))
    standing = memory.place(Standing())
    wanted = memory.place(WantedPosition())
    memory.reserve(blocks: instrumentCount)
    self.instrumentCount = instrumentCount
  }

  var featureNames: (first: String, second: String) { ("return", "rank") }

  mutating func update(_ bar: Bar) -> Decision {
    if bar.isHistorical { isInstantHistorical = true }
    let (past, block) = (past, memory.block(of: bar.instrument))
    let mark = block + standing.offset
    let close = bar.close.units
    var words = memory.words.mutableSpan
    guard let old = past.update(&words, block, close) else { return .warmingUp }
    words[mark] = old > 0 ? 1 : 0
    words.setDouble(mark + 1, old > 0 ? close / old - 1 : 0)
    return .hold
  }

  mutating func closeSlot(_ targets: inout [InstrumentTarget]) {
    if hasRanked { instantsSince += 1 }
    let isHistorical = isInstantHistorical
    isInstantHistorical = false
    if isHistorical || (hasRanked && instantsSince < rebalance) { return }
    var ranked: [Ranked] = []
    ranked.reserveCapacity(instrumentCount)
    for instrument in 0..<instrumentCount {
      let mark = instrument * memory.blockWords + standing.offset
      if memory.words[mark] == 1 {
        ranked.append(Ranked(instrument: instrument, change: Double(bitPattern: memory.words[mark + 1])))
      }
    }
    if ranked.count < top + bottom { return }
    hasRanked = true
    instantsSince = 0
    ranked.sort { $0.change > $1.change || ($0.change == $1.change && $0.instrument < $1.instrument) }
    let firstTarget = targets.count
    appendChanges(ranked, &targets)
    targets[firstTarget...].sort { $0.instrument < $1.instrument }
    for instrument in 0..<instrumentCount { memory.words[instrument * memory.blockWords + standing.offset] = 0 }
  }

  private mutating func appendChanges(_ ranked: [Ranked], _ targets: inout [InstrumentTarget]) {
    var isRanked = Array(repeating: false, count: instrumentCount)
    for (place, entry) in ranked.enumerated() {
      isRanked[entry.instrument] = true
      let isShort = place >= ranked.count - bottom
      let direction: Direction = place < top ? .long : isShort ? .short : .flat
      let share = Double(isShort ? place + 1 : ranked.count - place) / Double(ranked.count)
      appendChange(
        entry.instrument,
        Target(
          direction, confidence: ExactQuotient.micros(share), reason: direction == .flat ? .rankedOut : .rankedIn,
          features: (entry.change, Double(place + 1))), &targets)
    }
    // One without a bar since the last ranking has no place in this one: rank 0.
    for instrument in 0..<instrumentCount where !isRanked[instrument] {
      appendChange(instrument, Target(.flat, confidence: 1_000_000, reason: .rankedOut, features: (0, 0)), &targets)
    }
  }

  private mutating func appendChange(_ instrument: Int, _ target: Target, _ targets: inout [InstrumentTarget]) {
    let word = instrument * memory.blockWords + wanted.offset
    let raw = UInt64(target.direction.rawValue)
    if memory.words[word] == raw { return }
    memory.words[word] = raw
    targets.append(InstrumentTarget(instrument: InstrumentIndex(instrument), target: target))
  }

  mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool {
    memory.rescale(instrument, by: scale)
    return true
  }

  mutating func forget(_ instrument: InstrumentIndex) -> Bool {
    memory.forget(instrument)
    return true
  }

  func encodeState(into buffer: inout ByteBuffer) {
    buffer.append(hasRanked ? 1 : 0)
    buffer.append(isInstantHistorical ? 1 : 0)
    buffer.appendVarint(instantsSince)
    memory.encode(into: &buffer)
  }

  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    let ranked = try reader.readBool("ranked")
    let historical = try reader.readBool("historical instant")
    let since = try reader.readVarint()
    try memory.decode(&reader)
    (hasRanked, isInstantHistorical, instantsSince) = (ranked, historical, since)
  }
}
