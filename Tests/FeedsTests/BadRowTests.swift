import Feeds
import Foundation
import Market
import Testing

/// Text tables of one bad row each. Goal: every fault is named with file, line, column and text, and nothing is written.
@Suite struct BadRowTests {
  static let good = "2024-01-02 00:00:00,10,12,9,11,5\n"

  @Test(
    "names what is wrong with a row, and writes nothing",
    arguments: [
      ("2024-01-02 00:01:00,10,12,9", "the row has 4 columns, close is column 5"),
      ("2024-01-02 00:01:00,,12,9,11,5", "open is empty"),
      ("2024-01-02 00:01:00,1O,12,9,11,5", "open \"1O\" is no decimal number"),
      ("2024-01-02 00:01:00,10,1.2.3,9,11,5", "high \"1.2.3\" is no decimal number"),
      ("2024-01-02 00:01:00,10,12,9,.,5", "close \".\" is no decimal number"),
      ("2024-01-02 00:01:00,10,12,9,1e3,5", "close \"1e3\" is no decimal number"),
      ("2024-01-02 00:01:00,10,12,9,11,null", "volume \"null\" is no decimal number"),
      (
        "2024-01-02 00:01:00,10,12,9.0000000001,11,5",
        "low \"9.0000000001\" has more than nine decimals; excess_decimals: round accepts it"
      ),
      (
        "2024-01-02 00:01:00,10,99999999999,9,11,5",
        "high \"99999999999\" is beyond 9223372036.854775807"
      ),
      ("2024-01-02 00:01:00,10,12,9,11,-5", "volume -5 is negative"),
      ("2024-01-02 00:01:00,13,12,9,11,5", "high 12 is below open 13"),
      ("2024-01-02 00:01:00,10,12,9,12.5,5", "high 12 is below close 12.5"),
      ("2024-01-02 00:01:00,10,12,10.5,11,5", "low 10.5 is above open 10"),
      ("2024-01-02 00:01:00,10,12,9,8,5", "low 9 is above close 8"),
      ("2024-13-02 00:01:00,10,12,9,11,5", "time \"2024-13-02 00:01:00\" is no time of the form iso"),
      ("2024-02-30,10,12,9,11,5", "time \"2024-02-30\" is no time of the form iso"),
      ("2024-01-02 24:00:00,10,12,9,11,5", "time \"2024-01-02 24:00:00\" is no time of the form iso"),
      ("2024-01-02 00:01:60,10,12,9,11,5", "time \"2024-01-02 00:01:60\" is no time of the form iso"),
      (",10,12,9,11,5", "time is empty"),
      ("1600-01-01,10,12,9,11,5", "time \"1600-01-01\" is not within the years 1678 to 2261"),
      ("2024-01-02 00:00:00,10,12,9,11,5", "a second bar of 2024-01-02T00:00:00Z, after x.csv line 2"),
      (
        "2024-01-01 23:59:00,10,12,9,11,5",
        "the bar of 2024-01-01T23:59:00Z comes after that of 2024-01-02T00:00:00Z in x.csv line 2: "
          + "rows must be in increasing time"
      ),
      (
        "2024-01-02 00:00:30,10,12,9,11,5",
        "the bar of 2024-01-02T00:00:30Z opens before that of x.csv line 2 closes at 2024-01-02T00:01:00Z: "
          + "is bar_length right?"
      ),
      ("\u{1b}[31m,10,12,9,11,5", "time \"\u{fffd}[31m\" is no time of the form iso"),
    ])
  func names(row: String, fault: String) throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", "time,open,high,low,close,volume\n" + BadRowTests.good + row + "\n")
    let refusal = try scenario.refusal([path], try .named("ohlcv"))
    #expect(
      refusal == """
        1 bad row; nothing was written.
          x.csv line 3: \(fault)
        Correct the file, or leave bad rows out and have them counted with --on-bad-row quarantine.
        """)
    #expect(try scenario.names == ["x.csv"])
  }

  @Test("shows twenty bad rows of several files and counts them all")
  func capped() throws {
    let scenario = try ImportScenario()
    let bad = String(repeating: "x,10,12,9,11,5\n", count: 15)
    let first = try scenario.write("a.csv", "time,open,high,low,close,volume\n" + BadRowTests.good + bad)
    let second = try scenario.write("b.csv", "time,open,high,low,close,volume\n" + bad)
    let refusal = try #require(try scenario.refusal([first, second], try .named("ohlcv")))
    let lines = refusal.split(separator: "\n")
    #expect(lines.count == 23)
    #expect(lines[0] == "30 bad rows; nothing was written.")
    #expect(lines[1].hasPrefix("  a.csv line 3: "))
    #expect(lines[16].hasPrefix("  b.csv line 2: "))
    #expect(lines[21] == "  … and 10 more")
  }

  @Test("leaves bad rows out and counts them where the specification says quarantine")
  func quarantine() throws {
    let scenario = try ImportScenario()
    let text = """
      time,open,high,low,close,volume
      2024-01-02 00:00:00,10,12,9,11,5
      2024-01-02 00:01:00,10,8,9,11,5
      2024-01-02 00:01:00,10,12,9,11,6

      2024-01-02 00:01:00,10,12,9,11,7
      2024-01-02 00:02:00,10,12,9,11,8
      """
    let path = try scenario.write("x.csv", text)
    let specification = try ImportSpecification.named("ohlcv", settings: [("bad_rows", "quarantine")])
    let report = try scenario.importing([path], specification)
    #expect(report.rows == 5)
    #expect(report.blankLines == 1)
    #expect(report.quarantined.count == 2)
    #expect(report.quarantined.first.map(\.line) == [3, 6])
    #expect(try scenario.bars().map { $0.volume.description } == ["5", "6", "8"])
  }

  @Test("keeps the destination as it was when an import fails")
  func destinationKept() throws {
    let scenario = try ImportScenario()
    let good = try scenario.write("good.csv", "time,open,high,low,close,volume\n" + BadRowTests.good)
    let bad = try scenario.write("bad.csv", "time,open,high,low,close,volume\nx,1,1,1,1,1\n")
    _ = try scenario.importing([good], try .named("ohlcv"))
    let before = try scenario.bytes()
    #expect(throws: ImportError.self) { try scenario.importing([bad], try .named("ohlcv"), replacing: true) }
    #expect(try scenario.bytes() == before)
    #expect(
      try scenario.refusal([good], try .named("ohlcv"))
        == "bars.zst exists: name another output, or pass --replace")
    _ = try scenario.importing([good], try .named("ohlcv"), replacing: true)
    #expect(try scenario.bytes() == before)
    #expect(try scenario.names == ["bad.csv", "bars.zst", "good.csv"])
  }

  @Test("never traps on arbitrary bytes: every input is imported or refused")
  func arbitraryBytes() throws {
    let scenario = try ImportScenario()
    var random = SeededRandom(seed: 7)
    let alphabet = Array("0123456789.,-:\" \r\n\nTZ+eé\t;".utf8)
    for round in 0..<300 {
      var bytes = Array("time,open,high,low,close,volume\n".utf8)
      for _ in 0..<(random.next() % 400) { bytes.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
      let path = try scenario.write("r\(round).csv", Data(bytes))
      do {
        _ = try scenario.importing([path], try .named("ohlcv"), symbols: ["X"], replacing: true)
      } catch let error as ImportError {
        #expect(!"\(error)".isEmpty)
      }
    }
  }
}
