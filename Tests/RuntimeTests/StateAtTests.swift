// Goal: the state at an event is the same from the start and from any snapshot, and a snapshot that isn't this run's is refused. Method: a
// run with snapshots; states are compared as text, damaged snapshots are made by flipping each byte.
import Core
import Events
import Journal
import Market
import Runtime
import Strategies
import Testing

@Suite("State at an event")
struct StateAtTests {
  private func staged(seed: UInt64 = 21) throws -> StagedRun {
    let profile = StageProfile.text(
      strategies: ["sma_cross: {fast: 2, slow: 5, allow_short: true}", "rsi_reversion: {period: 4}"],
      execution: "{order: limit, limit_offset_ticks: 2, time_in_force: gtc}", exits: "exits: {stop_loss: 1 %}",
      fees: "{basis_points: 2}", lots: "fifo")
    return try RunStage.run(
      profile, over: try RunStage.journal(RunStage.walk(300, symbols: 2, seed: seed), symbols: RunStage.symbols(2)),
      snapshotEvents: 40)
  }

  private func state(_ run: StagedRun, at sequence: UInt64, from snapshot: [UInt8]? = nil) throws -> String {
    let found = try stateAt(
      sequence: sequence, reader: try run.reader(), catalog: .builtIn,
      snapshot: snapshot.map { ($0, "snapshot") })
    return "\(found.state)"
  }

  @Test("is the same from the start of the run and from every snapshot before it")
  func sameFromSnapshots() throws {
    let run = try staged()
    #expect(run.snapshots.count > 10)
    let count = run.result.summary.events
    for (sequence, bytes) in run.snapshots {
      for at in [sequence - 1, sequence, sequence + 1, sequence + 29, count - 1] where at < count {
        #expect(try state(run, at: at, from: bytes) == state(run, at: at), "snapshot \(sequence), event \(at)")
      }
    }
  }

  @Test("follows the run: cash, positions and counts are those that its events name")
  func followsEvents() throws {
    let run = try staged()
    let events = try RunStage.events(run.file)
    var fills: UInt64 = 0
    var quantities = [Quantity.zero, .zero]
    var cash: Int128?
    var compared = 0
    for (event, next) in zip(events, events.dropFirst()) {
      if event.kind == Fill.kind { fills += 1 }
      if event.kind == CashChanged.kind { cash = try event.decode(CashChanged.self).balance }
      if event.kind == PositionChanged.kind {
        let changed = try event.decode(PositionChanged.self)
        quantities[changed.instrument.position] = changed.quantity
      }
      // Only where all that an input causes is behind, which is where the next input comes.
      guard next.cause == nil, event.sequence > 100, event.sequence % 3 == 0 else { continue }
      let found = try stateAt(
        sequence: event.sequence, reader: try run.reader(), catalog: .builtIn, snapshot: nil)
      #expect(found.state.books.map(\.quantity) == quantities, "event \(event.sequence)")
      if let cash { #expect(found.state.cash == cash, "event \(event.sequence)") }
      #expect(found.state.counts.fills == fills)
      compared += 1
    }
    #expect(compared > 20)
    #expect(fills > 5)
    let last = try stateAt(
      sequence: run.result.summary.events - 1, reader: try run.reader(), catalog: .builtIn,
      snapshot: nil)
    #expect(last.state.counts.fills == fills)
    #expect(last.start.runID == run.result.runID)
  }

  @Test("refuses a snapshot with any byte changed, any byte missing, or of another run")
  func refusesDamage() throws {
    let run = try staged()
    let (sequence, bytes) = run.snapshots[3]
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1
      #expect(throws: RunError.self, "byte \(position)") { try state(run, at: sequence + 5, from: damaged) }
    }
    for count in stride(from: 0, to: bytes.count, by: 37) {
      #expect(throws: RunError.self) { try state(run, at: sequence + 5, from: Array(bytes[..<count])) }
    }
    #expect(throws: RunError.self) { try state(run, at: sequence + 5, from: bytes + [0]) }
    let other = try staged(seed: 22)
    #expect(throws: RunError.self) { try state(run, at: sequence + 5, from: other.snapshots[3].bytes) }
  }

  @Test("refuses a snapshot taken behind the event, an event behind the end, and bars without decisions")
  func refusesPlaces() throws {
    let run = try staged()
    let (sequence, bytes) = run.snapshots[3]
    #expect(throws: RunError.self) { try state(run, at: sequence - 2, from: bytes) }
    #expect(throws: RunError.self) { try state(run, at: run.result.summary.events) }
    let bars = try RunStage.journal(RunStage.walk(20, seed: 1), symbols: ["S0"])
    #expect(throws: RunError.self) {
      _ = try stateAt(
        sequence: 3, reader: try ChainReader(file: bars), catalog: .builtIn, snapshot: nil)
    }
  }

  @Test("names snapshots beside their journal so that they sort by sequence")
  func snapshotPaths() {
    #expect(Snapshot.path(journal: "run.zst", sequence: 100_000) == "run.zst.snapshot-000000100000")
    #expect(Snapshot.path(journal: "a/b.zst", sequence: .max) == "a/b.zst.snapshot-18446744073709551615")
  }
}
