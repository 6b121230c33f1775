// Goal: `engine runs` lists what is in the folder, its database is the same however it came about, and a run's id stands for its file.
// Method: golden text; the databases are compared as dumps by sqlite3.
import Foundation
import Testing

@Suite("engine runs")
struct RunsCommandTests {
  @Test("lists the runs in a folder and takes up new ones, as text and as JSON")
  func lists() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine runs", "mkdir runs; engine runs", "cp bars.zst sma_cross.zst runs; engine runs",
      "cp hard_times.zst rules.zst runs; engine runs", "cp alfa.csv runs/no_journal.zst; engine runs --format json",
      "engine runs --folder nowhere")
    try stage.expectGolden("runs")
  }

  @Test("makes the same database run by run and by --rebuild, for sqlite3 to ask")
  func rebuilds() throws {
    let stage = try CommandStage()
    for run in ["bars", "sma_cross", "limit_brackets", "rules", "momentum", "hard_times"] {
      #expect(try stage.outcome("mkdir -p runs; cp \(run).zst runs; engine runs > said.txt").code == 0)
    }
    try stage.run(
      "sqlite3 runs/runs.sqlite .dump | sha256sum > before.txt", "engine runs > again.txt; cmp again.txt said.txt",
      "sqlite3 runs/runs.sqlite .dump | sha256sum | cmp - before.txt", "engine runs --rebuild | cmp - said.txt",
      "sqlite3 runs/runs.sqlite .dump | sha256sum | cmp - before.txt",
      "sqlite3 runs/runs.sqlite 'select time, symbol, side, quantity, price from fills limit 3'",
      "sqlite3 runs/runs.sqlite 'select count(*) from runs'")
    try stage.expectGolden("runs_rebuild")
  }

  @Test("lets the first digits of a run id stand for a journal")
  func prefixes() throws {
    let stage = try CommandStage()
    // Run ids change with the reducer's version: they are asked for, so that none of these lines ever tests a run that is not there.
    let cross = try id(of: "sma_cross", stage)
    let rules = try id(of: "rules", stage)
    let times = try id(of: "hard_times", stage)
    try stage.run(
      "engine verify \(cross.prefix(4))",
      "mkdir runs; cp sma_cross.zst rules.zst hard_times.zst runs; engine verify \(cross.prefix(4)) | tail -n 1",
      "engine replay \(rules.prefix(8)) | head -n 2", "engine diff \(cross.prefix(4)) \(rules) | head -n 2",
      "engine inspect \(cross.prefix(4)) --at 78 | head -n 1", "engine explain \(cross.prefix(4)) 76 | head -n 1",
      "engine report \(times.prefix(4)) | head -n 2", "engine export \(cross.prefix(4)) --kind run_ended",
      "engine risk \(times.prefix(4)) | head -n 1", "engine verify \(cross.prefix(3))", "engine verify 0000")
    #expect(stage.transcript.components(separatedBy: "no run's id").count == 2)
    try stage.expectGolden("run_prefixes")
  }

  private func id(of name: String, _ stage: CommandStage) throws -> String {
    let line =
      "engine inspect \(name).zst --format json | grep -o '\"run_id\": \"[0-9a-f]*' | head -n 1 | grep -o '[0-9a-f]*$'"
    let id = try stage.outcome(line).output.trimmingCharacters(in: .whitespacesAndNewlines)
    try #require(id.count == 32)
    return id
  }

  @Test("lets a run that is not finished be read by the name that it is to have, and by its id")
  func unfinished() throws {
    let stage = try CommandStage()
    let times = try id(of: "hard_times", stage)
    try stage.run(
      "mkdir runs; mv hard_times.zst runs/times.zst.partial",
      "engine risk runs/times.zst | head -n 2", "engine risk \(times.prefix(4)) | head -n 2",
      "engine inspect runs/times.zst | head -n 2", "engine report \(times.prefix(4)) | head -n 2",
      "engine verify runs/times.zst | head -n 1")
    try stage.expectGolden("runs_unfinished")
  }

  @Test("bench measures every figure that it promises, and leaves nothing behind")
  func bench() throws {
    let stage = try CommandStage()
    try stage.run(
      "mkdir tmp; TMPDIR=$PWD/tmp engine bench --bars 1000 --rounds 1 --format json | sed -E 's/\"value\": [0-9.]+/\"value\": N/g; s/\\}, /},\\n /g'",
      "TMPDIR=$PWD/tmp engine bench --bars 1000 --rounds 1 | sed -E 's/ +[0-9.]+ / N /'", "ls tmp",
      "engine bench --write-bars walk.zst --bars 1000; engine verify walk.zst | sed -n 2,3p")
    try stage.run(
      "TMPDIR=$PWD/tmp engine bench --large 10000 | sed -E 's/ +[0-9.]+ / N /'", "ls tmp",
      "engine bench --folder large 2>&1 | head -n 1")
    try stage.expectGolden("bench")
  }
}
