import Events
import Journal
import Market
import Projections
import Testing

/// Exports and listings of the sample run, compared whole; bars in both spellings, the fast one and the plain one.
struct ExportTests {
  private func csv(_ file: MemoryFile, _ kind: EventKind) throws -> String {
    var bytes: [UInt8] = []
    try exportCSV(JournalChain(file), kind: kind) { bytes.append(contentsOf: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func jsonLines(_ file: MemoryFile, _ kind: EventKind? = nil) throws -> String {
    var bytes: [UInt8] = []
    try exportJSONLines(JournalChain(file), kind: kind) { bytes.append(contentsOf: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func listing(_ file: MemoryFile, _ selection: EventSelection, _ format: ListingFormat) throws -> String {
    var bytes: [UInt8] = []
    try listEvents(JournalChain(file), selection, format: format) { bytes.append(contentsOf: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("writes every kind as CSV with the columns the kind lists")
  func everyKind() throws {
    let file = try SampleRun.scenario().journal()
    var all = ""
    for body in EventRegistry.bodies { all += "# \(body.name)\n" + (try csv(file, body.kind)) }
    try expectGolden(all, "export.csv")
  }

  @Test("writes all events as JSON lines")
  func json() throws { try expectGolden(jsonLines(SampleRun.scenario().journal()), "export.jsonl") }

  @Test("lists events as text, and as JSON the same lines as the export")
  func lists() throws {
    let file = try SampleRun.scenario().journal()
    try expectGolden(listing(file, EventSelection(), .text), "listing.txt")
    #expect(try listing(file, EventSelection(), .json) == jsonLines(file))
    let fills = try listing(file, EventSelection(kind: Fill.kind), .json)
    #expect(fills == (try jsonLines(file, Fill.kind)))
  }

  @Test("begins a listing at a sequence and ends it at the limit")
  func section() throws {
    let file = try SampleRun.scenario().journal()
    let lines = try listing(file, EventSelection(from: 7, limit: 2), .text).split(separator: "\n")
    #expect(lines.map { $0.prefix(3) } == ["7  ", "8  "])
    #expect(try listing(file, EventSelection(from: 1000), .text).isEmpty)
  }

  @Test("has a column list for every kind, equal to what the kind itself lists")
  func columns() throws {
    let file = try SampleRun.scenario().journal()
    for line in try jsonLines(file).split(separator: "\n") {
      let name = try #require(line.split(separator: "\"kind\":\"").last?.split(separator: "\"").first)
      let kind = try #require(EventRegistry.kind(named: String(name)))
      let columns = try #require(EventColumns.fields(of: kind))
      var rest = Substring(line)
      for column in columns {
        let range = try #require(rest.firstRange(of: "\"\(column)\":"), "\(name) lists \(column)")
        rest = rest[range.upperBound...]
      }
    }
    for body in EventRegistry.bodies { #expect(EventColumns.fields(of: body.kind) != nil, "\(body.name)") }
  }

  @Test("quotes CSV fields and JSON strings that need it")
  func quoting() throws {
    var run = Scenario()
    run.input("start", try SampleRun.started(symbols: ["A,B", "C\"D"]), at: SampleRun.time(day: 1, hour: 0))
    run.bar("a", try SampleRun.bar(SampleRun.aapl, day: 1, "1", "2", "0.5", "1"))
    run.bar("b", try SampleRun.bar(SampleRun.msft, day: 1, "1", "2", "0.000000001", "1", closes: true))
    run.input("point", DataPoint(series: "wind\n\t\\", value: -5), at: SampleRun.close(1))
    let file = try run.journal()
    try expectGolden(
      csv(file, BarObserved.kind) + csv(file, DataPoint.kind) + jsonLines(file), "quoting.txt")
  }

  /// A second reader, written from Format.md, found `interactiveBrokers` in exports where every other place says `interactive_brokers`.
  @Test("spells bars in exports as in listings, whatever their source")
  func bars() throws {
    var run = Scenario()
    run.input("start", try SampleRun.started(), at: SampleRun.time(day: 1, hour: 0))
    for source in BarSource.allCases {
      let bar = try SampleRun.bar(SampleRun.aapl, day: 1, "1", "2", "0.5", "1", source: source)
      run.bar("\(source)", bar)
    }
    let file = try run.journal()
    #expect(
      try listing(file, EventSelection(kind: BarObserved.kind), .json) == jsonLines(file, BarObserved.kind))
  }

  @Test("names kind, size and parts of a journal at a glance")
  func glance() throws {
    let overview = try overview(SampleRun.scenario().journal())
    let kinds = overview.kinds.map { "\(EventRegistry.name(of: $0.kind)) \($0.count)" }
    #expect(kinds.prefix(3) == ["run_started 1", "bar 10", "feed_ended 1"])
    #expect(overview.summary.events == 34)
    #expect(overview.text().contains("AAPL MSFT"))
    #expect(overview.json().contains("\"events\": 34"))
  }

  @Test("makes client order ids from run and sequence, and reads back only its own")
  func orderIDs() {
    let run = [UInt8](0..<16)
    let id = ClientOrderID.text(runID: run, sequence: 1_000_000)
    #expect(id == "e000102030405-lfls")
    #expect(ClientOrderID.sequence(of: id, runID: run) == 1_000_000)
    #expect(ClientOrderID.text(runID: run, sequence: .max).utf8.count <= 36)
    #expect(ClientOrderID.sequence(of: "e000102030405-LFLS", runID: run) == nil)
    #expect(ClientOrderID.sequence(of: id, runID: [UInt8](repeating: 1, count: 16)) == nil)
  }
}
