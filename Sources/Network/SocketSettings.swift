/// Bounds of a WebSocket, in bytes and real nanoseconds.
package struct SocketSettings: Hashable, Sendable {
  /// Longest message, all its fragments together.
  package var messageBytesMax = 1 << 20
  package var connectNanosMax: Int64 = 10_000_000_000
  /// A peer that has sent nothing for so long, not even a ping, is gone without having said so.
  package var silenceNanosMax: Int64 = 60_000_000_000
  /// A ping of our own is sent where the peer has been silent for so long.
  package var pingNanos: Int64 = 20_000_000_000
  /// Bytes that may wait for a slow peer before the socket is given up.
  package var waitingBytesMax = 8 << 20
  /// Until a closing handshake is given up.
  package var closeNanosMax: Int64 = 2_000_000_000
  package init() {}
}
