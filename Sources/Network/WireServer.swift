import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
package import Wire

/// Serves a `ServerMachine` over real sockets: HTTP/1.1 and WebSockets on one port, everything on one event loop.
///
/// `@unchecked Sendable`: all state is touched on the event loop alone.
package final class WireServer<Machine: ServerMachine & SendableMetatype>: @unchecked Sendable {
  private var machine: Machine
  private let clock: LiveClock
  private let settings: SocketSettings
  private let group: MultiThreadedEventLoopGroup
  private let eventLoop: any EventLoop
  private var listener: (any Channel)?
  private var actions: [ServerAction] = []
  private var nextRequest: UInt64 = 0
  private var nextSocket: UInt64 = 0
  private var requests: [RequestNumber: any Channel] = [:]
  /// Requests behind whose answer the connection is closed.
  private var lastRequests: Set<RequestNumber> = []
  private var sockets: [SocketNumber: ServerSocket] = [:]
  private var timer: Scheduled<Void>?
  private var isStopped = false
  private var inStep = false

  package init(_ machine: Machine, clock: LiveClock, settings: SocketSettings = SocketSettings()) {
    self.machine = machine
    self.clock = clock
    self.settings = settings
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    eventLoop = group.next()
  }

  /// Begins to serve; gives the port that it listens at.
  ///
  /// - Parameter port: 0 for any that is free.
  package func start(host: String = "127.0.0.1", port: Int) throws -> Int {
    let settings = settings
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: false)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: settings.messageBytesMax, automaticErrorHandling: true,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, head in
              channel.eventLoop.makeCompletedFuture {
                let sync = channel.pipeline.syncOperations
                try sync.addHandler(
                  NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4_096,
                    maxAccumulatedFrameSize: settings.messageBytesMax))
                let socket = ServerSocket(channel) { event in self.hear(event) }
                let frames = WebSocketFrames(settings, masks: false, receiver: socket)
                socket.frames = frames
                try sync.addHandler(frames)
                self.opened(socket, target: head.uri)
              }
            })
          // Not NIO's own upgrade handler: it looks at a connection's first request alone, and clients that pool connections open their
          // WebSockets on one that has carried requests.
          let speech: [any ChannelHandler & RemovableChannelHandler] = [
            HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            HTTPServerPipelineHandler(), HTTPServerProtocolErrorHandler(),
          ]
          let sync = channel.pipeline.syncOperations
          for handler in speech { try sync.addHandler(handler) }
          try sync.addHandler(
            RequestAssembly(bytesMax: settings.messageBytesMax, server: self, speech: speech, upgrader: upgrader))
        }
      }
    do {
      listener = try bootstrap.bind(host: host, port: port).wait()
    } catch {
      throw NetworkError.listenFailed(address: "\(host):\(port)", reason: NetworkWords.words(error))
    }
    eventLoop.execute { self.wake() }
    return listener?.localAddress?.port ?? port
  }

  /// Ends all connections and the threads.
  package func stop() throws {
    eventLoop.execute {
      self.isStopped = true
      self.timer?.cancel()
    }
    try listener?.close().wait()
    try group.syncShutdownGracefully()
  }

  /// Looks at the machine on its own thread; for books and figures.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Machine) -> Value) throws -> Value {
    try eventLoop.submit { body(self.machine) }.wait()
  }

  /// Changes the machine on its own thread.
  package func change(_ body: @escaping @Sendable (inout Machine) -> Void) throws {
    try eventLoop.submit {
      body(&self.machine)
      self.wake()
    }.wait()
  }

  private func wake() {
    if isStopped { return }
    machine.wake(now: clock.now, into: &actions)
    perform()
  }

  private func tell(_ event: ServerEvent) {
    if isStopped { return }
    machine.receive(event, now: clock.now, into: &actions)
    perform()
  }

  private func opened(_ socket: ServerSocket, target: String) {
    let number = SocketNumber(rawValue: nextSocket)
    nextSocket += 1
    socket.number = number
    sockets[number] = socket
    tell(.socketOpened(number, target: target))
  }

  private func hear(_ event: ServerSocket.Event) {
    switch event {
    case .text(let number, let text): tell(.socketText(number, text: text))
    case .closed(let number):
      if sockets.removeValue(forKey: number) != nil { tell(.socketClosed(number)) }
    }
  }

  fileprivate func take(_ request: ServerRequest, from channel: any Channel, isLast: Bool) -> RequestNumber {
    let number = RequestNumber(rawValue: nextRequest)
    nextRequest += 1
    requests[number] = channel
    if isLast { lastRequests.insert(number) }
    tell(.request(number, request))
    return number
  }

  fileprivate func requestGone(_ number: RequestNumber) {
    lastRequests.remove(number)
    if requests.removeValue(forKey: number) != nil { tell(.requestGone(number)) }
  }

  /// Performs what the machine said, and sees to being called again.
  private func perform() {
    // An action may bring the machine a new event before the others are performed: they wait for their turn.
    if inStep { return }
    inStep = true
    while !actions.isEmpty {
      var taken: [ServerAction] = []
      swap(&taken, &actions)
      for action in taken { perform(action) }
    }
    inStep = false
    timer?.cancel()
    timer = nil
    guard let wakeAt = machine.wakeAt, !isStopped else { return }
    timer = eventLoop.scheduleTask(in: .nanoseconds(min(clock.realNanos(until: wakeAt), 60_000_000_000))) {
      self.wake()
    }
  }

  private func perform(_ action: ServerAction) {
    switch action {
    case .respond(let number, let response):
      guard let channel = requests.removeValue(forKey: number) else { return }
      WireServer.write(response, bodyBytes: nil, to: channel, isLast: lastRequests.remove(number) != nil)
    case .respondCut(let number, let response, let bodyBytes):
      guard let channel = requests.removeValue(forKey: number) else { return }
      WireServer.write(response, bodyBytes: bodyBytes, to: channel)
    case .drop(let number):
      requests.removeValue(forKey: number)?.close(promise: nil)
    case .halfClose(let number):
      requests.removeValue(forKey: number)?.close(mode: .output, promise: nil)
    case .sendText(let number, let text): sockets[number]?.send(text, waitingMax: settings.waitingBytesMax)
    case .closeSocket(let number, let code, let reason):
      sockets[number]?.close(code: code, reason, within: settings.closeNanosMax)
    case .dropSocket(let number): sockets[number]?.drop()
    case .muteSocket(let number): sockets[number]?.mute()
    }
  }

  private static func write(
    _ response: Wire.HTTPResponse, bodyBytes: Int?, to channel: any Channel, isLast: Bool = false
  ) {
    var headers = HTTPHeaders()
    for header in response.headers { headers.add(name: header.name, value: header.value) }
    headers.replaceOrAdd(name: "Content-Length", value: "\(response.body.count)")
    if isLast { headers.replaceOrAdd(name: "Connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    var body = channel.allocator.buffer(capacity: response.body.count)
    body.writeBytes(bodyBytes.map { response.body.prefix($0) } ?? response.body[...])
    guard bodyBytes == nil else {
      channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(body))).whenComplete { _ in
        channel.close(promise: nil)
      }
      return
    }
    if body.readableBytes > 0 { channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil) }
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if isLast { channel.close(promise: nil) }
    }
  }

  /// Puts a connection's requests together; where the client goes away, says so.
  private final class RequestAssembly: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let bytesMax: Int
    private let server: WireServer
    /// What reads and writes HTTP in front of this: taken away when the connection becomes a WebSocket.
    private let speech: [any ChannelHandler & RemovableChannelHandler]
    private let upgrader: NIOWebSocketServerUpgrader
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var pending: RequestNumber?

    init(
      bytesMax: Int, server: WireServer, speech: [any ChannelHandler & RemovableChannelHandler],
      upgrader: NIOWebSocketServerUpgrader
    ) {
      self.bytesMax = bytesMax
      self.server = server
      self.speech = speech
      self.upgrader = upgrader
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body = []
        isTooLarge = false
      case .body(let part):
        if body.count + part.readableBytes > bytesMax {
          isTooLarge = true
        } else {
          body.append(contentsOf: part.readableBytesView)
        }
      case .end:
        guard let head else { return }
        self.head = nil
        let upgrade = head.headers[canonicalForm: "upgrade"]
        if upgrade.contains(where: { $0.lowercased() == "websocket" }) {
          becomeWebSocket(head, context)
          return
        }
        guard let method = Wire.HTTPRequest.Method(rawValue: head.method.rawValue), !isTooLarge else {
          WireServer.write(Wire.HTTPResponse(status: isTooLarge ? 413 : 405), bodyBytes: nil, to: context.channel)
          return
        }
        pending = server.take(
          ServerRequest(
            method, target: head.uri, headers: head.headers.map { HTTPHeader($0.name, $0.value) }, body: body),
          // The HTTP parser reads nothing behind a request that offers another protocol (curl's h2c), so the client must connect anew.
          from: context.channel, isLast: !upgrade.isEmpty)
      }
    }

    /// Answers the handshake, takes HTTP out of the connection, and lets WebSocket frames in.
    private func becomeWebSocket(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
      let channel = context.channel
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:])
        .whenComplete { outcome in
          let (handler, context) = bound.value
          guard case .success(let headers) = outcome else {
            WireServer.write(Wire.HTTPResponse(status: 400), bodyBytes: nil, to: channel, isLast: true)
            return
          }
          let answer = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
          channel.write(HTTPServerResponsePart.head(answer), promise: nil)
          channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
          let sync = channel.pipeline.syncOperations
          // The decoder last: bytes that it holds already are frames' by then.
          let decoder = handler.speech[1]
          for other in handler.speech where other !== decoder { sync.removeHandler(other, promise: nil) }
          let isOpen = handler.upgrader.upgrade(context: context, upgradeRequest: head)
          isOpen.whenSuccess {
            let (handler, context) = bound.value
            let sync = context.pipeline.syncOperations
            sync.removeHandler(handler, promise: nil)
            sync.removeHandler(handler.speech[1], promise: nil)
          }
          isOpen.whenFailure { _ in channel.close(promise: nil) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
      if let pending { server.requestGone(pending) }
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}

/// A server's side of one WebSocket. On its event loop.
///
/// `@unchecked Sendable`: touched on that loop alone.
private final class ServerSocket: FrameReceiver, @unchecked Sendable {
  enum Event {
    case text(SocketNumber, [UInt8])
    case closed(SocketNumber)
  }

  var number = SocketNumber(rawValue: 0)
  var frames: WebSocketFrames?
  private let channel: any Channel
  private let tell: (Event) -> Void
  private var isOver = false
  private var waitingBytes = 0

  init(_ channel: any Channel, tell: @escaping (Event) -> Void) {
    self.channel = channel
    self.tell = tell
  }

  func receive(_ text: [UInt8]) { if !isOver { tell(.text(number, text)) } }
  func peerClosed(code: UInt16, _ reason: String) { end() }
  func gone(_ failure: WireFailure) { end() }

  private func end() {
    if isOver { return }
    isOver = true
    tell(.closed(number))
  }

  func send(_ text: [UInt8], waitingMax: Int) {
    if isOver || frames?.isMuted == true { return }
    // A peer that doesn't read must not fill our memory.
    if waitingBytes + text.count > waitingMax { return drop() }
    waitingBytes += text.count
    var buffer = channel.allocator.buffer(capacity: text.count)
    buffer.writeBytes(text)
    channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: buffer)).whenComplete { _ in
      self.waitingBytes -= text.count
    }
  }

  func close(code: UInt16, _ reason: String, within nanos: Int64) {
    var buffer = channel.allocator.buffer(capacity: 2 + reason.utf8.count)
    buffer.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(code)))
    buffer.writeString(reason)
    channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: buffer), promise: nil)
    channel.eventLoop.scheduleTask(in: .nanoseconds(nanos)) { self.drop() }
  }

  func drop() {
    channel.close(promise: nil)
    end()
  }

  func mute() { frames?.isMuted = true }
}
