package import Feeds
package import Market
package import Wire

/// Where a live run's bars come from: a machine, and for the one that reads standard input a way in for lines.
package protocol LiveFeed: WireMachine where Message == FeedMessage {
  mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>)
  mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>)
}

extension LiveFeed {
  /// Nobody gives lines to a feed that reads none.
  package mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
  package mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
}
