// Goal: a run is fed exactly the inputs that it asks for, in its own instrument order, with every slot closed. Method: journals of random
// walks with gaps in small blocks; what the feed hands on is compared with what a plain filter and sort over all bars gives.
import Core
import Events
import Journal
import Market
import Testing

@testable import Runtime

@Suite("Input feed")
struct InputFeedTests {
  private func feed(
    _ file: MemoryFile, places: [InstrumentIndex?]? = nil, start: Timestamp? = nil, end: Timestamp? = nil
  ) throws -> (bars: [Bar], others: Int, reachedEnd: Bool, before: UInt64) {
    var feed = InputFeed(
      reader: try ChainReader(file: file), path: file.path, places: places, start: start, end: end)
    var bars: [Bar] = []
    var others = 0
    while let input = try feed.next() {
      if case .bar(let bar) = input { bars.append(bar) } else { others += 1 }
    }
    return (bars, others, feed.reachedEnd, feed.barsBeforeStart)
  }

  /// The same by the plainest means.
  private func expected(_ bars: [Bar], places: [InstrumentIndex?], start: Timestamp?, end: Timestamp?) -> [Bar] {
    var slots: [[Bar]] = []
    for bar in bars {
      if let start, bar.knownAt < start { continue }
      if let end, bar.knownAt >= end { continue }
      guard let place = places[bar.instrument.position] else { continue }
      let moved = bar.with(instrument: place, closesSlot: false)
      if slots.last?[0].knownAt == bar.knownAt { slots[slots.count - 1].append(moved) } else { slots.append([moved]) }
    }
    return slots.flatMap { slot in
      let sorted = slot.sorted { $0.instrument < $1.instrument }
      return sorted.enumerated().map { position, bar in
        bar.with(instrument: bar.instrument, closesSlot: position == sorted.count - 1)
      }
    }
  }

  @Test("hands every bar on unchanged where the run wants all")
  func passesAll() throws {
    let bars = RunStage.walk(900, symbols: 3, seed: 3, gap: 4)
    let fed = try feed(try RunStage.journal(bars, symbols: RunStage.symbols(3)))
    #expect(fed.bars == bars)
    #expect(fed.others == 0)
    #expect(!fed.reachedEnd)
  }

  @Test(
    "sorts each slot into the profile's order and closes it on the last bar that is wanted",
    arguments: [
      [2, 0, 1], [1, 0, nil], [nil, nil, 0], [0, nil, nil], [nil, 0, nil], [nil, 1, 0], [0, 1, 2],
    ] as [[Int?]])
  func sortsSlots(order: [Int?]) throws {
    let places = order.map { $0.map { InstrumentIndex($0) } }
    for seed: UInt64 in 1...4 {
      let bars = RunStage.walk(600, symbols: 3, seed: seed, gap: 3)
      let file = try RunStage.journal(bars, symbols: RunStage.symbols(3))
      #expect(
        try feed(file, places: places).bars == expected(bars, places: places, start: nil, end: nil), "seed \(seed)")
    }
  }

  @Test("takes the bars known from the start on and before the end, and whole slots of them")
  func cutsRange() throws {
    let bars = RunStage.walk(600, symbols: 3, seed: 9, gap: 5)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(3))
    let all = [InstrumentIndex(0), InstrumentIndex(1), InstrumentIndex(2)]
    for (first, last) in [(0, 599), (40, 300), (41, 41), (42, 43), (200, 201)] {
      let start = bars[min(first, bars.count - 1)].knownAt
      let end = bars[min(last, bars.count - 1)].knownAt
      let wanted = expected(bars, places: all, start: start, end: end)
      let fed = try feed(file, start: start, end: end)
      #expect(fed.bars == wanted)
      #expect(fed.reachedEnd)
      #expect(fed.before == UInt64(bars.filter { $0.knownAt < start }.count))
      #expect(try feed(file, places: all, start: start, end: end).bars == wanted)
      let turned = [InstrumentIndex(1), nil, InstrumentIndex(0)]
      #expect(
        try feed(file, places: turned, start: start, end: end).bars
          == expected(bars, places: turned, start: start, end: end))
    }
  }

  @Test("splits a journal at an instant without losing or doubling a bar")
  func partitionsAtInstant() throws {
    let bars = RunStage.walk(300, symbols: 2, seed: 5, gap: 6)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(2))
    for position in [0, 1, 17, 150, bars.count - 1] {
      let cut = bars[position].knownAt
      #expect(try feed(file, end: cut).bars + feed(file, start: cut).bars == bars)
    }
  }

  @Test("closes a slot that bars of other lengths belong to, wherever the range begins")
  func mixedLengths() throws {
    // An hour and its last minute become known at one instant; only the minute opened behind the start.
    let minute = RunStage.walk(120, seed: 8)
    var bars: [Bar] = []
    for (position, bar) in minute.enumerated() {
      let isHourEnd = position % 60 == 59
      bars.append(bar.with(instrument: InstrumentIndex(0), closesSlot: !isHourEnd))
      if isHourEnd {
        bars.append(
          try Bar(
            instrument: InstrumentIndex(1), openTime: minute[position - 59].openTime,
            durationNanos: 60 * bar.durationNanos, open: bar.open, high: bar.high, low: bar.low, close: bar.close,
            volume: bar.volume, source: .synthetic))
      }
    }
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(2))
    let fed = try feed(file, start: minute[30].knownAt).bars
    #expect(fed == bars.filter { $0.knownAt >= minute[30].knownAt })
    #expect(fed.last?.closesSlot == true)
  }

  @Test("feeds another run the inputs of a run's journal without what followed from them")
  func inputsOfRun() throws {
    let bars = RunStage.walk(500, symbols: 2, seed: 2)
    let run = try RunStage.run(
      StageProfile.cross, over: try RunStage.journal(bars, symbols: RunStage.symbols(2)))
    #expect(run.result.ended.fills > 0)
    let fed = try feed(run.file)
    #expect(fed.bars == bars)
    #expect(fed.others == 0)
  }

  @Test("hands on corporate actions, data, timers and commands, and moves actions to the run's instruments")
  func otherInputs() throws {
    let bars = RunStage.walk(4, symbols: 2, seed: 2)
    let file = MemoryFile(path: "mixed.zst")
    var writer = try JournalWriter(file: file)
    var rows = EventBuffer()
    let started = try RunStage.events(try RunStage.journal(bars, symbols: RunStage.symbols(2)))[0]
    rows.append(try started.decode(RunStarted.self), time: bars[0].openTime)
    try writer.append(rows)
    for bar in bars[0..<2] { try writer.append(bar) }
    let time = bars[1].knownAt
    rows.clear(nextSequence: writer.nextSequence)
    for index in 0..<2 {
      rows.append(
        CorporateAction(instrument: InstrumentIndex(index), type: .split, numerator: 2, denominator: 1, cash: 0),
        time: time)
    }
    rows.append(Timer(number: 7), time: time)
    rows.append(OperatorCommand(command: .halt, reason: "test"), time: time)
    try writer.append(rows)
    for bar in bars[2..<4] { try writer.append(bar) }
    _ = try writer.seal()

    #expect(try feed(file).others == 4)
    var moved = InputFeed(
      reader: try ChainReader(file: file), path: file.path, places: [nil, InstrumentIndex(0)], start: nil, end: nil)
    var actions: [InstrumentIndex] = []
    while let input = try moved.next() {
      if case .corporateAction(let action, _) = input { actions.append(action.instrument) }
    }
    #expect(actions == [InstrumentIndex(0)])
    #expect(try feed(file, start: bars[2].knownAt).others == 0)
    #expect(try feed(file, end: time).others == 0)
  }

  /// A journal of two slots of three bars each, with rows put behind the first bar of the first slot and behind the second slot.
  private func mixed(inside: [any EventBody], behind: [any EventBody]) throws -> (file: MemoryFile, bars: [Bar]) {
    let bars = RunStage.walk(6, symbols: 3, seed: 4)
    let file = MemoryFile(path: "mixed.zst")
    var writer = try JournalWriter(file: file)
    var rows = EventBuffer()
    let started = try RunStage.events(try RunStage.journal(bars, symbols: RunStage.symbols(3)))[0]
    rows.append(try started.decode(RunStarted.self), time: bars[0].openTime)
    try writer.append(rows)
    try writer.append(bars[0])
    for (bodies, bar) in [(inside, bars[0]), (behind, bars[5])] {
      if bar == bars[5] { for bar in bars[1...] { try writer.append(bar) } }
      rows.clear(nextSequence: writer.nextSequence)
      for body in bodies { rows.append(body, time: bar.knownAt) }
      try writer.append(rows)
    }
    _ = try writer.seal()
    return (file, bars)
  }

  /// Inputs in words: bars by their instrument, `*` where they close their slot.
  private func words(_ file: MemoryFile, places: [InstrumentIndex?]?) throws -> String {
    var feed = InputFeed(reader: try ChainReader(file: file), path: file.path, places: places, start: nil, end: nil)
    var words: [String] = []
    while let input = try feed.next() {
      switch input {
      case .bar(let bar): words.append("\(bar.instrument.position)\(bar.closesSlot ? "*" : "")")
      case .kill: words.append("kill")
      case .halt(let halt, _):
        words.append("\(halt.isHalted ? "halt" : "go")-\(halt.instrument.map { "\($0.position)" } ?? "all")")
      case .reconciliation(let found, _): words.append("break-\(found.instrument.position)")
      case .command(let command, _): words.append(command.command.word)
      case .adopted(let adopted, _): words.append("adopted-\(adopted.instrument.map { "\($0.position)" } ?? "cash")")
      case .report, .notice, .measurement: words.append("foreign")
      case .corporateAction, .dataPoint, .timer: words.append("other")
      }
    }
    return words.joined(separator: " ")
  }

  @Test(
    "takes kills and commands over whole, and of halts and breaks those of the run's instruments, each at its place in a slot"
  )
  func killsAndHalts() throws {
    func halt(_ index: Int?, _ isHalted: Bool = true) -> TradingHalt {
      TradingHalt(isHalted: isHalted, instrument: index.map { InstrumentIndex($0) }, reason: "LUDP")
    }
    func found(_ index: Int) -> ReconciliationBreak {
      ReconciliationBreak(instrument: InstrumentIndex(index), ours: .zero, theirs: Quantity(nanos: 1))
    }
    let (file, _) = try mixed(
      inside: [KillSwitch(source: .file, reason: "KILL.flag"), halt(1), halt(nil)],
      behind: [
        found(0), found(2), halt(2, false), OperatorCommand(command: .resume, reason: "checked"), halt(nil, false),
      ])
    let rest = "break-0 break-2 go-2 resume go-all"
    #expect(try words(file, places: nil) == "0 kill halt-1 halt-all 1 2* 0 1 2* " + rest)
    // All of them, named one by one: nothing moves.
    #expect(
      try words(file, places: [InstrumentIndex(0), InstrumentIndex(1), InstrumentIndex(2)])
        == "0 kill halt-1 halt-all 1 2* 0 1 2* " + rest)
    // Only the first: what came inside the slot still comes before it is decided on.
    #expect(
      try words(file, places: [InstrumentIndex(0), nil, nil]) == "kill halt-all 0* 0* break-0 resume go-all")
    #expect(
      try words(file, places: [nil, InstrumentIndex(1), InstrumentIndex(0)])
        == "kill halt-1 halt-all 0 1* 0 1* break-0 go-0 resume go-all")
  }

  @Test("refuses what names an instrument that the journal doesn't have")
  func unknownInstrument() throws {
    let (file, _) = try mixed(
      inside: [], behind: [TradingHalt(isHalted: true, instrument: InstrumentIndex(9), reason: "")])
    var feed = InputFeed(
      reader: try ChainReader(file: file), path: file.path, places: [InstrumentIndex(0), nil, nil], start: nil, end: nil
    )
    do throws(RunError) {
      while try feed.next() != nil {}
      Issue.record("took a halt of an instrument that isn't there")
    } catch {
      guard case .reduce(.unknownInstrument(sequence: 7, index: 9, count: 3), _) = error else { throw error }
    }
  }
}
