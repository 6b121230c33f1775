import Foundation
import Runtime
import Strategies
import Testing

/// Goal: whoever copies a profile that comes along begins with a right one, and the profiles show everything a profile can say.
@Suite("The profiles in config/profiles")
struct ProfileFileTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "config/profiles")

  static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }.sorted()
  }

  @Test("are all right, and each is named like its file")
  func areRight() throws {
    let files = try ProfileFileTests.files()
    #expect(files.count >= 13)
    for file in files {
      let yaml = try String(contentsOf: ProfileFileTests.folder.appending(path: file), encoding: .utf8)
      let profile = try Profile.parse(yaml: yaml, file: file, catalog: .builtIn)
      #expect("\(profile.name).yaml" == file)
      let again = try Profile.parse(yaml: profile.canonicalText, file: "journal", catalog: .builtIn)
      #expect(again.canonicalText == profile.canonicalText)
    }
  }

  @Test("show between them every key a profile can have, but the bars' path, dates and settings of the journal")
  func showEveryKey() throws {
    let whole = try ProfileFileTests.files().map { file in
      try String(contentsOf: ProfileFileTests.folder.appending(path: file), encoding: .utf8)
    }.joined()
    let keys = [
      "shares", "notional", "equity_share", "order: market", "order: limit", "order: stop", "time_in_force: day",
      "time_in_force: gtc", "limit_offset_ticks", "stop_offset_ticks", "stop_loss", "take_profit", "volume_share",
      "ticks",
      "basis_points", "share_of_range", "per_share", "minimum", "maximum", "maker_taker", "average", "fifo",
      "max_order_quantity", "max_order_notional", "max_position", "allow_short", "require_cash", "min_confidence",
      "rules", "volatility_target", "portfolio_volatility", "risk_parity", "no_trade_band", "rebalance", "drawdown",
      "friction", "sessions", "forbid_self_crossing", "hours", "stale_after", "price_guard", "price_collar",
      "close_collar", "max_order_rate", "max_repeats", "locate", "max_volume_share", "max_shares",
      "max_position_notional", "max_gross", "max_net", "max_daily_net", "max_leverage", "strategies", "sectors",
      "symbols", "correlation", "kill", "corporate_actions", "missing_split", "account", "settlement", "day_count",
      "credit_interest", "debit_interest", "borrow_fee", "on_call", "initial", "maintenance", "short_maintenance",
      "classes",
      "currencies", "convert", "rate", "cost", "rolls", "contracts", "expires", "sessions_before_expiry", "adjust",
    ]
    for key in keys + ProfileMeaning.breakerNames { #expect(whole.contains(key), "no profile shows \(key)") }
  }

  @Test("sma_cross means what it says")
  func smaCross() throws {
    let yaml = try String(contentsOf: ProfileFileTests.folder.appending(path: "sma_cross.yaml"), encoding: .utf8)
    let profile = try Profile.parse(yaml: yaml, file: "sma_cross.yaml", catalog: .builtIn)
    #expect(
      profile.canonicalText == """
        {"cash":1000000,"currency":"USD","execution":{"limit_offset_ticks":0,"order":"market","stop_offset_ticks":0,\
        "time_in_force":"day"},"fills":{"fees":{"maximum":"1 %","minimum":1,"per_share":0.005},\
        "slippage":{"basis_points":5},"volume_share":"10 %"},"lots":"average","name":"sma_cross",\
        "risk":{"allow_short":false,"max_position":1000,"min_confidence":0,"require_cash":true},\
        "sizing":{"shares":100},"strategies":[{"sma_cross":{"allow_short":false,"fast":10,"slow":30}}],"universe":"all"}
        """)
    #expect((profile.universe, profile.barsPath, profile.snapshotEvents) == (.all, nil, nil))
    #expect((profile.threads, profile.level) == (2, 3))
  }
}
