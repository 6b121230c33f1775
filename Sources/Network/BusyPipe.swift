import Glibc
import NIOCore
import NIOPosix

/// Keeps an event loop from sleeping: a pipe of which one byte is read in each of its rounds, and that never runs dry.
///
/// A task that queues itself again would keep the loop from asking the kernel at all: NIO runs tasks until there are none.
enum BusyPipe {
  /// - Parameter round: called in each round, on the loop's thread, behind what the kernel brought before the pipe's byte.
  /// - Returns: what ends it by being closed.
  static func open(on eventLoop: any EventLoop, round: @escaping () -> Void) -> EventLoopFuture<any Channel> {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return eventLoop.makeFailedFuture(IOError(errnoCode: errno, reason: "pipe")) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (reading, writing) = (ends[0], ends[1])
    let counter = NIOLoopBound(RoundCounter(writing, round), eventLoop: eventLoop)
    return NIOPipeBootstrap(group: eventLoop)
      .channelOption(.maxMessagesPerRead, value: 1)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(counter.value) }
      }
      .takingOwnershipOfDescriptor(input: reading)
  }

  private final class RoundCounter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let fillBytes = 32_768
    private let writing: Int32
    private let round: () -> Void
    private var left = 0

    init(_ writing: Int32, _ round: @escaping () -> Void) {
      self.writing = writing
      self.round = round
    }

    func handlerAdded(context: ChannelHandlerContext) { fill() }
    func handlerRemoved(context: ChannelHandlerContext) { close(writing) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      left -= 1
      if left == 0 { fill() }
      round()
    }

    /// The pipe is empty, and has room for twice as much (pipe(7)).
    private func fill() {
      let bytes = [UInt8](repeating: 0, count: RoundCounter.fillBytes)
      left = RoundCounter.fillBytes
      let written = write(writing, bytes, bytes.count)
      precondition(written == bytes.count, "an empty pipe takes half of what it holds")
    }
  }
}
