package import Feeds
package import Market
package import Wire

/// Where a live run's bars come from: a machine, and for the one that reads standard input a way in for lines.
package protocol LiveFeed: WireMachine where Message == FeedMessage {
  mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>)
  mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>)
  /// Whether a journal is played: it can't be lost, and behind its end the same command finds no more bars.
  var isPlayback: Bool { get }
}

extension LiveFeed {
  package var isPlayback: Bool { false }
  /// Nobody gives lines to a feed that reads none.
  package mutating func receive(line: [UInt8], now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
  package mutating func endLines(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
}
