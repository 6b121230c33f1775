import Events
import Market

/// One gate, asked of a run.
package struct Gate: Hashable, Sendable {
  /// As the file of gates spells it.
  package var name: String
  package var isPassed: Bool
  package var found: String
  package var wanted: String

  /// That the run ended in good order, which is always asked: what a journal lacks can't have been looked at. Then every gate that is set, in the order of the file's keys.
  package static func all(_ settings: GateSettings, _ figures: GateFigures) -> [Gate] {
    var gates = [ended(figures)]
    func most(_ name: String, _ found: Int64, _ limit: Int64?, _ note: String = "") {
      guard let limit else { return }
      gates.append(Gate(name: name, isPassed: found <= limit, found: "\(found)\(note)", wanted: "at most \(limit)"))
    }
    func least(_ name: String, _ found: Int64, _ limit: Int64?) {
      guard let limit else { return }
      gates.append(Gate(name: name, isPassed: found >= limit, found: "\(found)", wanted: "at least \(limit)"))
    }
    most("errors_max", figures.errors, settings.errorsMax, figures.firstError.map { " (first: \($0))" } ?? "")
    least("executions_min", figures.executions, settings.executionsMin)
    if let limit = settings.latencyNanosMax {
      let average = figures.latencies == 0 ? 0 : figures.latencySum / figures.latencies
      gates.append(
        Gate(
          name: "average_latency_max", isPassed: figures.latencies > 0 && average <= limit,
          found: figures.latencies == 0
            ? "never measured" : "\(text(average)), most \(text(figures.latencyMost)), of \(figures.latencies) slots",
          wanted: "at most \(text(limit))"))
    }
    if settings.isDatedToday {
      let isPassed = figures.freshBars > 0 && figures.barsOfOtherDays == 0 && figures.ordersOnHistory == 0
      gates.append(
        Gate(
          name: "bars_dated_today", isPassed: isPassed,
          found:
            "\(figures.freshBars) fresh bars, \(figures.barsOfOtherDays) of other days, \(figures.ordersOnHistory) orders on history",
          wanted: "fresh bars, 0, 0"))
    }
    least("fresh_bars_min", figures.freshBars, settings.freshBarsMin)
    most("late_bars_max", figures.lateBars, settings.lateBarsMax)
    if settings.isOfEveryInstrument { gates.append(everyInstrument(figures)) }
    least("confidence_changes_min", figures.confidenceChanges, settings.confidenceChangesMin)
    most("price_guard_refusals_max", figures.priceGuardRefusals, settings.priceGuardRefusalsMax)
    most("stale_zeros_max", figures.staleZeros, settings.staleZerosMax)
    if settings.isWithinCaps {
      gates.append(
        Gate(
          name: "caps_respected", isPassed: figures.exceeded.isEmpty,
          found: figures.exceeded.first ?? "none exceeded", wanted: "none exceeded"))
    }
    if let limit = settings.memoryGrowthMicrosMax { gates.append(memory(figures.resident, limit)) }
    if settings.isPositionIntended { gates.append(positions(figures)) }
    return gates
  }

  private static func ended(_ figures: GateFigures) -> Gate {
    let found =
      switch (figures.isEnded, figures.isSealed) {
      case (true, true): "ended, sealed"
      case (true, false): "ended and not sealed: its last step is missing, run the same command again"
      case (false, _):
        "not ended: \(figures.lastStop ?? "it runs, was broken off, or its end was torn off; `engine verify` says what is whole")"
      }
    return Gate(
      name: "ended_in_good_order", isPassed: figures.isEnded && figures.isSealed, found: found, wanted: "ended, sealed")
  }

  private static func everyInstrument(_ figures: GateFigures) -> Gate {
    let silent = figures.positions.indices.filter { figures.positions[$0].freshBars == 0 }.map {
      figures.start.instruments[$0].symbol
    }
    let shown = silent.prefix(8).joined(separator: ", ") + (silent.count > 8 ? " and \(silent.count - 8) more" : "")
    return Gate(
      name: "bars_of_every_instrument", isPassed: silent.isEmpty,
      found: silent.isEmpty
        ? "at least \(figures.positions.map(\.freshBars).min() ?? 0) fresh bars of each" : "no fresh bar of \(shown)",
      wanted: "fresh bars of each")
  }

  private static func memory(_ resident: [Int64], _ limit: Int64) -> Gate {
    let wanted = "at most \(ShareText.percent(micros: limit)) growth"
    guard resident.count >= 2 else {
      return Gate(
        name: "memory_growth_max", isPassed: false, found: "measured \(resident.count) times, twice is least",
        wanted: wanted)
    }
    // The least of each end: what a run has settled to, not what it happened to hold for a moment.
    let span = max(1, resident.count / 10)
    let first = resident.prefix(span).min() ?? 0
    let last = resident.suffix(span).min() ?? 0
    let growth = first == 0 ? 0 : Int64((Int128(last) - Int128(first)) * 1_000_000 / Int128(first))
    return Gate(
      name: "memory_growth_max", isPassed: growth <= limit,
      found:
        "\(ShareText.percent(micros: growth)), from \(first >> 10) to \(last >> 10) KiB over \(resident.count) readings",
      wanted: wanted)
  }

  private static func positions(_ figures: GateFigures) -> Gate {
    var others: [String] = []
    for (place, position) in figures.positions.enumerated() {
      // A fee paid in what was bought leaves less than was ordered; what is short of a lot can't be traded.
      let lot = figures.start.instruments[place].lotSize.nanos
      guard let intended = position.intended, (intended - position.held - position.working).magnitude >= lot.magnitude
      else { continue }
      others.append(
        "\(figures.start.instruments[place].symbol) \(Quantity(nanos: position.held)) and \(Quantity(nanos: position.working)) working, intended \(Quantity(nanos: intended))"
      )
    }
    return Gate(
      name: "positions_as_intended", isPassed: others.isEmpty, found: others.first ?? "all as intended",
      wanted: "all as intended")
  }

  private static func text(_ nanos: Int64) -> String {
    "\(FixedPoint.text(nanos: Int128(nanos / 1_000) * 1_000_000)) ms"
  }
}
