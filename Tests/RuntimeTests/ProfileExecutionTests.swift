import Core
import Foundation
import Market
import Runtime
import Testing

/// What a profile can say about orders and fills beyond the plain ones, and that its canonical text says it back.
@Suite("Orders in a profile")
struct ProfileExecutionTests {
  private func profile(_ lines: [Int: String]) throws -> Profile { try ProfileRiskTests.profile(lines) }

  @Test("types, trails, lives and hours mean what they say, and so do exits in words of their own")
  func styles() throws {
    let found = try profile([
      10:
        "execution: {order: trailing_stop_limit, trail: 1.5 %, limit_offset_ticks: -3, time_in_force: gtd, good_for: 36 h, hours: regular, exit: {order: market_on_close, reduce_only: true}}",
      11: "exits: {trailing_stop: 2.5, take_profit: 4 %}",
    ]).configuration
    #expect(
      found.execution
        == OrderStyle(
          type: .trailingStopLimit, timeInForce: .goodTillDate, limitOffsetTicks: -3, trail: Trail(.share, 15_000),
          lifeNanos: 36 * 3600 * Timestamp.nanosPerSecond, hours: .regular))
    #expect(found.exitExecution == OrderStyle(type: .marketOnClose, isReduceOnly: true))
    #expect(found.exits == ProtectiveExits(takeProfitMicros: 40_000, trail: Trail(.amount, 2_500_000_000)))
    #expect(found.execution.isPossible && found.exitExecution?.isPossible == true)
  }

  @Test("a second order for what opens, and amending, mean what they say")
  func groups() throws {
    let both = try profile([
      10:
        "execution: {order: limit, limit_offset_ticks: 50, time_in_force: gtc, or: {order: stop, stop_offset_ticks: 150, time_in_force: gtc}}"
    ]).configuration
    #expect(both.execution == OrderStyle(type: .limit, timeInForce: .goodTillCancelled, limitOffsetTicks: 50))
    #expect(
      both.alternativeExecution == OrderStyle(type: .stop, timeInForce: .goodTillCancelled, stopOffsetTicks: 150))
    #expect(!both.amendsOrders)
    for (word, amends) in [("amend", true), ("new", false)] {
      let found = try profile([10: "execution: {order: limit, limit_offset_ticks: 5, replace: \(word)}"]).configuration
      #expect(found.amendsOrders == amends && found.alternativeExecution == nil)
    }
  }

  @Test("strategies may see longer bars than the feed's: of a length that divides a day, or of sessions")
  func decisionBars() throws {
    let hour = 3_600 * Timestamp.nanosPerSecond
    for (text, meaning) in [
      ("1 h", DecisionBars.every(nanos: hour)), ("1 d", .every(nanos: 24 * hour)), ("session", .session),
    ] {
      let found = try profile([12: "decision_bars: \(text)\nfills:"])
      #expect(found.configuration.decisionBars == meaning)
    }
    #expect(try profile([:]).configuration.decisionBars == .each)
    let error = try #require(throws: ProfileError.self) { _ = try profile([12: "decision_bars: 7 h\nfills:"]) }
    #expect(error.description.contains("decision_bars: bars stand on a grid that begins anew each UTC day"))
  }

  @Test("every convention and every path can be named", arguments: FillConventionName.allCases)
  func conventions(_ name: FillConventionName) throws {
    #expect(
      try profile([13: "  volume_share: 10 %\n  convention: \(name.rawValue)"]).configuration.convention
        == FillConvention(name))
    for path in BarPath.allCases {
      let found = try profile([13: "  volume_share: 10 %\n  convention: \(name.rawValue)\n  path: \(path.rawValue)"])
      #expect(found.configuration.convention == FillConvention(name, path: path))
    }
  }

  @Test("fees are cash, or kept of what is received where shorts are not allowed")
  func feePayment() throws {
    let none = try profile([15: "  fees: {basis_points: 10}"])
    #expect(none.configuration.feePayment == .quote)
    #expect(try profile([15: "  fees: {basis_points: 10, paid_in: quote}"]).canonicalText == none.canonicalText)
    let kept = try profile([
      15: "  fees: {maker_taker: [{from: 0, maker: 5 bp, taker: 10 bp}], paid_in: received}",
      18: "  allow_short: false",
    ])
    #expect(kept.configuration.feePayment == .received)
    #expect(
      kept.feeInWords(in: .usd).hasSuffix(
        "kept of what is received: units of a purchase, cash of a sale, cut to eight decimals"))
    let error = try #require(throws: ProfileError.self) {
      _ = try profile([15: "  fees: {basis_points: 10, paid_in: received}", 18: "  allow_short: true"])
    }
    #expect(error.problems.map(\.path) == ["risk"])
  }

  @Test("decisions on bars shorter than the feed's are refused")
  func decisionBarsOfFeed() throws {
    #expect(try profile([5: "currency: USD\ninterval: 1 min\ndecision_bars: 1 h"]).configuration.decisionBars != .each)
    let error = try #require(throws: ProfileError.self) {
      _ = try profile([5: "currency: USD\ninterval: 5 min\ndecision_bars: 1 min"])
    }
    #expect(error.problems.map(\.path) == ["decision_bars"])
  }

  @Test("what a real venue can't do is named by its key, and what it can isn't")
  func gaps() throws {
    let none = [11: "exits: {}"]
    func gaps(_ execution: String, _ exits: String? = nil) throws -> [VenueGap] {
      try profile(none.merging([10: "execution: \(execution)", 11: exits ?? "exits: {}"]) { $1 }).venueGaps
    }
    #expect(try gaps("{order: market}") == [])
    #expect(try gaps("{order: limit_if_touched, time_in_force: gtd, good_for: 1 d}") == [])
    #expect(
      try gaps("{order: trailing_stop, trail: 2 %, hours: regular}")
        == [.orderType(key: "execution", word: "trailing_stop"), .hours(key: "execution")])
    #expect(
      try gaps("{order: limit, post_only: true, exit: {order: market, reduce_only: true}}")
        == [.reduceOnly(key: "execution.exit")])
    #expect(try gaps("{order: market}", "exits: {trailing_stop: 2 %}") == [.trailingExit])
    #expect(try gaps("{order: market}", "exits: {stop_loss: 2 %}") == [])
    #expect(try gaps("{order: market}", "exits: {take_profit: 2 %}") == [])
    #expect(try gaps("{order: market}", "exits: {stop_loss: 2 %, take_profit: 4 %}") == [])
    #expect(try gaps("{order: limit, or: {order: market}}") == [.group])
    #expect(try gaps("{order: limit, replace: amend}") == [])
  }

  @Test("docs/orders.md says of each order and exit whether a real venue is told it")
  func documentedGaps() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let document = try String(contentsOf: root.appending(path: "docs/orders.md"), encoding: .utf8)
    let table = try #require(document.components(separatedBy: "| in a profile | at Binance |").last)
    let rows = table.split(separator: "\n").drop { !$0.hasPrefix("| `") }.prefix { $0.hasPrefix("| `") }
    var (told, refused) = (0, 0)
    for row in rows {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let written = cells[0].filter { $0 != "`" }
      let isExit = written.hasPrefix("exits")
      let isOrder = written.hasPrefix("execution")
      let found = try profile([
        10: isOrder ? written : "execution: {order: market}",
        11: isExit ? written : isOrder ? "exits: {}" : "exits: {}\n\(written)",
      ])
      let isRefused = cells[1].hasPrefix("refused")
      #expect(found.venueGaps.isEmpty != isRefused, "\(row)")
      if isRefused { refused += 1 } else { told += 1 }
    }
    #expect(told >= 9 && refused >= 6)
  }
}
