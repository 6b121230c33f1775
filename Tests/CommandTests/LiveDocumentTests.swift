// Goal: docs/live.md is true: its programs run, its profile is right, and it leaves out no key.
// Method: the blocks of the page, taken out and run; the keys that a wrong profile is told.
import Foundation
import Testing

@Suite("docs/live.md")
struct LiveDocumentTests {
  private static func document() throws -> String {
    try String(contentsOf: CommandStage.root.appending(path: "docs/live.md"), encoding: .utf8)
  }

  private static func block(_ language: String) throws -> String {
    let rest = try #require(try document().components(separatedBy: "```\(language)\n").dropFirst().first)
    return try #require(rest.components(separatedBy: "```").first)
  }

  @Test("shows a program in Python whose lines a paper run takes as bars, under the profile beside it")
  func python() throws {
    let stage = try CommandStage()
    try Self.block("python").write(toFile: stage.path("bars.py"), atomically: true, encoding: .utf8)
    try Self.block("yaml").write(toFile: stage.path("stdin.yaml"), atomically: true, encoding: .utf8)
    let outcome = try stage.outcome(
      "python3 bars.py 2> /dev/null | head -n 3 | engine paper --profile stdin.yaml --output lines.zst 2> log; engine certify lines.zst"
    )
    #expect(outcome.code == 0 && outcome.output.contains("\nbars      3\n"), "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("unexplained nothing"))
    #expect(try !String(contentsOfFile: stage.path("log"), encoding: .utf8).contains("invalid_bar"))
    #expect(try stage.outcome("engine profile check stdin.yaml --for paper").code == 0)
  }

  @Test("names every key that only paper and live runs read, and every exit code")
  func keys() throws {
    let document = try Self.document()
    let stage = try CommandStage()
    // The refusal of a wrong key lists all of them.
    try "name: x\nvenue: {nothing: 1}\nfeeds: [{binance: {nothing: 1}}]\ninstruments: [{nothing: 1}]\nnothing: 1\n"
      .write(
        toFile: stage.path("wrong.yaml"), atomically: true, encoding: .utf8)
    let errors = try stage.outcome("engine profile check wrong.yaml").errors
    func listed(_ beginning: String) throws -> [String] {
      let line = try #require(
        errors.split(separator: "\n").first { $0.contains(beginning) && $0.contains("unknown key") }, "\(errors)")
      return line.components(separatedBy: "`").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
        .filter { $0 != "nothing" }
    }
    for (place, prefix) in [(":2:", "venue."), (":3:", ""), (":4:", "")] {
      for key in try listed(place) where key != "name" {
        #expect(document.contains(prefix + key), "\(prefix)\(key)")
      }
    }
    let all = try listed(":5:")
    let live = try #require(all.firstIndex(of: "instance"))
    #expect(all[live...].count >= 8)
    for key in all[live...] { #expect(document.contains("| `\(key)"), "\(key)") }
    for code in 0...6 { #expect(document.contains("\n| \(code) | "), "\(code)") }
  }
}
