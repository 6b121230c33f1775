package import Feeds
package import Market
package import Wire

/// Where a live run's bars come from: a machine, and for the one that reads standard input a way in for lines.
package protocol LiveFeed: WireMachine where Message == FeedMessage {
  mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>)
  mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>)
  /// Whether the same command, given again behind the feed's end, may bring more bars: a program's lines do, a journal that was played to its end has none.
  var canGoOn: Bool { get }
}

extension LiveFeed {
  package var canGoOn: Bool { true }
  /// Nobody gives lines to a feed that reads none.
  package mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
  package mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
}
