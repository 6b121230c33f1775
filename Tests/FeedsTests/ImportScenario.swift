import Events
import Feeds
import Foundation
import Journal
import Market
import Testing

/// A folder of its own for one test: files are written into it, imported from it, and read back as bars.
final class ImportScenario {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "feeds-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: folder) } catch { print("left behind: \(folder)") }
  }

  func path(_ name: String) -> String { folder + "/" + name }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

  @discardableResult
  func write(_ name: String, _ bytes: Data) throws -> String {
    let path = path(name)
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: path, contents: bytes) else { throw CocoaError(.fileWriteUnknown) }
    return path
  }

  /// Imports into `bars.zst` of this folder.
  func importing(
    _ inputs: [String], _ specification: ImportSpecification, symbols: [String] = [], output: String = "bars.zst",
    replacing: Bool = false, threads: Int = 1
  ) throws -> ImportReport {
    try importBars(
      ImportRequest(
        inputs: inputs, specification: specification, symbols: symbols, output: .file(path: path(output)),
        replacesOutput: replacing, journalOptions: JournalOptions(threads: threads)))
  }

  /// The import's error as text, this folder's name taken out; nil where it succeeded.
  func refusal(
    _ inputs: [String], _ specification: ImportSpecification, symbols: [String] = [], output: String = "bars.zst"
  ) throws -> String? {
    do {
      _ = try importing(inputs, specification, symbols: symbols, output: output)
      return nil
    } catch let error as ImportError {
      return "\(error)".replacingOccurrences(of: folder + "/", with: "")
    }
  }

  func bars(_ name: String = "bars.zst") throws -> [Bar] {
    var reader = try JournalReader(path: path(name))
    var block = DecodedBlock()
    var bars: [Bar] = []
    while try reader.nextBlock(&block) { bars += block.bars }
    return bars
  }

  func start(_ name: String = "bars.zst") throws -> RunStarted {
    var reader = try JournalReader(path: path(name))
    let event = try #require(try reader.next())
    return try event.decode(RunStarted.self)
  }

  func bytes(_ name: String = "bars.zst") throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
  }
}

/// Where real market data lies: `shared/data` beside the clone, or beside a folder above it.
enum SharedFiles {
  struct Missing: Error {}

  static func path(_ name: String) throws -> String {
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      for candidate in [
        folder.appendingPathComponent("shared/data"), folder.appendingPathComponent("work/shared/data"),
      ]
      where FileManager.default.fileExists(atPath: candidate.path) {
        return candidate.path + "/" + name
      }
    }
    Issue.record("shared/data is neither beside the clone nor above it")
    throw Missing()
  }

  /// Non-empty lines of a plain file.
  static func lineCount(_ name: String) throws -> Int {
    let text = try String(contentsOfFile: try path(name), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).count
  }
}

extension Bar {
  /// `open time, duration in minutes, O H L C, volume`, for comparing by eye.
  var line: String {
    "\(openTime) \(durationNanos / 60_000_000_000)m \(open) \(high) \(low) \(close) \(volume)"
  }
}
