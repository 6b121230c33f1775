// Goal: `engine runs` lists what is in the folder, its database is the same however it came about, and a run's id stands for its file.
// Method: golden text; the databases are compared as dumps by sqlite3.
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
    try stage.run(
      "engine verify 3fcf",
      "mkdir runs; cp sma_cross.zst rules.zst hard_times.zst runs; engine verify 3fcf | tail -n 1",
      "engine replay ca4045b4 | head -n 2", "engine diff 3fcf ca4045b4ba5e7e9844e013361fdb754b | head -n 2",
      "engine inspect 3fcf --at 78 | head -n 1", "engine explain 3fcf 76 | head -n 1", "engine report 76d3 | head -n 2",
      "engine export 3fcf --kind run_ended", "engine verify 3fc", "engine verify 0000")
    try stage.expectGolden("run_prefixes")
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
