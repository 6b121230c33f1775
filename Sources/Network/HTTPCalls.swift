import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Wire

/// HTTP requests on one event loop: connections are kept alive, nothing is ever sent again, no redirect is followed.
///
/// What matters of a failure is whether the other side can have seen the request: only where no connection came to be is it said to be `notSent`.
final class HTTPCalls {
  private let client: HTTPClient
  private let eventLoop: any EventLoop
  let tls: NIOSSLContext

  init(on eventLoop: any EventLoop, group: MultiThreadedEventLoopGroup, trusting certificates: String?) throws {
    self.eventLoop = eventLoop
    var tls = TLSConfiguration.makeClientConfiguration()
    if let certificates {
      tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(certificates))]
    }
    self.tls = try NIOSSLContext(configuration: tls)
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .enabled(limit: .ratio(200))
    configuration.timeout = .init(connect: .seconds(10))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.idleTimeout = .seconds(30)
    configuration.httpVersion = .http1Only
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
  }

  func shutdown() throws { try client.syncShutdown() }

  /// Sends a request; `done` is called once, on the loop's thread.
  func send(_ request: Wire.HTTPRequest, done: @escaping (Result<Wire.HTTPResponse, WireFailure>) -> Void) {
    eventLoop.preconditionInEventLoop()
    let done = NIOLoopBound(Once(done), eventLoop: eventLoop)
    var headers = HTTPHeaders()
    for header in request.headers { headers.add(name: header.name, value: header.value) }
    let outgoing: HTTPClient.Request
    do {
      outgoing = try HTTPClient.Request(
        url: request.url, method: HTTPMethod(rawValue: request.method.rawValue), headers: headers,
        body: request.body.isEmpty ? nil : .bytes(request.body))
    } catch {
      return done.value.call(.failure(.notSent("\(request.url): \(NetworkWords.words(error))")))
    }
    let limit = request.answerBytesMax
    let task = client.execute(
      request: outgoing, delegate: ResponseAccumulator(request: outgoing, maxBodySize: limit),
      eventLoop: .delegateAndChannel(on: eventLoop),
      deadline: .now() + .nanoseconds(request.timeoutNanos))
    task.futureResult.hop(to: eventLoop).whenComplete { result in
      switch result {
      case .success(let response):
        var body: [UInt8] = []
        if let buffer = response.body { body = Array(buffer.readableBytesView) }
        done.value.call(
          .success(
            Wire.HTTPResponse(
              status: Int(response.status.code),
              headers: response.headers.map { HTTPHeader($0.name, $0.value) }, body: body)))
      case .failure(let error): done.value.call(.failure(HTTPCalls.failure(error, limit: limit)))
      }
    }
  }

  private final class Once {
    private var body: ((Result<Wire.HTTPResponse, WireFailure>) -> Void)?
    init(_ body: @escaping (Result<Wire.HTTPResponse, WireFailure>) -> Void) { self.body = body }
    func call(_ result: Result<Wire.HTTPResponse, WireFailure>) {
      body?(result)
      body = nil
    }
  }

  /// Whether the request can have been seen: only what can't have been is `notSent`; everything else is unknown.
  static func failure(_ error: any Error, limit: Int) -> WireFailure {
    if error is ResponseAccumulator.ResponseTooBigError { return .tooLarge(limit: limit) }
    if error is NIOConnectionError { return .notSent(NetworkWords.words(error)) }
    // These come from connecting alone.
    if let error = error as? IOError,
      [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
    {
      return .notSent(NetworkWords.words(error))
    }
    if let error = error as? HTTPClientError {
      let unsent: [HTTPClientError] = [
        .connectTimeout, .emptyHost, .emptyScheme, .invalidURL, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
      ]
      if unsent.contains(error) { return .notSent(NetworkWords.words(error)) }
      return .unknown(NetworkWords.words(error))
    }
    // A handshake that fails comes before the first byte of a request.
    if let error = error as? NIOSSLError, case .handshakeFailed = error { return .notSent(NetworkWords.words(error)) }
    if error is NIOSSLExtraError { return .notSent(NetworkWords.words(error)) }
    return .unknown(NetworkWords.words(error))
  }
}
