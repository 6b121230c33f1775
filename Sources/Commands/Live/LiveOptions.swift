import ArgumentParser
import Foundation
import Market
import Runtime

/// What `paper` and `live` have in common on the command line.
struct LiveOptions: ParsableArguments {
  @Option(help: "A profile in YAML.", completion: .file(extensions: ["yaml", "yml"]))
  var profile: String
  @Option(help: "End in good order after so many minutes of the run's clock.")
  var minutes: Int?
  @Flag(help: "Redraw a view of the run in place on the terminal; plain lines where there is none.")
  var watch = false
  @Flag(help: "Never sleep: keep one processor and the order path warm, for the shortest way from a bar to its orders.")
  var busy = false
  @Option(help: "What the log on stderr looks like: text, or json, an object a line.")
  var logFormat: LogFormat = .text
  @Option(help: "Where the journal goes. Default: runs/INSTANCE-RUNID.zst.", completion: .file())
  var output: String?
  @Option(
    help: "A file whose appearing is a kill. Default: the profile's `risk: kill: file`.", completion: .file())
  var killFile: String?
}

enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}

/// How fast a run's clock goes.
enum SpeedArgument: Hashable, ExpressibleByArgument {
  case times(Int)
  /// As fast as inputs come.
  case max

  init?(argument: String) {
    if argument == "max" {
      self = .max
      return
    }
    guard let times = Int(argument), (1...100_000).contains(times), "\(times)" == argument else { return nil }
    self = .times(times)
  }

  init(_ speed: Int?) { self = speed.map { .times($0) } ?? .max }
}
