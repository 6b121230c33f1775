// Goal: what was written once is read for ever, and today's engine still writes it. Method: the journals of journals/golden are made again by
// tools/golden_journals.sh and compared: their canonical streams, as the system's zstd unpacks them, always; the whole files where libzstd
// is the one that wrote them. Each is verified, replayed and reported.
import Foundation
import Testing

@Suite("Golden journals")
struct GoldenJournalTests {
  static let names: [String] = ["bars", "sma_cross", "limit_brackets", "rules", "momentum", "hard_times"] + rolled
  /// The files of one run.
  static let rolled: [String] = ["rolled-2019-06-03", "rolled-2019-06-04", "rolled-2019-06-05"]
  /// The libzstd that wrote the files, as journals/golden/README.md says.
  static let zstdVersion = "1.5.4"

  @Test("are made again byte for byte")
  func produced() throws {
    let stage = try CommandStage()
    let script = CommandStage.root.appending(path: "tools/golden_journals.sh").path
    let program = try CommandStage.programFolder().appending(path: "engine").path
    let made = try stage.outcome("mkdir made && ENGINE='\(program)' '\(script)' \"$PWD/made\"")
    #expect(made.code == 0, "\(made.errors)")
    let readme = try String(contentsOf: CommandStage.journals.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains("libzstd \(Self.zstdVersion)"))
    let isSameLibrary = try stage.outcome("zstd --version").output.contains("v\(Self.zstdVersion),")
    for name in Self.names {
      let streams = try stage.outcome(
        "zstd -dcq \(name).zst > a.bin && zstd -dcq made/\(name).zst > b.bin && test -s a.bin && cmp a.bin b.bin")
      #expect(streams.code == 0, "\(name): the canonical stream changed: \(streams.output)\(streams.errors)")
      if isSameLibrary { #expect(try stage.outcome("cmp \(name).zst made/\(name).zst").code == 0, "\(name)") }
    }
  }

  @Test("are verified, and replayed where there is something to replay", arguments: names)
  func read(_ name: String) throws {
    let stage = try CommandStage()
    #expect(try stage.outcome("engine verify \(name).zst").output.hasPrefix("intact"))
    if name == "bars" { return }
    // Each file of a rolled run replays alone, from the snapshot beside it.
    let replay = try stage.outcome("engine replay \(name).zst")
    #expect(replay.code == 0)
    #expect(replay.output.contains("all equal") && replay.output.contains("= equity after every event"))
    if Self.rolled.contains(name) { return }
    #expect(!replay.output.contains("ended  "))
    #expect(try stage.outcome("engine report \(name).zst").code == 0)
  }

  @Test("of a rolled run make up one stream with the same bytes, heads and states as ever")
  func rolledAsOne() throws {
    let stage = try CommandStage()
    let replay = try stage.outcome("engine replay rolled-*.zst")
    #expect(replay.code == 0 && replay.output.contains("all equal") && !replay.output.contains("ended  "))
    #expect(try stage.outcome("engine verify rolled-*.zst").code == 0)
    #expect(try stage.outcome("engine report rolled-*.zst").code == 0)
    let again = try stage.outcome(
      "mkdir again && engine backtest --profile rolled.yaml --bars bars.zst --output again/rolled.zst > /dev/null"
        + " && for file in again/*.snapshot-*; do cmp $file rolled${file#again/rolled} || exit 1; done")
    #expect(again.code == 0, "\(again.output)\(again.errors)")
  }

  @Test("are small, each with its profile, and each described in the README")
  func kept() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: CommandStage.journals.path)
    let journals = files.filter { $0.hasSuffix(".zst") }.map { String($0.dropLast(4)) }
    #expect(journals.sorted() == Self.names.sorted())
    let profiles = try FileManager.default.contentsOfDirectory(
      atPath: CommandStage.journals.appending(path: "profiles").path)
    let runs = Self.names.filter { $0 != "bars" && !Self.rolled.contains($0) } + ["rolled"]
    #expect(profiles.map { String($0.dropLast(5)) }.sorted() == runs.sorted())
    let readme = try String(contentsOf: CommandStage.journals.appending(path: "README.md"), encoding: .utf8)
    for name in Self.names {
      #expect(readme.contains("`\(name).zst`"), "\(name)")
      let bytes = try Foundation.Data(contentsOf: CommandStage.journals.appending(path: "\(name).zst")).count
      #expect(bytes < 100_000)
    }
  }
}
