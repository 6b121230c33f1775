import Market

/// What a run has to show before more is trusted to its profile. A gate that isn't named isn't asked.
package struct GateSettings: Hashable, Sendable {
  /// Alerts and notices of severity `error`, at most.
  package var errorsMax: Int64?
  /// Fills, at least.
  package var executionsMin: Int64?
  /// From the last bar's arrival to the decision's being durable, on average, in nanoseconds, at most.
  package var latencyNanosMax: Int64?
  /// Whether every bar that was decided on is of the day that the clock showed then.
  package var isDatedToday = false
  /// Fresh bars, at least: bars that are no history.
  package var freshBarsMin: Int64?
  /// Fresh bars that came when their slot was decided on already, at most.
  package var lateBarsMax: Int64?
  /// Whether each instrument had a fresh bar.
  package var isOfEveryInstrument = false
  /// Signals whose confidence differs from the one before it in the same instrument, at least.
  package var confidenceChangesMin: Int64?
  /// Decisions that a price guard or collar refused, at most.
  package var priceGuardRefusalsMax: Int64?
  /// Decisions that staleness took to zero, at most.
  package var staleZerosMax: Int64?
  /// Whether no cap was exceeded at any event.
  package var isWithinCaps = false
  /// Growth of resident memory from the first tenth of the readings to the last, in millionths, at most.
  package var memoryGrowthMicrosMax: Int64?
  /// Whether each position ends as the last decision wanted it.
  package var isPositionIntended = false

  /// Reads and checks a file of gates.
  /// - Throws: `ProfileError` with all problems.
  package static func parse(yaml: String, file: String) throws(ProfileError) -> GateSettings {
    let source: ProfileSource
    do throws(ProfileSource.Failure) { source = try ProfileSource(yaml: yaml) } catch {
      let problem = ProfileProblem(
        line: error.place.line, column: error.place.column, path: "",
        fault: error.fault == .empty ? .noGates : error.fault)
      throw ProfileError(file: file, problems: [problem])
    }
    var reader = ProfileReader(source: source)
    let gates = reader.gates()
    guard reader.problems.isEmpty else { throw ProfileError(file: file, problems: reader.problems) }
    return gates
  }
}

extension ProfileReader {
  private static let gateKeys = [
    "errors_max", "executions_min", "average_latency_max", "bars_dated_today", "fresh_bars_min", "late_bars_max",
    "bars_of_every_instrument",
    "confidence_changes_min", "price_guard_refusals_max", "stale_zeros_max", "caps_respected", "memory_growth_max",
    "positions_as_intended",
  ]
  private static let gateCount: ClosedRange<Int64> = 0...1_000_000_000

  fileprivate mutating func gates() -> GateSettings {
    var gates = GateSettings()
    let whole = ProfileValue(node: source.root, keyPlace: ProfileSource.Place(line: 1, column: 1), path: "")
    guard let root = mapping(whole, keys: ProfileReader.gateKeys) else { return gates }
    if root.entries.isEmpty { note(.noneOf(ProfileReader.gateKeys), at: whole) }
    func count(_ key: String, _ reader: inout ProfileReader) -> Int64? {
      root[key].flatMap { reader.integer($0, ProfileReader.gateCount) }
    }
    gates.errorsMax = count("errors_max", &self)
    gates.executionsMin = count("executions_min", &self)
    gates.freshBarsMin = count("fresh_bars_min", &self)
    gates.lateBarsMax = count("late_bars_max", &self)
    gates.confidenceChangesMin = count("confidence_changes_min", &self)
    gates.priceGuardRefusalsMax = count("price_guard_refusals_max", &self)
    gates.staleZerosMax = count("stale_zeros_max", &self)
    gates.latencyNanosMax = root["average_latency_max"].flatMap {
      duration($0, DurationRule(high: 60_000_000_000, example: "100 ms"))
    }
    gates.memoryGrowthMicrosMax = root["memory_growth_max"].flatMap {
      share($0, ShareRule(low: 0, high: 100_000_000, example: "20 %"))
    }
    if let written = root["bars_dated_today"], let read = flag(written) { gates.isDatedToday = read }
    if let written = root["bars_of_every_instrument"], let read = flag(written) { gates.isOfEveryInstrument = read }
    if let written = root["caps_respected"], let read = flag(written) { gates.isWithinCaps = read }
    if let written = root["positions_as_intended"], let read = flag(written) { gates.isPositionIntended = read }
    return gates
  }
}
