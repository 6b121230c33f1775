// Goal: replay names the first derived event that isn't what the inputs cause, whatever was done to the journal. Method: a small run is
// taken apart, one event is changed, left out or added, and the journal written again with sound hashes; this is done for every
// derived event in turn.
import Core
import Events
import Journal
import Market
import Runtime
import Strategies
import Testing

@Suite("Replay")
struct ReplayTests {
  /// Short, and with every kind of derived event that such a profile causes: bracket orders, fills, cancels, cuts.
  private func smallRun() throws -> EditableJournal {
    let profile = StageProfile.text(
      strategies: ["sma_cross: {fast: 2, slow: 4, allow_short: true}"],
      exits: "exits: {stop_loss: 0.2 %, take_profit: 0.3 %}", fees: "{per_share: 0.005, minimum: 1}", lots: "fifo",
      risk: "{max_position: 60, allow_short: false, require_cash: true}")
    let run = try RunStage.run(
      profile, over: try RunStage.journal(RunStage.walk(70, seed: 12), symbols: ["S0"]))
    #expect(run.result.ended.fills > 4)
    #expect(run.result.ended.cut > 0)
    return try EditableJournal(run.file)
  }

  private func bytes(_ item: EditableJournal.Item) -> [UInt8]? {
    if case .row(let bytes) = item { return bytes }
    return nil
  }

  @Test("accepts a journal that was taken apart and put together again, in blocks of any size")
  func acceptsUnchanged() throws {
    let journal = try smallRun()
    for events in [1, 2, 7, 64, 8192] {
      let report = try RunStage.replay(try journal.written(limits: BlockLimits(events: events, rowBytes: 4_000)))
      #expect(report.isEqual && report.isComplete, "blocks of \(events)")
      #expect(report.events == UInt64(journal.items.count))
    }
  }

  @Test("finds any one changed derived event and shows both versions")
  func changed() throws {
    let journal = try smallRun()
    var count = 0
    for position in journal.items.indices where try journal.isDerived(position) {
      var other = journal
      let original = try #require(bytes(journal.items[position]))
      let changed = try #require(
        try EditableJournal.changed(original, at: UInt64(position)), "event \(position) can't be changed")
      other.items[position] = .row(changed)
      let report = try RunStage.replay(try other.written())
      let divergence = try #require(report.divergence, "event \(position) was changed unnoticed")
      #expect(divergence.sequence == UInt64(position))
      #expect(divergence.journaled == changed)
      #expect(divergence.recomputed == original)
      #expect(!report.isEqual)
      count += 1
    }
    #expect(count > 60)
  }

  @Test("finds any one derived event that is missing")
  func missing() throws {
    let journal = try smallRun()
    for position in journal.items.indices.dropLast() where try journal.isDerived(position) {
      if journal.items[position] == journal.items[position + 1] { continue }
      var other = journal
      other.items.remove(at: position)
      let divergence = try #require(
        try RunStage.replay(try other.written(limits: BlockLimits(events: 5, rowBytes: 4_000))).divergence,
        "event \(position) is missing unnoticed")
      #expect(divergence.sequence == UInt64(position))
      #expect(divergence.recomputed == bytes(journal.items[position]))
    }
  }

  @Test("finds any one derived event that is there twice")
  func extra() throws {
    let journal = try smallRun()
    for position in journal.items.indices where try journal.isDerived(position) {
      var other = journal
      other.items.insert(journal.items[position], at: position + 1)
      let report = try RunStage.replay(try other.written())
      let divergence = try #require(report.divergence, "event \(position) is there twice unnoticed")
      #expect(divergence.sequence == UInt64(position + 1))
      #expect(divergence.journaled == bytes(journal.items[position]))
    }
  }

  /// The last event names the same cause as the one before it: only that it was said already tells them apart.
  @Test("refuses a second end")
  func secondEnd() throws {
    var journal = try smallRun()
    let last = UInt64(journal.items.count - 1)
    let ended = try #require(bytes(journal.items[journal.items.count - 1]))
    let body = try ended.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      let row = try EventRow(&reader, sequence: last)
      return try row.decode(RunEnded.self, sequence: last)
    }
    var rows = ByteBuffer()
    EventRow.encode(body, sequence: last + 1, origin: .derived(cause: last - 1), into: &rows)
    journal.items.append(.row(rows.array))
    #expect(try RunStage.replay(try journal.written()).divergence?.sequence == last + 1)
  }

  /// Bars are inputs: that they are those that were imported is what `verify` and a noted head show, not replay. So a bar that nothing
  /// depends on, such as one that has left every window before the first decision, is not found.
  @Test("finds a changed bar by the first event that no longer follows, or by the final state")
  func changedInput() throws {
    let journal = try smallRun()
    var found = 0
    var bars = 0
    for position in journal.items.indices {
      guard case .bar(let bar) = journal.items[position] else { continue }
      var other = journal
      let cent = FixedPoint.unit / 100
      other.items[position] = .bar(
        try Bar(
          instrument: bar.instrument, openTime: bar.openTime, durationNanos: bar.durationNanos, open: bar.open,
          high: Price(nanos: bar.high.nanos + cent), low: bar.low, close: Price(nanos: bar.high.nanos + cent),
          volume: bar.volume, source: bar.source, isHistorical: bar.isHistorical, closesSlot: bar.closesSlot))
      let report = try RunStage.replay(try other.written())
      bars += 1
      guard let divergence = report.divergence else { continue }
      found += 1
      #expect(divergence.sequence > UInt64(position))
    }
    #expect(bars == 70)
    #expect(found >= 60)
  }

  @Test("tells a sealed journal that stops before its end from a whole one")
  func noEnd() throws {
    let journal = try smallRun()
    var cut = journal
    cut.items.removeLast()
    let report = try RunStage.replay(try cut.written())
    #expect(report.isEqual)
    #expect(!report.isComplete)
    var atInput = journal
    let lastBar = try #require(journal.items.lastIndex { if case .bar = $0 { true } else { false } })
    atInput.items.removeSubrange(lastBar...)
    let shorter = try RunStage.replay(try atInput.written())
    #expect(shorter.isEqual)
    #expect(!shorter.isComplete)
    #expect(shorter.events == UInt64(lastBar))
  }

  /// A crash leaves whole blocks, and a block may end between an input and what it causes: that is an early end, not a difference.
  @Test("reports a journal that was never closed as ended early, wherever its last whole block ends")
  func neverClosed() throws {
    let journal = try smallRun()
    for events in [1, 3, 7, 16, 50, 61, 83] {
      let file = try journal.written(limits: BlockLimits(events: events, rowBytes: 4_000), isSealed: false)
      let report = try RunStage.replay(file)
      #expect(report.isEqual, "blocks of \(events)")
      #expect(report.isComplete == (journal.items.count % events == 0), "blocks of \(events)")
      #expect(report.events == UInt64(journal.items.count / events * events))
    }
  }

  @Test("refuses a run of another reducer version, and shows progress up to the end")
  func versionAndProgress() throws {
    var journal = try smallRun()
    let file = try journal.written(limits: BlockLimits(events: 20, rowBytes: 4_000))
    var seen: [UInt64] = []
    let count = UInt64(journal.items.count)
    _ = try Replay(try JournalChain(file), catalog: .builtIn).run { done, total in
      seen.append(done)
      #expect(total == count)
    }
    #expect(seen.last == count)
    #expect(seen == seen.sorted())

    var start = try RunStage.events(file)[0].decode(RunStarted.self)
    start.reducerVersion = reducerVersion + 1
    var rows = EventBuffer()
    rows.append(start, time: Timestamp(nanos: 0))
    journal.items[0] = .row(rows.rows.array)
    let newer = try journal.written()
    do {
      _ = try RunStage.replay(newer)
      Issue.record("another reducer version was replayed")
    } catch let error as RunError {
      guard case .reducerVersion(let found, let ours, _) = error else { throw error }
      #expect(found == reducerVersion + 1 && ours == reducerVersion)
    }
  }
}
