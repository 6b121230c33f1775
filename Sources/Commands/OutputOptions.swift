import ArgumentParser
import Foundation

/// The two renderings that every result has.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}

struct OutputOptions: ParsableArguments {
  @Option(help: "How the result is printed on stdout.")
  var format: OutputFormat = .text
}

/// Writes to standard output as bytes, without buffering across calls.
enum StandardOutput {
  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
  static func write(_ bytes: [UInt8]) { FileHandle.standardOutput.write(Data(bytes)) }
}
