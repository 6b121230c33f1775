import Market
import Wire

/// A WebSocket that is open at the exchange.
struct ExchangeSocket: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Market data, under `/ws` and `/stream`.
    case streams
    /// The WebSocket API.
    case api
  }

  let number: SocketNumber
  let kind: Kind
  let openedAt: Timestamp
  /// Data is wrapped as `{"stream":…,"data":…}`.
  var isCombined = false
  var streams: [String] = []
  /// Ids of the account's user data; counts from 0.
  var subscriptions: [Int64] = []
  var nextSubscription: Int64 = 0
  /// The key that logged on.
  var apiKey: String?
  var showsLimits = true
  /// Nothing is sent to it any more.
  var isMuted = false
}

/// A message for everyone who follows a stream.
struct StreamMessage: Hashable, Sendable {
  var stream: String
  var data: [UInt8]
}
