// Goal: the commands that look into journals say what is in them, and say no with the right exit code where something is wrong. Method: whole
// output against golden text, on the golden journals and on copies that were spoilt.
import Events
import Foundation
import Journal
import Market
import Testing

@Suite("Commands on a journal")
struct JournalCommandTests {
  @Test("verify and replay say yes to a whole run, as text and as JSON")
  func whole() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine verify sma_cross.zst", "engine verify sma_cross.zst --format json", "engine verify bars.zst",
      "engine replay hard_times.zst", "engine replay hard_times.zst --format json", "engine replay bars.zst")
    try stage.expectGolden("verify_replay")
  }

  @Test("verify names the damage and ends with 1; replay and report can't read on and end with 2")
  func damage() throws {
    let stage = try CommandStage()
    try stage.run(
      "cp sma_cross.zst flipped.zst; printf '\\125' | dd of=flipped.zst bs=1 seek=4000 conv=notrunc status=none",
      "cmp -s flipped.zst sma_cross.zst", "engine verify flipped.zst", "engine verify flipped.zst --format json",
      "engine replay flipped.zst", "engine report flipped.zst", "head -c 5000 sma_cross.zst > torn.zst",
      "engine verify torn.zst", "engine verify alfa.csv", ": > empty.zst; engine verify empty.zst",
      "engine verify nowhere.zst", "engine verify .")
    try stage.expectGolden("damage")
  }

  @Test(
    "salvage saves what stands before and behind damage, names what is lost and ends with 1; a whole journal is copied")
  func salvage() throws {
    let stage = try CommandStage()
    // Three blocks of minutes; prices that compress badly, so that the middle of the file is inside the second.
    var random = SplitMix64(seed: 71)
    var csv = "date,open,high,low,close,volume\n"
    for minute in 0..<20_000 {
      let time = Timestamp(nanos: (1_577_836_800 + Int64(minute) * 60) * Timestamp.nanosPerSecond)
      csv +=
        "\(time),\(10 + random.next(below: 900)),1000,5,\(10 + random.next(below: 900)),\(random.next(below: 100_000))\n"
    }
    try csv.write(toFile: stage.path("long.csv"), atomically: true, encoding: .utf8)
    // Where blocks begin is libzstd's affair.
    let places = #"sed -E 's/byte(s?) [0-9]+( to [0-9]+)?/byte\1 N/g; s/"(offset|bytes)": [0-9]+/"\1": N/g'"#
    func line(_ command: String) -> String { "\(command) > out 2>&1; code=$?; \(places) out; exit $code" }
    try stage.run(
      "engine import long.csv --spec ohlcv --symbol LONG --output long.zst | tail -n 1",
      "cp long.zst hit.zst; printf '\\125' | dd of=hit.zst bs=1 seek=$(($(stat -c %s hit.zst) / 2)) conv=notrunc status=none",
      line("engine verify hit.zst"), line("engine salvage hit.zst -o saved.zst"), "engine verify saved.zst | head -n 2",
      "engine export saved.from-16384.zst --kind bar | head -n 2",
      "engine export saved.from-16384.zst | head -n 1 | cut -c 1-120",
      "engine inspect saved.from-16384.zst | grep -v '^bytes'",
      "engine inspect saved.from-16384.zst --from 16385 --limit 1",
      "engine report saved.from-16384.zst", "engine salvage hit.zst -o saved.zst",
      line("engine salvage hit.zst -o again.zst --format json"), "engine salvage sma_cross.zst -o copy.zst",
      "cmp sma_cross.zst copy.zst", "engine salvage alfa.csv -o nothing.zst", "ls *.partial nothing.zst")
    try stage.expectGolden("salvage")
  }

  @Test("replay shows the changed event beside the recomputed one and ends with 1, where verify finds nothing")
  func tampered() throws {
    let stage = try CommandStage()
    let sequence = try raiseFirstFill(stage.path("sma_cross.zst"), to: stage.path("tampered.zst"))
    #expect(sequence == 76)
    try stage.run(
      "engine verify tampered.zst | head -n 1", "engine replay tampered.zst",
      "engine replay tampered.zst --format json", "engine diff sma_cross.zst tampered.zst")
    try stage.expectGolden("tampered")
  }

  @Test("replay --with asks what another profile would have done: the run is written, and 1 says that they part")
  func whatIf() throws {
    let stage = try CommandStage()
    try stage.run(
      "sed 's/slow: 15/slow: 16/' sma_cross.yaml > slower.yaml",
      "engine replay sma_cross.zst --with slower.yaml --output slower.zst", "engine verify slower.zst | head -n 2",
      "engine replay sma_cross.zst --with slower.yaml --output slower.zst",
      "engine replay sma_cross.zst --with sma_cross.yaml --output same.zst --format json",
      "engine replay sma_cross.zst --with nowhere.yaml --output x.zst",
      "engine replay sma_cross.zst --with slower.yaml --output -")
    try stage.expectGolden("what_if")
  }

  @Test("diff ends with 0 for the same, 1 for a difference, 2 for trouble")
  func difference() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine backtest --profile sma_cross.yaml --bars sma_cross.zst --output parity.zst > /dev/null",
      "engine diff sma_cross.zst parity.zst", "engine diff sma_cross.zst parity.zst --strict",
      "engine diff sma_cross.zst parity.zst --format json",
      "engine diff sma_cross.zst sma_cross.zst --strict | head -n 4",
      "engine diff sma_cross.zst rules.zst", "engine diff sma_cross.zst nowhere.zst",
      "engine diff sma_cross.zst alfa.csv")
    try stage.expectGolden("diff")
  }

  @Test("inspect gives an overview, lists events and shows the state after any of them, with and without snapshots")
  func inspect() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine inspect hard_times.zst", "engine inspect bars.zst --format json",
      "engine inspect hard_times.zst --kind risk_decision --limit 3",
      "engine inspect hard_times.zst --from 2200 --limit 4 --format json", "engine inspect sma_cross.zst --at 78",
      "engine inspect hard_times.zst --at 111", "engine inspect limit_brackets.zst --at 400 --format json",
      "engine inspect sma_cross.zst --at 933 | head -n 3", "engine inspect sma_cross.zst --at 934",
      "engine inspect bars.zst --at 3", "engine inspect nowhere.zst",
      "engine backtest --profile hard_times.yaml --bars bars.zst --output snap.zst --snapshots 500 > /dev/null; ls snap.zst*",
      "cmp snap.zst hard_times.zst",
      "for at in 499 500 700 1500 2216; do engine inspect snap.zst --at $at > a.txt; engine inspect hard_times.zst --at $at | cmp - a.txt; done",
      "cp rules.zst snap.zst.snapshot-000000000501",
      "engine inspect snap.zst --at 600 | head -n 1")
    try stage.expectGolden("inspect")
  }

  @Test("explain walks from bar to fill by client order id and by sequence, as text and as JSON")
  func explain() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine explain sma_cross.zst e3fcf7257ddec-1z", "engine explain sma_cross.zst 76",
      "engine explain sma_cross.zst 76 --format json",
      "id=$(engine export hard_times.zst --kind fill | sed -n 20p | cut -d, -f1); engine explain hard_times.zst $id",
      "id=$(engine export hard_times.zst --kind risk_decision | grep -m 1 refused | cut -d, -f1); engine explain hard_times.zst $id",
      "engine explain sma_cross.zst 5", "engine explain sma_cross.zst 99999", "engine explain sma_cross.zst eabc-1",
      "engine explain sma_cross.zst nonsense")
    try stage.expectGolden("explain")
  }

  @Test("report sums up each golden run, as text and as JSON")
  func report() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine report sma_cross.zst", "engine report limit_brackets.zst", "engine report momentum.zst",
      "engine report hard_times.zst --format json", "engine report bars.zst", "engine report nowhere.zst")
    try stage.expectGolden("report")
  }

  @Test("export prints one kind as CSV and all as JSON lines, to stdout and to a file that isn't there yet")
  func export() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine export sma_cross.zst --kind fill --format csv", "engine export limit_brackets.zst --kind order_cancelled",
      "engine export rules.zst --format jsonl | wc -l", "engine export rules.zst | head -n 3",
      "engine export rules.zst --kind fill --format jsonl | head -n 2",
      "for kind in $(engine inspect hard_times.zst | sed -n '/^$/,$p' | awk 'NF { print $1 }'); do engine export hard_times.zst --kind $kind --format csv | sed -n 1,2p; done",
      "engine export rules.zst --kind fill --output fills.csv; wc -l < fills.csv",
      "engine export rules.zst --kind fill --output fills.csv",
      "engine export rules.zst --kind signal --output fills.csv --replace; wc -l < fills.csv",
      "engine export rules.zst --output rules.zst", "engine verify rules.zst | head -n 1",
      "engine export rules.zst --format csv", "engine export rules.zst --kind fill --output no/where.csv")
    try stage.expectGolden("export")
  }

  @Test("a reader that goes away ends a command without a word, whatever the parent does with SIGPIPE")
  func readerGone() throws {
    let stage = try CommandStage()
    // The reader is gone before the first byte comes.
    let outcome = try stage.outcome("trap '' PIPE; { sleep 0.2; engine export rules.zst; } | true")
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  /// Writes the journal anew, with sound hashes, but a cent more as the price of its first fill; returns that fill's sequence.
  private func raiseFirstFill(_ source: String, to target: String) throws -> UInt64? {
    var reader = try JournalReader(path: source)
    let file = try PosixFile.create(path: target)
    var writer = try JournalWriter(file: file)
    var buffer = EventBuffer()
    var raised: UInt64?
    while let event = try reader.next() {
      buffer.clear(nextSequence: event.sequence)
      switch event.content {
      case .bar(let bar): try writer.append(bar)
      case .row(let kind, _, let origin, _):
        if kind == Fill.kind, raised == nil {
          var fill = try event.decode(Fill.self)
          fill.price = Price(nanos: fill.price.nanos + FixedPoint.unit / 100)
          append(fill, origin, to: &buffer)
          raised = event.sequence
        } else {
          append(try event.body(), origin, to: &buffer)
        }
        try writer.append(buffer)
      }
    }
    _ = try writer.seal()
    try file.close()
    return raised
  }

  private func append(_ body: some EventBody, _ origin: EventOrigin, to buffer: inout EventBuffer) {
    switch origin {
    case .input(let time): buffer.append(body, time: time)
    case .derived(let cause): buffer.append(body, cause: cause)
    }
  }
}
