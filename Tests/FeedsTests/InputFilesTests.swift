import Events
import Feeds
import Foundation
import Market
import Testing

/// Which files make which symbols, and everything that can be wrong with a command line.
@Suite struct InputFilesTests {
  static let header = "time,open,high,low,close,volume\n"

  @Test("takes one symbol for all files, one for each, or the files' names")
  func symbols() throws {
    let scenario = try ImportScenario()
    let early = try scenario.write("btc.early.csv", InputFilesTests.header + "2024-01-01,1,1,1,1,1\n")
    let late = try scenario.write("eth.csv", InputFilesTests.header + "2024-01-02,2,2,2,2,2\n")
    func imported(_ symbols: [String], _ output: String) throws -> [String] {
      try scenario.importing([late, early], try .named("ohlcv"), symbols: symbols, output: output).symbols.map {
        "\($0.symbol) \($0.bars)"
      }
    }
    #expect(try imported([], "a") == ["ETH 1", "BTC 1"])
    #expect(try imported(["Z"], "b") == ["Z 2"])
    #expect(try imported(["Q", "P"], "c") == ["Q 1", "P 1"])
    #expect(
      try scenario.refusal([late, early], try .named("ohlcv"), symbols: ["A", "B", "C"])
        == "3 symbols for 2 files: give one symbol for all files, one for each, or none to take the files' names")
  }

  @Test(
    "refuses what it can't import, and says what to do",
    arguments: [
      ("missing.csv", nil, "missing.csv: open failed: No such file or directory"),
      ("empty.csv", "", "empty.csv is empty where a header line is due: leave the file out, or set header: no"),
      ("only.csv", "time,open,high,low,close\n", "no rows in only.csv: nothing to import"),
      (
        "wrong.csv", "time,open,hihg,low,close\n2024-01-01,1,1,1,1\n",
        "wrong.csv line 1: no column \"high\" for high (did you mean hihg?); the header has \"time\", \"open\", \"hihg\", "
          + "\"low\", \"close\": choose another specification or correct columns.high"
      ),
      (
        "twice.csv", "time,open,high,High,low,close\n2024-01-01,1,1,1,1,1\n", nil
      ),
      (
        "TWICE.csv", "time,open,HIGH,High,low,close\n2024-01-01,1,1,1,1,1\n",
        "TWICE.csv line 1: the header has several columns high: give the place of the right one in the specification"
      ),
      (
        "a b.csv", "time,open,high,low,close\n2024-01-01,1,1,1,1\n",
        "\"A B\" can't be a symbol: it must be 1 to 32 visible ASCII characters; name one with --symbol"
      ),
    ] as [(String, String?, String?)])
  func refusals(name: String, text: String?, refusal: String?) throws {
    let scenario = try ImportScenario()
    if let text { try scenario.write(name, text) }
    #expect(try scenario.refusal([scenario.path(name)], try .named("ohlcv")) == refusal)
  }

  @Test("refuses folders, files named twice, a line without end, files without a date in their name")
  func otherRefusals() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("folder/spy.csv", "34200000,1,1,1,1,1\n")
    #expect(
      try scenario.refusal([scenario.path("folder")], try .named("lean-minute"))
        == "folder is a folder: name the files in it, such as folder/*.csv")
    #expect(
      try scenario.refusal([path, path], try .named("lean-minute"))
        == "folder/spy.csv stands twice among the inputs: name it once")
    #expect(
      try scenario.refusal([path], try .named("lean-minute"))
        == "folder/spy.csv: rows hold a time of day only, and the file's name doesn't begin with a date: "
        + "name it like 20131004.csv")
    let endless = try scenario.write("endless", InputFilesTests.header + String(repeating: "1", count: 3_000_000))
    #expect(
      try scenario.refusal([endless], try .named("ohlcv"))
        == "endless line 2 is longer than 65536 bytes: this is no text file of bars")
    #expect(
      try scenario.refusal([], try .named("ohlcv")) == "no input file: name one or more, or - for standard input")
    #expect(
      try scenario.refusal([endless], try .named("ohlcv"), output: "folder")
        == "folder is no regular file: name a file, or - for standard output")
  }

  @Test("reads a date column beside a time column")
  func dateColumn() throws {
    let scenario = try ImportScenario()
    let yaml = """
      header: no
      delimiter: "|"
      columns: { date: 1, time: 2, open: 3, high: 4, low: 5, close: 6 }
      date_format: M/d/yyyy
      time_format: HH:mm:ss
      zone: America/New_York
      bar_length: 30m
      calendar: xnys
      asset_class: etf
      currency: USD
      tick_size: 0.01
      lot_size: 1
      """
    let path = try scenario.write("x.txt", "7/3/2024|9:30|1|2|1|2\n7/3/2024|10:00:00|2|3|2|3\n")
    let report = try scenario.importing([path], try .parse(yaml, name: "mine"))
    #expect(
      try scenario.bars().map(\.line) == ["2024-07-03T13:30:00Z 30m 1 2 1 2 0", "2024-07-03T14:00:00Z 30m 2 3 2 3 0"])
    #expect(report.lastKnown.description == "2024-07-03T14:30:00Z")
  }

  @Test("reports progress up to the last byte of both readings")
  func progress() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", RandomBars.text(count: 1_000, seed: 4))
    var seen: [ImportProgress] = []
    let request = ImportRequest(
      inputs: [path], specification: try .named("ohlcv"), output: .file(path: scenario.path("out")))
    let report = try importBars(request) { seen.append($0) }
    #expect(seen.last?.bytesRead == report.inputBytes * 2)
    #expect(seen.allSatisfy { $0.bytesTotal == report.inputBytes * 2 })
  }

  @Test("imports a pipe to the same bytes as a file, and leaves no scratch file behind")
  func pipe() throws {
    let scenario = try ImportScenario()
    let text = RandomBars.text(count: 20_000, seed: 6)
    let file = try scenario.write("x.csv", text)
    let pipe = scenario.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    // Opening a pipe waits for its other end, so the writer needs a thread of its own.
    Thread.detachNewThread {
      guard let writer = FileHandle(forWritingAtPath: pipe) else { return }
      writer.write(text)
      writer.closeFile()
    }
    _ = try scenario.importing([pipe], try .named("ohlcv"), symbols: ["X"], output: "pipe.zst")
    _ = try scenario.importing([file], try .named("ohlcv"), symbols: ["X"], output: "file.zst")
    #expect(try scenario.bytes("pipe.zst") == (try scenario.bytes("file.zst")))
    #expect(try scenario.names == ["file.zst", "pipe", "pipe.zst", "x.csv"])
  }
}
