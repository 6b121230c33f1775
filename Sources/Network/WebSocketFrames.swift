import NIOCore
import NIOWebSocket
import Wire

/// What a WebSocket's frames mean for whoever has the socket. On its event loop.
protocol FrameReceiver: AnyObject {
  func receive(_ text: [UInt8])
  func peerClosed(code: UInt16, _ reason: String)
  /// The connection has failed, or its peer is silent.
  func gone(_ failure: WireFailure)
}

/// The part of RFC 6455 that both sides share: pings are answered with their payload, silence is looked at, a close is answered, text comes out whole.
final class WebSocketFrames: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let settings: SocketSettings
  private let masks: Bool
  private weak var receiver: (any FrameReceiver)?
  private var lastHeard = NIODeadline.now()
  private var watch: Scheduled<Void>?
  private var isClosing = false
  /// Nothing is sent any more, not even a pong.
  var isMuted = false

  init(_ settings: SocketSettings, masks: Bool, receiver: any FrameReceiver) {
    self.settings = settings
    self.masks = masks
    self.receiver = receiver
  }

  func handlerAdded(context: ChannelHandlerContext) {
    lastHeard = .now()
    look(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) { watch?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastHeard = .now()
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .text, .binary: receiver?.receive(Array(frame.unmaskedData.readableBytesView))
    case .ping: send(.pong, frame.unmaskedData, context)
    case .connectionClose:
      var payload = frame.unmaskedData
      let code = payload.readInteger(as: UInt16.self) ?? 1_005
      let reason = payload.readString(length: payload.readableBytes) ?? ""
      if !isClosing {
        isClosing = true
        send(.connectionClose, frame.unmaskedData, context)
      }
      receiver?.peerClosed(code: code, reason)
      context.close(promise: nil)
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    receiver?.gone(.unknown("the connection was cut"))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let isTooLarge =
      (error as? NIOWebSocketError) == .invalidFrameLength
      || (error as? NIOWebSocketFrameAggregator.Error) == .accumulatedFrameSizeIsTooLarge
    receiver?.gone(isTooLarge ? .tooLarge(limit: settings.messageBytesMax) : .unknown("\(error)"))
    context.close(promise: nil)
  }

  private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, _ context: ChannelHandlerContext) {
    if isMuted { return }
    context.writeAndFlush(
      wrapOutboundOut(
        WebSocketFrame(fin: true, opcode: opcode, maskKey: masks ? .random() : nil, data: payload)), promise: nil)
  }

  private func look(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let me = NIOLoopBound(self, eventLoop: context.eventLoop)
    let step = min(settings.pingNanos, settings.silenceNanosMax) / 2
    watch = context.eventLoop.scheduleTask(in: .nanoseconds(max(step, 1_000_000))) {
      me.value.checkSilence(bound.value)
    }
  }

  private func checkSilence(_ context: ChannelHandlerContext) {
    let silent = (NIODeadline.now() - lastHeard).nanoseconds
    if silent >= settings.silenceNanosMax {
      receiver?.gone(.unknown("the peer has been silent for \(silent / 1_000_000_000) s"))
      context.close(promise: nil)
      return
    }
    if silent >= settings.pingNanos { send(.ping, context.channel.allocator.buffer(capacity: 0), context) }
    look(context)
  }
}
