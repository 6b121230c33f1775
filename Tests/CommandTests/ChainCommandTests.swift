// Goal: the example of futures that roll does on the command line what its comments and docs/futures.md say: it imports, runs, replays, and report and explain name its
// rolls. Method: whole output against golden text, in a folder of its own.
import Foundation
import Testing

@Suite("Futures that roll on the command line")
struct ChainCommandTests {
  @Test("run from the example that comes along; report, explain and export name each roll")
  func example() throws {
    let stage = try CommandStage()
    for (folder, name) in [
      ("examples", "euro_contracts.csv"), ("examples", "euro_contracts.yaml"), ("profiles", "euro_roll.yaml"),
    ] {
      try FileManager.default.copyItem(
        at: CommandStage.root.appending(path: "config/\(folder)/\(name)"), to: stage.folder.appending(path: name))
    }
    try stage.run(
      "engine import euro_contracts.csv --spec ./euro_contracts.yaml --output euro.zst | head -n 4",
      "engine backtest --profile euro_roll.yaml --bars euro.zst --output euro_roll.zst | sed -n 2,6p",
      "engine replay euro_roll.zst | sed -n 5,6p", "engine report euro_roll.zst | sed -n '/^Rolls/,$p'",
      "engine report euro_roll.zst --format json | sed -n '/\"rolls\"/,/\"rolls_put_off\"/p'",
      "engine export euro_roll.zst --kind front_contract",
      "engine explain euro_roll.zst $(engine export euro_roll.zst --kind order_intent | grep roll_in | head -n 1 | cut -d, -f1)",
      "engine explain euro_roll.zst $(engine export euro_roll.zst --kind order_intent | grep roll_out | tail -n 1 | cut -d, -f1)"
    )
    try stage.expectGolden("rolls")
  }

  @Test("are refused where they can't be, with what to do")
  func refused() throws {
    let stage = try CommandStage()
    try FileManager.default.copyItem(
      at: CommandStage.root.appending(path: "config/profiles/euro_roll.yaml"),
      to: stage.folder.appending(path: "p.yaml"))
    try stage.run(
      "engine backtest --profile p.yaml --bars bars.zst --output a.zst",
      "sed 's/adjust: ratio/adjust: difference/' p.yaml > q.yaml; engine profile check q.yaml",
      "sed 's/rule: .*/rule: open_interest/' p.yaml > q.yaml; engine profile check q.yaml",
      "sed 's/2026-06-15/2026-03-01/' p.yaml > q.yaml; engine profile check q.yaml",
      "sed 's/^sizing.*/sizing: {inverse_volatility: {budget: 50 %}}/; s/^universe.*/universe: all/; s/6EH26/ALFA/; s/6EM26/BRAVO/; s/6EU26/CHARLIE/' p.yaml > q.yaml; engine backtest --profile q.yaml --bars bars.zst --output a.zst"
    )
    try stage.expectGolden("rolls_refused")
  }
}
