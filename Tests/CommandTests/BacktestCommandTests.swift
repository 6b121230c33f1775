// Goal: `engine backtest` says what came of a run and, where nothing came of it, why. Method: whole output against golden text; profiles are
// the golden ones with single lines changed.
import Foundation
import Testing

@Suite("engine backtest")
struct BacktestCommandTests {
  @Test("runs a profile into a file, into ./runs and into a stream, as text and as JSON")
  func runs() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output run.zst", "cmp run.zst sma_cross.zst",
      "engine backtest --profile rules.yaml --bars bars.zst --output rules2.zst --threads 1 --format json",
      "engine backtest --profile momentum.yaml --bars bars.zst", "ls runs",
      "engine backtest --profile momentum.yaml --bars bars.zst | sed -n 2p",
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output - 2> said.txt | cmp - run.zst; head -n 2 said.txt",
      "(cat sma_cross.yaml; echo 'bars: bars.zst') > own.yaml",
      "engine backtest --profile own.yaml --output own.zst | sed -n 2,4p", "cmp own.zst run.zst")
    try stage.expectGolden("backtest")
  }

  @Test("passes journals from command to command through pipes, and gives the same bytes as through files")
  func streams() throws {
    let stage = try CommandStage()
    try stage.run(
      "cat alfa.csv | engine import - --spec lean-daily --symbol ALFA --output - 2> import.txt | engine backtest --profile rules.yaml --bars - --output - 2> backtest.txt | engine report - --format json > piped.json",
      "cat import.txt backtest.txt",
      "engine import alfa.csv --spec lean-daily --symbol ALFA --output alfa.zst > /dev/null",
      "engine backtest --profile rules.yaml --bars alfa.zst --output alfa_run.zst > /dev/null",
      "engine report alfa_run.zst --format json | cmp - piped.json", "cat alfa_run.zst | engine verify - | head -n 1",
      "cat alfa_run.zst | engine replay - | sed -n 5,6p", "cat alfa_run.zst | engine inspect - --at 20 | head -n 2",
      "cat alfa_run.zst | engine inspect - | head -n 2",
      "cat alfa_run.zst | engine export - --kind fill | head -n 2",
      "cat alfa_run.zst | engine diff - alfa_run.zst | head -n 4",
      "id=$(engine export alfa_run.zst --kind fill | sed -n 2p | cut -d, -f1); cat alfa_run.zst | engine explain - $id > a.txt; engine explain alfa_run.zst $id | cmp - a.txt",
      "cat alfa_run.zst | engine replay - --with rules.yaml --output again.zst | grep Same",
      "head -c 3000 alfa_run.zst | engine report - | head -n 3", "engine report - < /dev/null",
      "engine export alfa_run.zst --kind bar > /dev/full", "engine strategies > /dev/full")
    try stage.expectGolden("streams")
  }

  @Test("gives a reason where there was no trade: no bars, warming up, no signal, all refused, none filled")
  func noTrades() throws {
    let stage = try CommandStage()
    let cases = [
      ("no_bars", "sed 's/^currency/start: 2025-01-01\\ncurrency/' sma_cross.yaml"),
      ("warming_up", "sed 's/slow: 15/slow: 300/' sma_cross.yaml"),
      ("no_signal", "sed 's/enter: .*/enter: \"close > 1000000\"/; s/exit: .*/exit: \"close < 0\"/' rules.yaml"),
      ("all_refused", "sed 's/cash: 100_000/cash: 10/' sma_cross.yaml"),
      ("none_filled", "sed 's/order: market/order: limit, limit_offset_ticks: 3000/' sma_cross.yaml"),
    ]
    for (name, change) in cases {
      try stage.run(
        "\(change) > \(name).yaml", "engine backtest --profile \(name).yaml --bars bars.zst --output \(name).zst",
        "engine report \(name).zst", "engine replay \(name).zst | tail -n 2")
    }
    try stage.run("engine backtest --profile no_bars.yaml --bars bars.zst --output n2.zst --format json")
    try stage.expectGolden("no_trades")
  }

  @Test("refuses bad profiles, missing bars, existing outputs and wrong options before anything is written")
  func refuses() throws {
    let stage = try CommandStage()
    try stage.run(
      "sed -e 's/sizing/sizeing/' -e 's/^cash: .*/cash: lots/' -e 's/fast: 5/fast: 50000000/' sma_cross.yaml > bad.yaml",
      "engine backtest --profile bad.yaml --bars bars.zst --output x.zst",
      "engine backtest --profile nowhere.yaml --bars bars.zst --output x.zst",
      "engine backtest --profile sma_cross.yaml --bars nowhere.zst --output x.zst",
      "engine backtest --profile sma_cross.yaml --output x.zst",
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output rules.zst",
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output x.zst --threads 3",
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output x.zst --snapshots 0",
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output - --snapshots 10",
      "engine backtest --profile sma_cross.yaml --bars alfa.csv --output x.zst",
      "sed 's/BRAVO/BRAVE/' sma_cross.yaml > b.yaml; engine backtest --profile b.yaml --bars bars.zst --output x.zst",
      "sed 's/USD/EUR/' sma_cross.yaml > e.yaml; engine backtest --profile e.yaml --bars bars.zst --output x.zst",
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output no/where.zst", "ls x.zst x.zst.partial",
      "engine verify rules.zst | head -n 1")
    try stage.expectGolden("backtest_refusals")
  }

  @Test("checks profiles: 0 and the canonical form, 1 and everything that is wrong, 2 where there is none")
  func profileCheck() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine profile check sma_cross.yaml", "engine profile check sma_cross.yaml --format json",
      "sed -e 's/sizing/sizeing/' -e 's/^cash: .*/cash: lots/' -e 's/volume_share: .*/volume_share: 200 %/' sma_cross.yaml > bad.yaml",
      "engine profile check bad.yaml", "sed 's/rsi(close, 7) >/rsi(close, 7 >/' rules.yaml > wrong.yaml",
      "engine profile check wrong.yaml", "engine profile check nowhere.yaml", "engine profile check bars.zst",
      "head -c 1100000 /dev/zero > large.yaml; engine profile check large.yaml")
    try stage.expectGolden("profile_check")
  }

  @Test("says a profile's limits in words, warns of missing ones, and lets none go live without the first three")
  func profileLimits() throws {
    let stage = try CommandStage()
    let profiles = CommandStage.root.appending(path: "config/profiles").path
    for name in ["risk_full", "vol_target", "risk_parity", "one_share"] {
      #expect(try stage.outcome("cp \(profiles)/\(name).yaml .").code == 0)
    }
    try stage.run(
      "engine profile check risk_full.yaml --for live", "engine profile check vol_target.yaml",
      "engine profile check risk_parity.yaml --for paper",
      "engine profile check one_share.yaml --for live --format json",
      "engine profile check vol_target.yaml --for live | tail -n 5",
      "engine profile check vol_target.yaml --for live --format json 2> /dev/null",
      "sed 's/  max_shares: 1 .*/  max_shares: unlimited/' one_share.yaml > free.yaml",
      "engine profile check free.yaml --for live | sed -n '/limits/,$p'",
      "sed 's/    GOOG: .*/    GOGG: {max_position: 1}/' risk_full.yaml > gogg.yaml; engine profile check gogg.yaml",
      "engine profile check one_share.yaml --for production")
    try stage.expectGolden("profile_limits")
  }

  @Test("refuses to run with limits for symbols and sectors that the bars don't have")
  func unknownLimits() throws {
    let stage = try CommandStage()
    try stage.run(
      "sed -e 's/^universe: .*/universe: all/' -e 's/max_position: 1000/symbols: {AAPL: {max_position: 1}}, sectors: {energy: {max_gross: 1}}/' sma_cross.yaml > a.yaml",
      "engine backtest --profile a.yaml --bars bars.zst --output x.zst; ls x.zst x.zst.partial")
    try stage.expectGolden("unknown_limits")
  }
}
