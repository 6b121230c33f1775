import Foundation

/// A paper run fed with bars on standard input, as a user's program feeds it: a profile, and a shell function that writes a bar.
///
/// `line SYMBOL MINUTE PRICE` prints the minute's bar of 2026-01-05, 15:00 UTC and later; `lines A 0 9` prints ten of them whose prices turn every third minute,
/// so that an average of one crosses one of two often. `await WORDS` asks the run `run.zst` how it stands until its answer has the words.
final class LineStage {
  let stage: CommandStage

  /// - Parameter symbols: of equities that trade as `calendar` says.
  init(symbols: [String] = ["A"], calendar: String = "always", edit: (String) -> String = { $0 }) throws {
    stage = try CommandStage()
    let instruments = symbols.map {
      "  - {symbol: \($0), class: equity, currency: USD, tick: 0.01, lot: 1, calendar: \(calendar)}\n"
    }
    let profile = """
      name: lines
      universe: [\(symbols.joined(separator: ", "))]
      currency: USD
      cash: 100_000
      strategies:
        - sma_cross: {fast: 1, slow: 2}
      sizing: {shares: 10}
      execution: {order: market, time_in_force: gtc}
      fills: {volume_share: 100 %, slippage: none, fees: none}
      lots: average
      risk: {allow_short: false, require_cash: true, max_position: 20}
      interval: 1 min
      instruments:
      \(instruments.joined())feeds: [stdin]

      """
    try edit(profile).write(toFile: stage.path("lines.yaml"), atomically: true, encoding: .utf8)
    try """
    line() { printf '{"symbol":"%s","time":"2026-01-05T%02d:%02d:00Z","open":%d,"high":%d,"low":%d,"close":%d,"volume":1000}\\n' $1 $((15 + $2 / 60)) $(($2 % 60)) $3 $3 $3 $3; }
    lines() { for minute in $(seq $2 $3); do case $((minute % 6)) in 0|5) line $1 $minute 100;; 1|4) line $1 $minute 101;; *) line $1 $minute 102;; esac; done; }
    await() { for try in $(seq 600); do engine status run.zst --format json 2> /dev/null | grep -q "$1" && return; sleep 0.1; done; echo "never: $1"; }

    """.write(toFile: stage.path("lines.sh"), atomically: true, encoding: .utf8)
  }

  /// Runs a script of the shell that begins with those functions.
  func outcome(_ script: String) throws -> CommandStage.Outcome { try stage.outcome(". ./lines.sh\n" + script) }

  func text(_ name: String) throws -> String { try String(contentsOfFile: stage.path(name), encoding: .utf8) }
}
