import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Wire

/// One WebSocket of a client, from its handshake to its end. Everything on one event loop.
///
/// `@unchecked Sendable`: touched on that loop alone.
final class WebSocketClient: @unchecked Sendable {
  enum Event {
    case opened
    case received([UInt8])
    case closed(WireFailure)
  }

  private let settings: SocketSettings
  private let eventLoop: any EventLoop
  private let tls: NIOSSLContext
  private let tell: (Event) -> Void
  private var channel: (any Channel)?
  private var isOpen = false
  private var isOver = false
  private var isAskedToClose = false
  /// Frames that wait for `flush`, as they go out.
  private var outgoing = ByteBuffer()
  /// Of the frame encoder: what is written there goes out as it is.
  private var encoder: ChannelHandlerContext?
  private let ended: EventLoopPromise<Void>

  init(_ settings: SocketSettings, on eventLoop: any EventLoop, tls: NIOSSLContext, tell: @escaping (Event) -> Void) {
    self.settings = settings
    self.eventLoop = eventLoop
    self.tls = tls
    self.tell = tell
    ended = eventLoop.makePromise(of: Void.self)
  }

  func connect(to url: String) {
    guard let address = WireAddress(url) else { return end(.notSent("\(url) is no address of a WebSocket")) }
    let settings = settings
    let tls = tls
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(.nanoseconds(settings.connectNanosMax))
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if address.isSecure {
            // An address in digits has no name to ask for.
            let isDigits = address.host.contains(":") || address.host.allSatisfy { $0.isNumber || $0 == "." }
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: isDigits ? nil : address.host))
          }
          let handshake = NIOLoopBound(UpgradeRequest(address, receiver: self), eventLoop: channel.eventLoop)
          let upgrader = NIOWebSocketClientUpgrader(
            maxFrameSize: settings.messageBytesMax, automaticErrorHandling: true
          ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
              let sync = channel.pipeline.syncOperations
              // From here on frames come, not HTTP.
              _ = sync.removeHandler(handshake.value)
              try sync.addHandler(
                NIOWebSocketFrameAggregator(
                  minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4_096,
                  maxAccumulatedFrameSize: settings.messageBytesMax))
              try sync.addHandler(WebSocketFrames(settings, masks: true, receiver: self))
              self.encoder = try sync.context(handlerType: WebSocketFrameEncoder.self)
              self.noteOpened(channel)
            }
          }
          try channel.pipeline.syncOperations.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes,
            withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
          try channel.pipeline.syncOperations.addHandler(handshake.value)
        }
      }
    bootstrap.connect(host: address.host, port: address.port).whenComplete { result in
      switch result {
      case .success(let channel):
        self.channel = channel
        if self.isAskedToClose { channel.close(promise: nil) }
        // A handshake that never ends is no connection.
        let deadline = channel.eventLoop.scheduleTask(in: .nanoseconds(settings.connectNanosMax)) {
          if !self.isOpen { self.fail(.notSent("no answer to the handshake")) }
        }
        channel.closeFuture.whenComplete { _ in
          deadline.cancel()
          self.end(self.isOpen ? .unknown("the connection was cut") : .notSent("the handshake was refused"))
        }
      case .failure(let error): self.end(.notSent(NetworkWords.words(error)))
      }
    }
  }

  fileprivate func noteOpened(_ channel: any Channel) {
    self.channel = channel
    if isOver { return channel.close(promise: nil) }
    isOpen = true
    tell(.opened)
  }

  /// Leaves a message for `flush`.
  func send(_ text: [UInt8]) {
    if isOpen, !isOver { MaskedFrame.append(text, mask: .random(in: .min ... .max), to: &outgoing) }
  }

  /// Hands what was sent to the kernel: what one step sends leaves in one write.
  func flush() {
    guard let encoder, !isOver, outgoing.readableBytes > 0 else { return }
    let frames = outgoing
    outgoing = ByteBuffer()
    encoder.writeAndFlush(NIOAny(frames), promise: nil)
  }

  /// Ends the socket in good order; `.closed` follows.
  func close() {
    if isOver { return }
    isAskedToClose = true
    flush()
    guard let channel, isOpen else {
      channel?.close(promise: nil)
      return end(.closedByUs)
    }
    var buffer = channel.allocator.buffer(capacity: 2)
    buffer.write(webSocketErrorCode: .normalClosure)
    channel.writeAndFlush(
      WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: buffer), promise: nil)
    eventLoop.scheduleTask(in: .nanoseconds(settings.closeNanosMax)) { self.fail(.closedByUs) }
  }

  /// Ends the socket without telling anyone; completes when its connection is gone.
  func closeForGood() -> EventLoopFuture<Void> {
    close()
    return ended.futureResult
  }

  fileprivate func fail(_ failure: WireFailure) {
    end(failure)
    channel?.close(promise: nil)
  }

  private func end(_ failure: WireFailure) {
    if isOver { return }
    isOver = true
    encoder = nil
    outgoing = ByteBuffer()
    tell(.closed(isAskedToClose ? .closedByUs : failure))
    ended.succeed()
  }
}

extension WebSocketClient: FrameReceiver {
  func receive(_ text: [UInt8]) { if !isOver { tell(.received(text)) } }
  func peerClosed(code: UInt16, _ reason: String) { end(.closedByPeer(code: code, reason)) }
  func gone(_ failure: WireFailure) { fail(failure) }
}

/// Asks for the upgrade once the connection stands, and tells of an answer that is no upgrade.
private final class UpgradeRequest: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let address: WireAddress
  private weak var receiver: WebSocketClient?
  private var isSent = false

  init(_ address: WireAddress, receiver: WebSocketClient) {
    self.address = address
    self.receiver = receiver
  }

  func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { ask(context) } }

  func channelActive(context: ChannelHandlerContext) {
    ask(context)
    context.fireChannelActive()
  }

  private func ask(_ context: ChannelHandlerContext) {
    if isSent { return }
    isSent = true
    var headers = HTTPHeaders()
    headers.add(name: "Host", value: address.authority)
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.target, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    receiver?.fail(.notSent("the handshake was answered with \(head.status.code)"))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    receiver?.fail(.notSent(NetworkWords.words(error)))
  }
}
