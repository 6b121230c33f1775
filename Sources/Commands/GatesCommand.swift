import ArgumentParser
import Events
import Foundation
import Journal
import Market
import Projections
import Runtime

struct GatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gates",
    abstract: "Ask of a run what it has to show before more is trusted to its profile.",
    discussion: """
        engine gates runs/spy_qqq-1f3a4c5d6e7f.zst --gates config/gates/live-15m.yaml

      Everything is read off the journal: errors, executions, latency, freshness of bars, guards, caps, memory, positions. Exit code 0 where every \
      gate of the file is passed, 1 where one isn't.
      """)

  @Argument(help: "A journal's path, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
  @Option(help: "The gates, in YAML.", completion: .file(extensions: ["yaml", "yml"]))
  var gates: String
  @OptionGroup var options: OutputOptions

  func run() throws {
    let settings = try load()
    let chain = try journals.chain()
    let figures: GateFigures
    do throws(RunError) {
      figures = try GateFigures.read(chain, catalog: Registration.catalog)
    } catch {
      throw Failure(error)
    }
    let asked = Gate.all(settings, figures)
    let isPassed = asked.allSatisfy(\.isPassed)
    switch options.format {
    case .text:
      let width = asked.map(\.name.count).max() ?? 0
      var text = ""
      for gate in asked {
        let name = gate.name.padding(toLength: width, withPad: " ", startingAt: 0)
        text += "\(gate.isPassed ? "pass" : "FAIL")  \(name)  \(gate.found) (wanted: \(gate.wanted))\n"
      }
      StandardOutput.write(text + (isPassed ? "all \(asked.count) gates passed\n" : "not passed\n"))
    case .json:
      let rows = asked.map {
        JSONText.object([
          ("gate", .string($0.name)), ("passed", .flag($0.isPassed)), ("found", .string($0.found)),
          ("wanted", .string($0.wanted)),
        ])
      }
      StandardOutput.write(
        JSONText.object([
          ("run_id", .string(Hex.text(chain.started.runID))), ("passed", .flag(isPassed)), ("gates", .array(rows)),
        ]).text + "\n")
    }
    if !isPassed { throw ExitCode(1) }
  }

  private func load() throws -> GateSettings {
    guard let bytes = FileManager.default.contents(atPath: gates), bytes.count <= ProfileFile.bytesMax,
      let text = String(data: bytes, encoding: .utf8)
    else {
      throw Failure("\(gates) can't be read as text; give a file of gates, such as config/gates/live-15m.yaml.")
    }
    do throws(ProfileError) { return try GateSettings.parse(yaml: text, file: gates) } catch { throw Failure(error) }
  }
}
