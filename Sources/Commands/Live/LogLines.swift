import Foundation
import Logging
import Market

/// Writes log events to stderr, a line each: as text, or as a JSON object. Keys are sorted, so that a line looks the same each time.
struct LogLines: LogHandler {
  let format: LogFormat
  let label: String
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(label: String, format: LogFormat) {
    self.label = label
    self.format = format
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let time = RunClock.real.now
    switch format {
    case .text:
      let tail = fields.map { " \($0.key)=\(LogLines.quoted("\($0.value)"))" }.joined()
      StandardError.write("\(time) \(event.level.rawValue.uppercased()) \(event.message)\(tail)\n")
    case .json:
      let entries: [(String, JSONText)] =
        [
          ("time", .string("\(time)")), ("level", .string(event.level.rawValue)),
          ("message", .string("\(event.message)")),
        ] + fields.map { ($0.key, .string("\($0.value)")) }
      StandardError.write(JSONText.object(entries).text + "\n")
    }
  }

  /// As it is where it is one word; else in quotes.
  private static func quoted(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
    return isPlain ? text : JSONText.string(text).text
  }
}
