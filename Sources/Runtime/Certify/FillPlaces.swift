package import Market

/// Where a venue's fills lie among the bars that the run saw: a price that the market made at that time is within the bar that covers it.
package struct FillPlaces {
  /// What was found of one fill.
  package enum Place: Hashable, Sendable {
    case insideBar
    /// The bar has its price, and came as history: nobody was there when it was made, and the twin can't fill on it.
    case insideHistoricalBar(sequence: UInt64)
    /// The bar had other prices.
    case outsideBar(low: Price, high: Price)
    /// The run has no bar of that time: it ended before, or the feed left a gap.
    case noBar
  }

  private struct Range {
    var openTime: Timestamp
    var knownAt: Timestamp
    var low: Price
    var high: Price
    /// Of a bar that came as history, its sequence.
    var historical: UInt64?
  }

  private struct Pending {
    var fill: UInt64
    var instrument: InstrumentIndex
    var price: Price
    var time: Timestamp
    var found = Place.noBar

    var isFound: Bool {
      switch found {
      case .insideBar, .insideHistoricalBar: true
      case .outsideBar, .noBar: false
      }
    }
  }

  /// Bars of an instrument that a fill may still be looked for in: a fill that a run hears of later than these many is not looked up.
  private static let rangesKept = 4_096

  private let toleranceMicros: Int64
  private var ranges: [[Range]]
  private var pending: [Pending] = []
  /// By the fills' sequences.
  private(set) var places: [UInt64: Place] = [:]

  /// - Parameter toleranceMicros: how far beyond a bar's range a price may lie, in millionths of it.
  init(instrumentCount: Int, toleranceMicros: Int64) {
    self.toleranceMicros = toleranceMicros
    ranges = Array(repeating: [], count: instrumentCount)
  }

  /// - Parameter time: the venue's clock.
  mutating func note(fill: UInt64, _ instrument: InstrumentIndex, at price: Price, time: Timestamp) {
    var one = Pending(fill: fill, instrument: instrument, price: price, time: time)
    for range in ranges[instrument.position].reversed() {
      // The bars are in order: none before this one reaches up to the fill.
      if range.knownAt < time { break }
      look(&one, range)
    }
    let newest = ranges[instrument.position].last?.knownAt ?? Timestamp(nanos: .min)
    if one.isFound || newest > time { places[fill] = one.found } else { pending.append(one) }
  }

  /// - Parameter sequence: the bar's.
  mutating func note(_ bar: Bar, by sequence: UInt64) {
    let place = bar.instrument.position
    let range = Range(
      openTime: bar.openTime, knownAt: bar.knownAt, low: bar.low, high: bar.high,
      historical: bar.isHistorical ? sequence : nil)
    if ranges[place].count >= 2 * FillPlaces.rangesKept { ranges[place].removeFirst(FillPlaces.rangesKept) }
    ranges[place].append(range)
    if pending.isEmpty { return }
    for position in pending.indices.reversed() where pending[position].instrument == bar.instrument {
      look(&pending[position], range)
      let one = pending[position]
      guard one.isFound || range.knownAt > one.time else { continue }
      places[one.fill] = one.found
      pending.remove(at: position)
    }
  }

  /// No bar comes any more.
  mutating func finish() {
    for one in pending { places[one.fill] = one.found }
    pending = []
  }

  /// A fill at the instant between two bars may belong to either; where neither has its price, it is the later one that lacks it.
  private func look(_ one: inout Pending, _ range: Range) {
    guard range.openTime <= one.time, one.time <= range.knownAt, !one.isFound else { return }
    let slack = { (price: Price) in Int64(Int128(price.nanos) * Int128(toleranceMicros) / 1_000_000) }
    let isInside =
      one.price.nanos >= range.low.nanos - slack(range.low) && one.price.nanos <= range.high.nanos + slack(range.high)
    if isInside {
      one.found = range.historical.map { .insideHistoricalBar(sequence: $0) } ?? .insideBar
    } else if one.time < range.knownAt {
      one.found = .outsideBar(low: range.low, high: range.high)
    }
  }
}
