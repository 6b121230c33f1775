import Events
import Journal
import Market
import Testing

@testable import Feeds

/// Goal: a joined journal holds every bar and action of its parts once, in the order of their times, in slots that are closed over all of them.
/// Method: random journals, joined and read again, against a plain sort.
@Suite("Join")
struct JoinTests {
  private static func journal(_ symbols: [String], seed: UInt64, in stage: ImportScenario) throws -> (
    JournalChain, [Bar]
  ) {
    var random = SeededRandom(seed: seed)
    let instruments = try symbols.map {
      try Instrument(
        symbol: $0, assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
    }
    let path = stage.path(symbols.joined() + ".zst")
    let file = try PosixFile.create(path: path, replacing: false)
    var writer = try JournalWriter(file: file, options: JournalOptions(threads: 1))
    var events = EventBuffer()
    let digest = [UInt8](repeating: UInt8(seed & 0xff), count: 32)
    events.append(
      RunStarted(
        mode: .import, reducerVersion: 0, runID: Array(digest.prefix(16)), profileDigest: digest, inputsDigest: digest,
        profile: "{}", currency: .usd, strategies: [], instruments: instruments), time: Timestamp(nanos: 0))
    try writer.append(events)
    var bars: [Bar] = []
    var minute: Int64 = 0
    for _ in 0..<200 {
      minute += Int64(random.next() % 3)
      let bar = try Bar(
        instrument: InstrumentIndex(Int(random.next() % UInt64(symbols.count))),
        openTime: Timestamp(nanos: minute * 60_000_000_000), durationNanos: 60_000_000_000,
        open: Price(nanos: 1_000_000_000), high: Price(nanos: 1_000_000_000), low: Price(nanos: 1_000_000_000),
        close: Price(nanos: 1_000_000_000), volume: Quantity(nanos: Int64(bars.count)), source: .synthetic)
      bars.append(bar)
      try writer.append(bar)
      if random.next() % 20 == 0 {
        events.clear(nextSequence: writer.nextSequence)
        events.append(
          CorporateAction(
            instrument: bar.instrument, type: .split, numerator: UInt64(bars.count + 1), denominator: 1, cash: 0),
          time: bar.knownAt)
        try writer.append(events)
      }
    }
    _ = try writer.seal()
    return (try JournalChain(PosixFile.open(path: path, writable: false)), bars)
  }

  @Test("holds every bar once, sorted by time, and closes each instant once", arguments: 0..<20)
  func equalsSort(_ run: Int) throws {
    let stage = try ImportScenario()
    let seed = 0x10_1000 + UInt64(run)
    let (first, firstBars) = try Self.journal(["A", "B"], seed: seed, in: stage)
    let (second, secondBars) = try Self.journal(["C"], seed: seed + 500, in: stage)
    let path = stage.path("joined.zst")
    let report = try joinJournals([first, second], output: .file(path: path), replaces: false)
    #expect(report.symbols == ["A", "B", "C"])
    #expect(report.bars == 400)
    let joined = try stage.bars("joined.zst")
    let wanted =
      (firstBars.map { ($0, 0) } + secondBars.map { ($0.with(instrument: InstrumentIndex(2), closesSlot: true), 1) })
      .enumerated().sorted {
        ($0.element.0.knownAt, $0.element.1, $0.offset) < ($1.element.0.knownAt, $1.element.1, $1.offset)
      }
      .map { $0.element.0 }
    #expect(joined.map(\.volume) == wanted.map(\.volume), "seed \(seed)")
    #expect(joined.map(\.instrument) == wanted.map(\.instrument), "seed \(seed)")
    for (place, bar) in joined.enumerated() {
      let isLast = place == joined.count - 1 || joined[place + 1].knownAt != bar.knownAt
      #expect(bar.closesSlot == isLast, "seed \(seed), bar \(place)")
    }
    #expect(try verifyJournal(file: PosixFile.open(path: path, writable: false)).isIntact)
  }

  @Test("refuses an instrument that two journals have, and a join of nothing")
  func refusals() throws {
    let stage = try ImportScenario()
    let (first, _) = try Self.journal(["A", "B"], seed: 1, in: stage)
    let (second, _) = try Self.journal(["B"], seed: 2, in: stage)
    #expect(throws: JoinError.twice(symbol: "B", paths: [first.path, second.path])) {
      try joinJournals([first, second], output: .file(path: stage.path("x.zst")), replaces: false)
    }
  }

  /// A journal as `import actions` writes it.
  private static func actions(
    _ symbols: [String], _ actions: [(CorporateAction, Timestamp)], in stage: ImportScenario
  ) throws -> JournalChain {
    let instruments = try symbols.map {
      try Instrument(
        symbol: $0, assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
    }
    let path = stage.path("actions.zst")
    var writer = try JournalWriter(
      file: PosixFile.create(path: path, replacing: true), options: JournalOptions(threads: 1))
    var events = EventBuffer()
    let digest = [UInt8](repeating: 9, count: 32)
    events.append(
      RunStarted(
        mode: .import, reducerVersion: 0, runID: Array(digest.prefix(16)), profileDigest: digest, inputsDigest: digest,
        profile: #"{"actions":"csv"}"#, currency: .usd, strategies: [], instruments: instruments),
      time: Timestamp(nanos: 0))
    for (action, time) in actions { events.append(action, time: time) }
    try writer.append(events)
    _ = try writer.seal()
    return try JournalChain(PosixFile.open(path: path, writable: false))
  }

  private static func rename(_ place: Int, to symbol: String) -> CorporateAction {
    CorporateAction(
      instrument: InstrumentIndex(place), type: .symbolChange, numerator: 1, denominator: 1, cash: 0, symbol: symbol)
  }

  @Test(
    "gives actions to the instruments of their symbols, and a renamed instrument the bars of its new symbol from then on"
  )
  func renamed() throws {
    let stage = try ImportScenario()
    let (bars, list) = try Self.journal(["OLD", "NEW", "NEWER"], seed: 0x10_2000, in: stage)
    let first = list[70].openTime
    let second = list[140].openTime
    // "OLD" is "NEW" from the 70th bar on and "NEWER" from the 140th.
    let split = CorporateAction(
      instrument: InstrumentIndex(2), type: .split, numerator: 7, denominator: 1, cash: 0)
    let chain = try Self.actions(
      ["NOBODY", "OLD", "NEWER", "NEW"],
      [
        (Self.rename(1, to: "NEW"), first), (Self.rename(0, to: "OLD"), first), (Self.rename(3, to: "NEWER"), second),
        (split, list[150].knownAt),
      ], in: stage)
    let report = try joinJournals([bars, chain], output: .file(path: stage.path("joined.zst")), replaces: false)
    #expect(report.actionsOfOthers == 1)
    #expect(report.renamed.map(\.from) == ["OLD", "NEW"] && report.renamed.map(\.to) == ["NEW", "NEWER"])
    let owner = { (bar: Bar) -> Int in
      switch bar.instrument.position {
      case 1: bar.openTime >= first ? 0 : 1
      case 2: bar.openTime >= second ? 0 : 2
      default: 0
      }
    }
    let joined = try stage.bars("joined.zst")
    #expect(joined.count == list.count)
    #expect(joined.map(\.volume) == list.map(\.volume))
    #expect(joined.map(\.instrument.position) == list.map(owner))
    var splits: [Int] = []
    var reader = try ChainReader(JournalChain(PosixFile.open(path: stage.path("joined.zst"), writable: false)))
    while let event = try reader.next() {
      if event.kind == CorporateAction.kind {
        let action = try event.decode(CorporateAction.self)
        if action.type == .split, action.numerator == 7 { splits.append(action.instrument.position) }
      }
    }
    #expect(splits.contains(0))
  }
}
