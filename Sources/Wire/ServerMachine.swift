public import Market

/// A server's protocol as a value: the other end of `WireMachine`. It is told which requests came and what time it is, and says what to answer; it has no
/// socket, no clock and no thread. `Network` carries it over real sockets, a simulation over simulated ones.
///
/// Contract with whoever runs it:
/// - `wake` is called once at the start, and again at or after each `wakeAt`; calling it early does nothing. An answer that is to be late is an action of a later `wake`.
/// - Events are given in the order in which the network brought them; after each call everything in `actions` is performed in order.
/// - Each `.request` is ended by exactly one `.respond`, `.drop` or `.halfClose` with its number, unless `.requestGone` comes first; whoever runs the machine ignores actions for numbers that are gone.
/// - WebSocket pings, pongs and the closing handshake are the runner's.
public protocol ServerMachine {
  /// When it wants to be woken next; nil where it waits for the network alone.
  var wakeAt: Timestamp? { get }
  mutating func wake(now: Timestamp, into actions: inout [ServerAction])
  mutating func receive(_ event: ServerEvent, now: Timestamp, into actions: inout [ServerAction])
}

/// What the network brings to a server.
public enum ServerEvent: Hashable, Sendable {
  /// A whole HTTP request that asks for no WebSocket.
  case request(RequestNumber, ServerRequest)
  /// The client went away before it was answered.
  case requestGone(RequestNumber)
  /// A WebSocket's handshake has been answered with 101: any path is taken, the machine may close it.
  case socketOpened(SocketNumber, target: String)
  /// A whole text message, fragments joined.
  case socketText(SocketNumber, text: [UInt8])
  /// The socket is closed, by whichever side.
  case socketClosed(SocketNumber)
}

/// What a server wants of the network.
public enum ServerAction: Hashable, Sendable {
  case respond(RequestNumber, HTTPResponse)
  /// Sends the head and the first bytes of the body and cuts the connection: the client sees fewer bytes than `Content-Length` said.
  case respondCut(RequestNumber, HTTPResponse, bodyBytes: Int)
  /// Cuts the connection of a request without any answer.
  case drop(RequestNumber)
  /// Ends the sending side of a request's connection without any answer and leaves the receiving side open: the client's writes go on succeeding.
  case halfClose(RequestNumber)
  case sendText(SocketNumber, text: [UInt8])
  /// Closes a WebSocket in good order.
  case closeSocket(SocketNumber, code: UInt16, reason: String)
  /// Cuts a WebSocket's connection without a closing frame.
  case dropSocket(SocketNumber)
  /// From here on nothing is sent to this socket any more, pongs and pings included, and the connection stays open: what a dead path looks like.
  case muteSocket(SocketNumber)
}

/// Numbers an HTTP request among all that one server took; a connection that is kept open brings several.
public struct RequestNumber: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One HTTP request as a server sees it.
public struct ServerRequest: Hashable, Sendable {
  public var method: HTTPRequest.Method
  /// Path and query as sent, percent-encoded: signatures are over these bytes. No scheme, no host.
  public var target: String
  public var headers: [HTTPHeader]
  public var body: [UInt8]

  public init(_ method: HTTPRequest.Method = .get, target: String, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// What stands in front of the `?`.
  public var path: String { String(target.prefix { $0 != "?" }) }
  /// What stands behind the `?`; empty where there is none.
  public var query: String {
    guard let mark = target.firstIndex(of: "?") else { return "" }
    return String(target[target.index(after: mark)...])
  }

  /// The first header of a name, whatever its case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
