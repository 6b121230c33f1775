import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: under each convention's name the golden bars of `peers.md` A7 fill as that peer filled them when it was run (backtrader 1.9.78, backtesting.py 0.6.6, NautilusTrader 1.221)
/// or as its documents say (LEAN, TradingView). What differs is listed with its reason, and must differ.
@Suite("Fill conventions")
struct FillConventionTests {
  struct Row: Sendable, CustomStringConvertible {
    let name: String
    let profile: String
    let bars: [String]
    /// Fills as `bar side price quantity`, by convention; what isn't said is not known.
    let fills: [String: [String]]
    var description: String { name }
  }

  private static let flat = "100/101/99/100 1000"
  private static func same(_ fill: String..., besides others: [String: [String]] = [:]) -> [String: [String]] {
    var all: [String: [String]] = [:]
    for name in ["backtrader", "backtesting", "tradingview", "nautilus", "lean"] { all[name] = fill }
    return all.merging(others) { $1 }
  }

  static let rows = [
    Row(
      name: "1 same-close fill against next-open fill", profile: "type=market", bars: ["102/104/101/103 1000"],
      fills: same("3 buy 102 100", besides: ["nautilus": ["2 buy 100 100"], "lean": ["2 buy 100 100"]])),
    Row(
      name: "2 touch against penetration: a limit at the low of the bar", profile: "type=limit limit=100",
      bars: ["100/101/99/100.5 1000", "100/101/99.5/100 1000"], fills: same("3 buy 99 100", besides: ["lean": []])),
    Row(
      name: "3 a limit inside the bar", profile: "type=limit limit=100", bars: ["100/101/98/100.5 1000"],
      fills: same("3 buy 99 100")),
    Row(
      name: "4 a limit in a gap, with improvement or without", profile: "type=limit limit=100",
      bars: ["97/98/96/97.5 1000"], fills: same("3 buy 97 100", besides: ["nautilus": ["3 buy 99 100"]])),
    Row(
      name: "5 a stop touched", profile: "type=stop stop=500",
      bars: ["103/105/102/104 1000", "103/104/102/103 1000"], fills: same("3 buy 105 100")),
    Row(
      name: "7 a stop in a gap", profile: "type=stop stop=500", bars: ["108/110/107/109 1000"],
      fills: same("3 buy 108 100", besides: ["nautilus": ["3 buy 105 100"]])),
    Row(
      name: "8 a stop-limit inside the bar", profile: "type=stoplimit stop=500 limit=-100",
      bars: ["103/107/102/104 1000"],
      fills: ["backtrader": ["3 buy 105 100"], "backtesting": ["3 buy 105 100"], "nautilus": ["3 buy 105 100"]]),
    Row(
      name: "9 a stop-limit in a gap", profile: "type=stoplimit stop=500 limit=-100",
      bars: ["108/110/105.5/109 1000"], fills: ["backtrader": ["3 buy 106 100"]]),
    Row(
      name: "10 stop and target in one bar", profile: "sl=5% tp=10%", bars: [flat, "100/111/94/100 1000"],
      fills: [
        "backtrader": ["3 buy 100 100", "4 sell 95 100"], "backtesting": ["3 buy 100 100", "4 sell 95 100"],
        "nautilus": ["2 buy 100 100", "4 sell 110 100"], "tradingview": ["3 buy 100 100", "4 sell 95 100"],
        "pessimistic": ["3 buy 100 100", "4 sell 95 100"], "next-open-optimistic": ["3 buy 100 100", "4 sell 110 100"],
      ]),
    Row(
      name: "11 stop and target in one bar that opens near the high", profile: "sl=5% tp=10%",
      bars: [flat, "108/111/94/100 1000"],
      fills: [
        "backtrader": ["3 buy 100 100", "4 sell 95 100"], "backtesting": ["3 buy 100 100", "4 sell 95 100"],
        "nautilus": ["2 buy 100 100", "4 sell 110 100"], "tradingview": ["3 buy 100 100", "4 sell 110 100"],
      ]),
    Row(
      name: "12 stop and target in the entry's bar", profile: "sl=5% tp=10%", bars: ["100/111/94/100 1000"],
      fills: [
        "backtrader": ["3 buy 100 100"], "backtesting": ["3 buy 100 100", "3 sell 95 100"],
        "nautilus": ["2 buy 100 100", "3 sell 110 100"], "pessimistic": ["3 buy 100 100", "3 sell 95 100"],
      ]),
    Row(
      name: "13 a stop in a gap behind an entry", profile: "sl=5% tp=10%", bars: [flat, "90/93/88/92 1000"],
      fills: [
        "backtrader": ["3 buy 100 100", "4 sell 90 100"], "backtesting": ["3 buy 100 100", "4 sell 90 100"],
        "nautilus": ["2 buy 100 100", "4 sell 95 100"], "tradingview": ["3 buy 100 100", "4 sell 90 100"],
      ]),
    Row(
      name: "14 an open below the stop, a high above it", profile: "sl=5% tp=10%", bars: [flat, "93/97/92/96 1000"],
      fills: [
        "backtrader": ["3 buy 100 100", "4 sell 93 100"], "backtesting": ["3 buy 100 100", "4 sell 93 100"],
        "nautilus": ["2 buy 100 100", "4 sell 95 100"], "tradingview": ["3 buy 100 100", "4 sell 93 100"],
      ]),
    Row(
      name: "15 a target in a gap", profile: "sl=5% tp=10%", bars: [flat, "115/116/112/113 1000"],
      fills: [
        "backtrader": ["3 buy 100 100", "4 sell 115 100"], "backtesting": ["3 buy 100 100", "4 sell 115 100"],
        "nautilus": ["2 buy 100 100", "4 sell 110 100"], "tradingview": ["3 buy 100 100", "4 sell 115 100"],
      ]),
    Row(
      name: "16 five times the bar's volume", profile: "type=market shares=5000 volume=10%",
      bars: ["102/104/101/103 1000"],
      fills: [
        "backtrader": ["3 buy 102 5000"], "backtesting": ["3 buy 102 5000"], "tradingview": ["3 buy 102 5000"],
        "lean": ["2 buy 100 5000"], "pessimistic": ["3 buy 102 100", "4 buy 100 100", "5 buy 100 100"],
      ]),
    Row(
      name: "17 a bar without volume", profile: "type=market volume=10%", bars: ["102/102/102/102 0"],
      fills: [
        "backtrader": ["3 buy 102 100"], "backtesting": ["3 buy 102 100"], "nautilus": ["2 buy 100 100"],
        "lean": ["2 buy 100 100"], "pessimistic": ["4 buy 100 100"],
      ]),
    Row(
      name: "18 a trailing stop of 5", profile: "type=market tsl=5",
      bars: [flat, "105/110/104/106 1000", "106/107/104/105 1000"],
      fills: [
        "backtrader": ["3 buy 100 100", "6 sell 100 100"], "nautilus": ["2 buy 100 100", "4 sell 105 100"],
        "pessimistic": ["3 buy 100 100", "5 sell 105 100"],
      ]),
    Row(
      name: "a way that turns at the low first: what is bought there is sold at the high",
      profile: "type=limit limit=100 tp=1%",
      bars: ["100/101/98/100.5 1000"],
      fills: ["tradingview": ["3 buy 99 100", "3 sell 99.99 100"], "backtrader": ["3 buy 99 100", "4 sell 100 100"]]),
  ]

  static let cases = rows.flatMap { row in row.fills.keys.sorted().map { (row, $0) } }

  @Test("fill the golden bars as the peer of their name", arguments: cases)
  func golden(_ row: Row, _ convention: String) throws {
    let head = [
      "profile \(row.profile) convention=\(convention)", "\(Self.flat) |", "\(Self.flat) |", "\(Self.flat) long |",
    ]
    let table = head + row.bars.map { "\($0) |" } + ["\(Self.flat) |", "\(Self.flat) |"]
    let scenario = try Scenario(table.joined(separator: "\n"))
    var stage = try Stage(scenario.configuration, scenario.instruments)
    var fills: [String] = []
    for (bar, step) in scenario.steps.enumerated() {
      try stage.take(step.input)
      for happening in try stage.happenings() {
        guard let fill = happening.body as? Fill else { continue }
        fills.append("\(bar) \(fill.side) \(fill.price) \(fill.quantity)")
      }
      let balances = stage.engine.ledgerBalances
      #expect(balances)
    }
    #expect(fills == row.fills[convention], "\(row.name), \(convention)")
  }
}
