import Feeds
import Journal
import Market
import Projections

/// What `import` says when it is done.
struct ImportOutcome {
  let report: ImportReport
  let path: String

  var text: String {
    var out = """
      journal   \(path)
      spec      \(report.specification)
      rows      \(report.rows)
      bars      \(report.bars)
      from      \(report.firstOpen) to \(report.lastKnown)
      bytes     \(report.journal.fileBytes)
      head      \(Hex.text(report.journal.head))

      """
    for symbol in report.symbols {
      out += "symbol    \(symbol.symbol)  \(symbol.bars) bars  \(symbol.firstOpen) to \(symbol.lastKnown)\n"
    }
    if report.blankLines > 0 { out += "blank     \(report.blankLines) empty lines\n" }
    if report.notWantedRows > 0 { out += "left out  \(report.notWantedRows) rows of symbols that weren't asked for\n" }
    if report.irregularDates.count > 0 {
      let dates = report.irregularDates.first.map { "\($0)" }.joined(separator: ", ")
      let more = report.irregularDates.count - report.irregularDates.first.count
      out +=
        "note      \(report.irregularDates.count) dates are no sessions of the calendar and got regular hours: \(dates)"
      out += more > 0 ? " and \(more) more\n" : "\n"
    }
    // Daily bars that are outside are those of the irregular dates above; listing them again would say nothing new.
    if report.outsideSessionPolicy == .flag && report.outsideSession.count > 0 && report.irregularDates.count == 0 {
      let count = report.outsideSession.count
      out +=
        "note      \(count) \(count == 1 ? "bar was" : "bars were") kept although the calendar has no trading then; --outside-session quarantine leaves such bars out:\n"
      out += ImportOutcome.listed(report.outsideSession, shownMax: 5)
    }
    if report.barsWithoutVolume > 0 {
      let count = report.barsWithoutVolume
      out += "note      \(count) \(count == 1 ? "bar has" : "bars have") no volume: "
      out += "set fills.volume_share to none in the profile, or nothing fills\n"
    }
    if let fitting = report.fittingTick {
      let count = report.offTickBars
      out +=
        "note      \(count) of \(lookedAt) \(count == 1 ? "has" : "have") prices off the tick size \(report.tickSize); "
      out += "--set tick_size=\(fitting) fits\n"
    }
    if report.quarantined.count > 0 {
      out += "QUARANTINE \(report.quarantined.count) bad rows were left out:\n"
      out += ImportOutcome.listed(report.quarantined)
    }
    let count = report.outsideSession.count
    if report.outsideSessionPolicy == .quarantine && count > 0 {
      out += "QUARANTINE \(count) \(count == 1 ? "bar" : "bars") outside the calendar's sessions left out:\n"
      out += ImportOutcome.listed(report.outsideSession)
    }
    return out
  }

  private static func listed(_ rows: BadRowList, shownMax: Int = BadRowList.shownMax) -> String {
    var out = ""
    for row in rows.first.prefix(shownMax) { out += "  \(row)\n" }
    let more = rows.count - min(rows.first.count, shownMax)
    if more > 0 { out += "  and \(more) more\n" }
    return out
  }

  /// The bars whose prices were compared with the tick size.
  private var lookedAt: String {
    let bars = report.tickChecked == 1 ? "1 bar" : "\(report.tickChecked) bars"
    if report.tickChecked == report.bars { return bars }
    return report.symbols.count == 1 ? "the first \(bars)" : "the \(bars) that each symbol begins with"
  }

  var json: JSONText {
    .object([
      ("journal", .string(path)),
      ("spec", .string(report.specification)),
      ("rows", .integer(Int64(report.rows))),
      ("bars", .integer(Int64(report.bars))),
      ("quarantined", .integer(Int64(report.quarantined.count))),
      ("quarantined_first", .array(report.quarantined.first.map { .string("\($0)") })),
      ("outside_session", .integer(Int64(report.outsideSession.count))),
      ("outside_session_policy", .string(report.outsideSessionPolicy.rawValue)),
      ("outside_session_first", .array(report.outsideSession.first.map { .string("\($0)") })),
      ("blank_lines", .integer(Int64(report.blankLines))),
      ("rows_not_wanted", .integer(Int64(report.notWantedRows))),
      ("irregular_dates", .integer(Int64(report.irregularDates.count))),
      ("bars_without_volume", .integer(Int64(report.barsWithoutVolume))),
      ("off_tick_bars", .integer(Int64(report.offTickBars))),
      ("fitting_tick", report.fittingTick.map { .string("\($0)") } ?? .null),
      ("first_open", .string("\(report.firstOpen)")),
      ("last_known", .string("\(report.lastKnown)")),
      ("bytes", .integer(Int64(report.journal.fileBytes))),
      ("run_id", .string(Hex.text(report.runID))),
      ("head", .string(Hex.text(report.journal.head))),
      (
        "symbols",
        .array(
          report.symbols.map { symbol in
            .object([
              ("symbol", .string(symbol.symbol)), ("bars", .integer(Int64(symbol.bars))),
              ("first_open", .string("\(symbol.firstOpen)")), ("last_known", .string("\(symbol.lastKnown)")),
            ])
          })
      ),
    ])
  }
}
