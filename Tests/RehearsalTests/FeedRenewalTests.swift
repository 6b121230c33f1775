import Events
import Feeds
import Market
import Testing
import Wire

/// A stream that never ends by itself is replaced before its venue ends it after a day, each at a moment of its own.
@Suite("The renewal of a stream")
struct FeedRenewalTests {
  private static let hour: Int64 = 3_600_000_000_000

  /// How long a feed keeps its first stream, which says something every ten seconds.
  private func lifetime(seed: UInt64) throws -> Int64 {
    var feed = BinanceFeed(
      WebFeedSettings(
        instruments: [
          FeedInstrument(
            instrument: InstrumentIndex(0), symbol: "BTCUSDT", tickSize: Price(nanos: 10_000_000), calendar: .always)
        ], intervalNanos: 60_000_000_000, warmupBars: 0, url: "http://x", stream: "ws://x", seed: seed))
    var out = WireOutbox<FeedMessage>()
    func opened() -> [SocketNumber] {
      out.requests.compactMap { if case .open(let number, _) = $0 { number } else { nil } }
    }
    let begin = Timestamp(nanos: 1_700_000_000_000_000_000)
    feed.wake(now: begin, into: &out)
    let first = try #require(opened().first)
    feed.receive(.opened(first), now: begin, into: &out)
    out.removeAll()
    var now = begin
    while now.nanos - begin.nanos < 24 * Self.hour {
      now = now.advanced(byNanos: 10_000_000_000)
      feed.receive(.received(first, text: Array(#"{"result":null,"id":1}"#.utf8)), now: now, into: &out)
      if !opened().isEmpty { return now.nanos - begin.nanos }
      out.removeAll()
    }
    Issue.record("seed \(seed): the stream is a day old")
    return 0
  }

  @Test("comes between the 22nd and the 23rd hour, at other times for other clients")
  func spread() throws {
    let times = try (UInt64(1)...8).map(lifetime)
    #expect(times.allSatisfy { (22 * Self.hour...23 * Self.hour + 10_000_000_000).contains($0) })
    #expect(Set(times).count > 4)
  }
}
