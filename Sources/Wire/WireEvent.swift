/// What a protocol machine wants of the network. The machine opens no socket itself: whoever runs it performs these and brings back `WireEvent`s.
///
/// So the same machines run over real sockets (`Network`), and over a simulated network with a simulated clock in the tests.
public enum WireRequest: Hashable, Sendable {
  /// Sends an HTTP request; exactly one `.answered` or `.failed` with the same number follows.
  case http(CallNumber, HTTPRequest)
  /// Opens a WebSocket; one `.opened` or `.closed` follows, and after `.opened` one `.closed` in the end.
  case open(SocketNumber, url: String)
  /// Sends a text frame on a socket that is open.
  case send(SocketNumber, text: [UInt8])
  /// Closes a socket; `.closed` follows.
  case close(SocketNumber)
}

/// What the network brings.
public enum WireEvent: Hashable, Sendable {
  case answered(CallNumber, HTTPResponse)
  case failed(CallNumber, WireFailure)
  case opened(SocketNumber)
  /// A whole text message, fragments joined. Pings are answered by whoever runs the socket; a peer silent for too long is closed.
  case received(SocketNumber, text: [UInt8])
  case closed(SocketNumber, WireFailure)
}

/// Numbers an HTTP request among those of one machine.
public struct CallNumber: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Numbers a WebSocket among those of one machine; never used again after it was closed.
public struct SocketNumber: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Why something did not come back. What matters is whether the other side can have seen the request.
public enum WireFailure: Error, Hashable, Sendable {
  /// No byte of the request left: a name that doesn't resolve, a refused connection, a failed handshake.
  case notSent(String)
  /// The request may have been seen: the connection broke, or no whole answer came in time.
  case unknown(String)
  /// The other side closed the socket in good order.
  case closedByPeer(code: UInt16, String)
  /// This side closed it.
  case closedByUs
  /// More bytes came than the request allows.
  case tooLarge(limit: Int)

  /// For people.
  public var words: String {
    switch self {
    case .notSent(let why): "could not connect: \(why)"
    case .unknown(let why): why
    case .closedByPeer(let code, let why): "closed by the other side (\(code)\(why.isEmpty ? "" : " \(why)"))"
    case .closedByUs: "closed by this side"
    case .tooLarge(let limit): "more than \(limit) bytes came"
    }
  }
}
