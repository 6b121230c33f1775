import Events
import Market
import Testing
import Wire

@testable import Brokers

/// A connection that doesn't come up, played by hand.
@Suite struct BinanceConnectionTests {
  // Story: a run whose venue's socket could not open was silent about it for as long as it ran.
  @Test("says why a connection doesn't come up, each reason once, and again when it was up in between")
  func silentOpening() throws {
    var bench = try BinanceBench()
    bench.wake()
    /// Tries once more, as soon as it wants to.
    func refuse(_ bench: inout BinanceBench) throws {
      bench.event(.closed(try bench.socket, .notSent("Connection refused")))
      bench.now = try #require(bench.venue.wakeAt)
      bench.wake()
    }
    for _ in 0..<3 { try refuse(&bench) }
    func failures(_ bench: BinanceBench) -> [String] {
      bench.told.compactMap { if case .notice(.disconnected, .warning, let text) = $0 { text } else { nil } }
    }
    #expect(
      failures(bench) == ["a connection to wss://ws did not come up: could not connect: Connection refused"])
    bench.event(.closed(try bench.bringUp(), .unknown("cut")))
    bench.now = try #require(bench.venue.wakeAt)
    bench.wake()
    try refuse(&bench)
    #expect(failures(bench).count == 2)
  }

  @Test("says that nothing came of a connection that opens and is never answered")
  func neverAnswered() throws {
    var bench = try BinanceBench()
    bench.wake()
    bench.event(.opened(try bench.socket))
    bench.pass(seconds: 31)
    let told = bench.told.compactMap { if case .notice(.disconnected, _, let text) = $0 { text } else { nil } }
    #expect(told.count == 1 && told[0].contains("did not come up"), "\(told)")
  }
}
