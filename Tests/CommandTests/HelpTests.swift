// Goal: help teaches, and changes only when somebody means it. Method: the whole help of every command against golden text; the commands
// are those that the program itself lists.
import Foundation
import Testing

@Suite("Help")
struct HelpTests {
  static let commands = [
    "import", "import bars", "import actions", "import points", "join",
    "backtest", "paper", "live", "replay", "verify", "diff", "inspect",
    "explain", "report", "export", "runs",
    "salvage",
    "recover", "seal", "key", "key new", "prove", "check-proof", "status", "stop", "halt", "kill",
    "resume", "rearm", "restore-size", "cancel-all", "profile", "certify", "reconcile",
    "profile check", "strategies", "instruments", "calendar", "risk", "gates", "rehearse", "bench", "bench live",
  ]

  @Test("of the program lists every command, and its version is there")
  func ofProgram() throws {
    let stage = try CommandStage()
    try stage.run("engine --help", "engine --version", "engine help verify | head -n 3", "engine strategies")
    try stage.expectGolden("help")
    let help = try stage.outcome("engine --help").output
    for command in Self.commands where !command.contains(" ") {
      #expect(help.contains("\n  \(command) "), "\(command)")
    }
    let listed = help.components(separatedBy: "SUBCOMMANDS:\n").last?.split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See ") }
    #expect(listed?.count == Self.commands.count { !$0.contains(" ") })
  }

  @Test("of a command is whole and shows an example that begins with the command itself", arguments: commands)
  func ofCommand(_ command: String) throws {
    let stage = try CommandStage()
    try stage.run("engine \(command) --help")
    try stage.expectGolden("help_" + command.replacing(" ", with: "_"))
    if !["profile", "strategies", "key"].contains(command) {
      #expect(stage.transcript.contains("\n  engine \(command)"), "no example")
    }
  }

  @Test("comes with completion for the three shells, which each shell reads where it is installed")
  func completion() throws {
    let stage = try CommandStage()
    for shell in ["bash", "zsh", "fish"] {
      let script = try stage.outcome("engine --generate-completion-script \(shell)")
      #expect(script.code == 0)
      #expect(script.errors.isEmpty)
      for word in ["backtest", "on-bad-row", "risk_decision"] { #expect(script.output.contains(word), "\(shell)") }
    }
    #expect(try stage.outcome("engine --generate-completion-script bash > c.sh && bash -n c.sh").code == 0)
    #expect(try stage.outcome("engine --generate-completion-script tcsh").code == 2)
  }

  @Test("is offered where the command line is wrong, with exit code 2")
  func wrongLines() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine", "engine frobnicate", "engine backtest", "engine verify", "engine verify a b",
      "engine report run --form",
      "engine report bars.zst --format yaml", "engine inspect bars.zst --at 3 --kind bar",
      "engine export bars.zst --kind trades", "engine replay bars.zst --replace", "engine bench --bars 10",
      "engine import alfa.csv --spec lean-daily --set bar_length --output x.zst")
    try stage.expectGolden("wrong_lines")
  }
}
