import ArgumentParser
import Foundation
import Projections

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
///
/// Where that can't be written, as to a full disk, there is nobody to go on for: the program says so and leaves with code 2.
enum StandardOutput {
  /// Shows what nothing depends on: where nobody reads any more, whoever trades goes on.
  static func show(_ text: String) { StandardError.write(text, to: 1) }

  static func write(_ text: String) {
    Array(text.utf8).withUnsafeBytes { bytes in
      do throws(ProjectionError) {
        try DescriptorSink.standardOutput.write(bytes)
      } catch {
        Failure.report("\(error)")
        Foundation.exit(2)
      }
    }
  }
}
