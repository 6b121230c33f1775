import Foundation
import Testing

/// A folder of its own in which shell lines call the built program, with everything that they print written down.
///
/// `bars.zst`, the golden runs, their CSV inputs and profiles are there from the start. The environment is the same on every machine.
final class CommandStage {
  let folder: URL
  private(set) var transcript = ""

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let journals = root.appending(path: "journals/golden")

  /// The folder of the program that was built with these tests: the one that they run from.
  static func programFolder() throws -> URL {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var folder = URL(filePath: own).deletingLastPathComponent()
    // Where a test runner of the toolchain loads the tests, the build folder is found from this file.
    if !FileManager.default.isExecutableFile(atPath: folder.appending(path: "engine").path) {
      folder = root.appending(path: ".build/debug")
    }
    try #require(
      FileManager.default.isExecutableFile(atPath: folder.appending(path: "engine").path),
      "\(folder.path)/engine is missing: `swift build` makes it")
    return folder
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "engine-commands-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    for source in ["", "inputs", "profiles"] {
      let from = CommandStage.journals.appending(path: source)
      for name in try FileManager.default.contentsOfDirectory(atPath: from.path)
      where ["zst", "csv", "yaml"].contains((name as NSString).pathExtension) || name.contains(".zst.snapshot-") {
        try FileManager.default.copyItem(at: from.appending(path: name), to: folder.appending(path: name))
      }
    }
  }

  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(folder.path): \(error)") }
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// What a shell line printed and how it ended.
  struct Outcome {
    var output: String
    var errors: String
    var code: Int32
  }

  /// Runs one line without writing it down.
  func outcome(_ line: String) throws -> Outcome {
    let output = folder.appending(path: ".stdout")
    let errors = folder.appending(path: ".stderr")
    let process = Process()
    // Where whoever runs the tests ignores SIGPIPE, `sed … | head` complains at times; a shell can't take that back, `env` can.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["--default-signal=PIPE", "/bin/sh", "-c", line]
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": "\(try CommandStage.programFolder().path):/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "TZ": "UTC",
      "LC_ALL": "C", "SWIFT_BACKTRACE": "enable=no",
    ]
    process.standardInput = FileHandle.nullDevice
    for file in [output, errors] { try Foundation.Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationReason == .exit, "`\(line)` was ended by signal \(process.terminationStatus)")
    return Outcome(
      output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8),
      code: process.terminationStatus)
  }

  /// Runs lines one after the other and writes down each with its output, its errors and its exit code.
  func run(_ lines: String...) throws {
    for line in lines {
      let outcome = try outcome(line)
      transcript += "$ \(line)\n" + CommandStage.ended(outcome.output)
      if !outcome.errors.isEmpty { transcript += "[stderr]\n" + CommandStage.ended(outcome.errors) }
      if outcome.code != 0 { transcript += "[exit \(outcome.code)]\n" }
      transcript += "\n"
    }
  }

  /// With a mark where the last line isn't ended.
  private static func ended(_ text: String) -> String {
    text.isEmpty || text.hasSuffix("\n") ? text : text + "⏎\n"
  }

  /// Compares all that was written down with the file of that name in `Golden`; `UPDATE_GOLDEN=1` rewrites it, a missing one fails.
  func expectGolden(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try CommandStage.expectGolden(
      transcript.replacing(folder.path, with: "$TMP"), name, sourceLocation: sourceLocation)
  }

  /// The same of any text.
  static func expectGolden(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = CommandStage.root.appending(path: "Tests/CommandTests/Golden/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard text != expected else { return }
    let found = text.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let first = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }
    let place = first.map { "line \($0.offset + 1): \"\($0.element.0)\", not \"\($0.element.1)\"" } ?? "its length"
    Issue.record("differs from Golden/\(name).txt in \(place)", sourceLocation: sourceLocation)
  }
}
