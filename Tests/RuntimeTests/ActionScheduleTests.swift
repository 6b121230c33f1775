// Goal: corporate actions from beside the bars meet the run before the first bar of their day, in every way that a run takes its bars.
// Method: a journal of random walks and one of actions at midnights; what the feed hands on is looked through in order.
import Core
import Events
import Journal
import Market
import Testing

@testable import Runtime

@Suite("Actions beside bars")
struct ActionScheduleTests {
  /// A journal of actions for symbols, at instants.
  private func journal(
    _ symbols: [String], _ actions: [(CorporateAction, Timestamp)], like bars: MemoryFile
  ) throws -> JournalChain {
    let file = MemoryFile(path: "actions.zst")
    var started = try RunStage.events(bars)[0].decode(RunStarted.self)
    started.instruments = try symbols.map {
      try Instrument(
        symbol: $0, assetClass: .equity, currency: .usd, tickSize: Price(nanos: 1), lotSize: Quantity(nanos: 1),
        calendar: .always)
    }
    var writer = try JournalWriter(file: file)
    var rows = EventBuffer()
    rows.append(started, time: actions[0].1)
    for (action, time) in actions { rows.append(action, time: time) }
    try writer.append(rows)
    _ = try writer.seal()
    return try JournalChain([file])
  }

  private func split(_ instrument: Int, other: Int? = nil, price: Int64 = 0) -> CorporateAction {
    CorporateAction(
      instrument: InstrumentIndex(instrument), type: other == nil ? .split : .spinOff, numerator: 2, denominator: 1,
      cash: 0, price: price, other: other.map { InstrumentIndex($0) })
  }

  @Test("go before the first bar that is known behind their instant, and never into a slot", arguments: [false, true])
  func order(_ picks: Bool) throws {
    let bars = RunStage.walk(300, symbols: 3, seed: 3, gap: 4)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(3))
    let symbols = RunStage.symbols(3)
    let started = try RunStage.events(file)[0].decode(RunStarted.self)
    let times = [bars[100].knownAt, Timestamp(nanos: bars[200].knownAt.nanos - 1)]
    let chain = try journal(
      [symbols[1], "OTHER", symbols[0]], [(split(0), times[0]), (split(1), times[0]), (split(2), times[1])], like: file)
    let places: [InstrumentIndex?]? = picks ? [InstrumentIndex(1), InstrumentIndex(0), nil] : nil
    let universe = picks ? [started.instruments[1], started.instruments[0]] : started.instruments
    let schedule = try ActionSchedule(chain, instruments: universe)
    #expect(schedule.entries.map(\.action.instrument.position) == (picks ? [0, 1] : [1, 0]))
    var feed = InputFeed(
      reader: try ChainReader(file: file), path: file.path, places: places, start: nil, end: nil, actions: schedule)
    var seen = 0
    var last = Timestamp(nanos: .min)
    var isInSlot = false
    while let input = try feed.next() {
      #expect(input.time >= last)
      switch input {
      case .bar(let bar):
        // Everything that is due has come before a bar of later.
        #expect(seen == times.count { $0 < bar.knownAt })
        isInSlot = !bar.closesSlot
      case .corporateAction(_, let time):
        #expect(time == times[seen])
        #expect(!isInSlot)
        seen += 1
      default: Issue.record("no other input is there")
      }
      last = input.time
    }
    #expect(seen == 2)
  }

  @Test("of before the first bar and behind the last are left out, but the end of an instrument")
  func outside() throws {
    let bars = RunStage.walk(10, symbols: 1, seed: 3)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(1))
    let symbol = RunStage.symbols(1)[0]
    let late = Timestamp(nanos: bars[9].knownAt.nanos + Timestamp.nanosPerDay)
    var end = split(0)
    end.type = .delistingAtLast
    let chain = try journal(
      [symbol], [(split(0), Timestamp(nanos: bars[0].openTime.nanos - 1)), (split(0), late), (end, late)], like: file)
    let started = try RunStage.events(file)[0].decode(RunStarted.self)
    var feed = InputFeed(
      reader: try ChainReader(file: file), path: file.path, places: nil, start: nil, end: nil,
      actions: try ActionSchedule(chain, instruments: started.instruments))
    var types: [CorporateActionType] = []
    while let input = try feed.next() {
      if case .corporateAction(let action, _) = input { types.append(action.type) }
    }
    #expect(types == [.delistingAtLast])
  }

  @Test("are refused where they are others', come twice, or give what nobody knows or prices")
  func refusals() throws {
    let bars = RunStage.walk(10, symbols: 1, seed: 3)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(1))
    let symbol = RunStage.symbols(1)[0]
    let started = try RunStage.events(file)[0].decode(RunStarted.self)
    let time = bars[5].knownAt
    #expect(throws: RunError.self) {
      try ActionSchedule(try journal(["OTHER"], [(split(0), time)], like: file), instruments: started.instruments)
    }
    #expect(throws: RunError.self) {
      try ActionSchedule(
        try journal([symbol, "CHILD"], [(split(0, other: 1), time)], like: file), instruments: started.instruments)
    }
    let priced = try ActionSchedule(
      try journal([symbol, "CHILD"], [(split(0, other: 1, price: 5), time)], like: file),
      instruments: started.instruments)
    #expect(priced.entries[0].action.other == nil)
  }

  @Test(
    "are refused where they pay in another currency, rename to another instrument of the run, or are none; others' are counted"
  )
  func meanings() throws {
    let bars = RunStage.walk(10, symbols: 2, seed: 3)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(2))
    let symbols = RunStage.symbols(2)
    var instruments = try RunStage.events(file)[0].decode(RunStarted.self).instruments
    let time = bars[5].knownAt
    func problem(_ actions: [CorporateAction], of names: [String] = symbols) throws -> String {
      let chain = try journal(names, actions.map { ($0, time) }, like: file)
      do throws(RunError) {
        return try ActionSchedule(chain, instruments: instruments).note ?? "fine"
      } catch { return error.text }
    }
    var dividend = split(0)
    (dividend.type, dividend.numerator, dividend.cash) = (.cashDividend, 1, FixedPoint.unit)
    var rename = split(0)
    (rename.type, rename.numerator, rename.symbol) = (.symbolChange, 1, symbols[1])
    #expect(try problem([dividend, split(1)]) == "fine")
    let renamed = try problem([rename])
    #expect(renamed.contains("\(symbols[0]) is called \(symbols[1])") && renamed.contains("engine join"))
    rename.symbol = "ELSE"
    #expect(try problem([rename]) == "fine")
    #expect(
      try problem([split(0), split(1), split(1)], of: [symbols[0], "OTHER"])
        == "2 corporate actions of OTHER left out: the run has no such instrument")
    instruments[0] = try Instrument(
      symbol: symbols[0], assetClass: .equity, currency: try #require(Currency("EUR")), tickSize: Price(nanos: 1),
      lotSize: Quantity(nanos: 1), calendar: .always)
    #expect(
      try problem([dividend]).contains(
        "is in USD, and \(symbols[0]) trades in EUR; import the actions with `--currency EUR`"))
    #expect(try problem([split(0)]) == "fine")
    let empty = try JournalChain([file])
    do throws(RunError) {
      _ = try ActionSchedule(empty, instruments: instruments)
      Issue.record("bars are taken for actions")
    } catch { #expect(error.text.contains("has no corporate action; make one by `engine import actions`")) }
  }
}
