import Events
import Journal
import Market
import Projections
import Testing

/// Two runs that differ in one known place: what is counted, and which difference is named first.
struct DiffTests {
  private func counts(_ difference: RunDifference) -> [String] {
    difference.kinds.filter { $0.changed + $0.leftOnly + $0.rightOnly > 0 }.map {
      "\(EventRegistry.name(of: $0.kind)) changed \($0.changed) left \($0.leftOnly) right \($0.rightOnly)"
    }
  }

  @Test("finds a run equal to itself, strictly")
  func itself() throws {
    let run = try SampleRun.scenario()
    let difference = try diff(run.journal(path: "a.zst"), run.journal(path: "b.zst"), isStrict: true)
    #expect(difference.isSame)
    #expect(difference.kinds.reduce(0) { $0 + $1.equal } == 34)
    try expectGolden(difference.text(), "diff_same.txt")
  }

  @Test("ignores the envelope: mode, run id, digests, sources, how the feed ended")
  func envelope() throws {
    let left = try SampleRun.scenario()
    var right = try SampleRun.scenario(SampleRun.started(mode: .paper, runByte: 0x11))
    right = right.replacing("feed") { _ in .input(FeedEnded(reason: .stopped), SampleRun.time(day: 6, hour: 3)) }
    right = right.replacing("a3") { _ in
      .bar(try SampleRun.bar(SampleRun.aapl, day: 3, "101", "103", "100", "102", source: .yahoo))
    }
    #expect(try diff(left.journal(), right.journal()).isSame)
    let strict = try diff(left.journal(), right.journal(), isStrict: true)
    #expect(counts(strict).first == "run_started changed 1 left 0 right 0")
    #expect(strict.first?.fields.map(\.name) == ["mode", "run_id", "profile_sha256"])
  }

  @Test("counts one missing event as one, though all later sequences are shifted")
  func missing() throws {
    let run = try SampleRun.scenario()
    let difference = try diff(run.journal(path: "a.zst"), run.journal(missing: ["c3"], path: "b.zst"))
    #expect(counts(difference) == ["cash_changed changed 0 left 1 right 0"])
    try expectGolden(difference.text(), "diff_missing.txt")
    try expectGolden(difference.json(), "diff_missing.json")
  }

  @Test("keeps an order's whole life aligned when a link of its causes is missing")
  func missingLink() throws {
    let run = try SampleRun.scenario()
    let difference = try diff(run.journal(), run.journal(missing: ["r2"]))
    #expect(
      counts(difference) == ["risk_decision changed 0 left 1 right 0", "order_intent changed 1 left 0 right 0"])
    #expect(difference.first?.left == 7)
    #expect(difference.first?.rightChain.last?.event.kind == Signal.kind)
  }

  @Test("names the field that differs, with the causes on both sides")
  func changed() throws {
    let run = try SampleRun.scenario()
    let other = run.replacing("f3") { at in
      .derived(try SampleRun.fill(at("o2"), bar: at("a3"), .buy, "101.06"))
    }
    let difference = try diff(run.journal(path: "a.zst"), other.journal(path: "b.zst"))
    #expect(counts(difference) == ["fill changed 1 left 0 right 0"])
    #expect(difference.first?.fields.map { "\($0.name) \($0.left) \($0.right)" } == ["price 101.05 101.06"])
    try expectGolden(difference.text(), "diff_changed.txt")
  }

  @Test("shows one extra bar as one extra bar")
  func extraBar() throws {
    let run = try SampleRun.scenario()
    var extra = Scenario()
    let late = try Bar(
      instrument: SampleRun.aapl, openTime: SampleRun.close(3), durationNanos: 3_600_000_000_000, open: Price("102"),
      high: Price("102"), low: Price("101"), close: Price("101"), volume: Quantity("5"), source: .file)
    extra.bar("x", late)
    let difference = try diff(run.journal(), run.inserting(extra, before: "a4").journal())
    #expect(counts(difference) == ["bar changed 0 left 0 right 1"])
    #expect(difference.first?.right == 18)
    #expect(difference.first?.instead?.sequence == 18)
  }

  @Test("keeps order ids apart from what orders do when an extra order shifts all that follow")
  func shiftedOrders() throws {
    let run = try SampleRun.scenario()
    var extra = Scenario()
    extra.derived("sx", cause: "m1") { _ in SampleRun.signal(SampleRun.msft, .short, .crossedBelow) }
    extra.derived("rx", cause: "sx") { _ in try SampleRun.decision(SampleRun.msft, .refused, .halted, "-10", "0") }
    let difference = try diff(run.journal(), run.inserting(extra, before: "a2").journal())
    #expect(
      counts(difference) == ["signal changed 0 left 0 right 1", "risk_decision changed 0 left 0 right 1"])
    let strict = try diff(run.journal(), run.inserting(extra, before: "a2").journal(), isStrict: true)
    #expect(counts(strict).contains("fill changed 2 left 0 right 0"))
  }

  @Test("says where a run that was cut short ends")
  func truncated() throws {
    let run = try SampleRun.scenario()
    let cut = Set(["c5", "mark4", "m5", "feed", "mark5", "end"])
    let difference = try diff(run.journal(path: "a.zst"), run.journal(missing: cut, path: "b.zst"))
    #expect(!difference.right.isComplete)
    #expect(difference.kinds.reduce(0) { $0 + $1.leftOnly } == 6)
    #expect(difference.kinds.allSatisfy { $0.rightOnly == 0 && $0.changed == 0 })
    try expectGolden(difference.text(), "diff_truncated.txt")
  }

  @Test("compares instruments by symbol where the two runs number them differently")
  func otherUniverse() throws {
    let left = try SampleRun.scenario()
    let right = try SampleRun.scenario(SampleRun.started(symbols: ["AAPL", "GOOG"]))
    let difference = try diff(left.journal(), right.journal())
    #expect(
      counts(difference) == [
        "run_started changed 1 left 0 right 0", "bar changed 0 left 5 right 5", "signal changed 0 left 1 right 1",
        "risk_decision changed 0 left 1 right 1",
      ])
  }
}
