import Glibc

/// The Unix socket at which a running engine takes requests: one line in, one line of JSON out, and the connection is closed.
///
///     kill [REASON]           no new orders, cancel everything, close every position
///     halt REASON             no new orders
///     reduce-only REASON      only orders that make a position smaller
///     cancel-all REASON       cancel every working order
///     resume REASON           end a halt, and a kill that is done; arm every breaker
///     rearm REASON            arm tripped breakers
///     restore-size REASON     take the drawdown schedule's sizes back up
///     status                  how the run stands; changes nothing
///
/// A line is UTF-8 without control characters, at most 4,096 bytes with its line feed. An answer has `ok`; where it is true, `sequence` is the event
/// that was appended (and is durable where the run commits); where it is false, `error` says what to do. See `ControlAnswer.json`.
///
/// Only the engine's own user and root are listened to: the file has mode 0600 from its first instant on, and the kernel is asked who connected. Beyond
/// that nobody is trusted to be quick, brief or right: the thread that serves never waits for a peer, a line has to come within
/// `lineSecondsMax`, and where all places are taken whoever has dawdled longest loses his.
struct ControlSocket: ~Copyable {
  static let connectionCountMax = 32
  static let lineSecondsMax: Int64 = 2
  /// A run that takes this long between two inputs still takes the request; its answer is lost.
  static let answerSecondsMax: Int64 = 30
  private static let nanosPerSecond: Int64 = 1_000_000_000

  let path: String
  private let listener: Int32
  private let device: UInt64
  private let inode: UInt64
  private var connections: [Connection] = []
  private var nextTicket: UInt64 = 1

  private struct Connection {
    var descriptor: Int32
    var received: [UInt8] = []
    var deadline: Int64
    /// Of the request that waits for its answer; nil while the line is still coming.
    var ticket: UInt64?
  }

  /// What one turn brought: a request, and the number under which its answer goes back.
  struct Arrival {
    var ticket: UInt64
    var request: ControlRequest
  }

  /// Listens at a path; a socket that a dead process left there is replaced.
  ///
  /// - Precondition: the caller holds the lock of the journal that the socket belongs to, so that no two processes do this at once.
  init(path: String) throws(ControlError) {
    let address = try SocketAddress(path: path)
    let descriptor = try SocketAddress.makeSocket(path: path)
    do throws(ControlError) {
      // The name gets the descriptor's mode: there is no instant at which anybody else could connect.
      guard fchmod(descriptor, 0o600) == 0 else { throw .system(call: "fchmod", path: path, code: errno) }
      var code = address.call { bind(descriptor, $0, $1) }
      if code == EADDRINUSE {
        try ControlSocket.removeStale(path, address)
        code = address.call { bind(descriptor, $0, $1) }
      }
      guard code == 0 else { throw .system(call: "bind", path: path, code: code) }
      guard listen(descriptor, 64) == 0 else { throw .system(call: "listen", path: path, code: errno) }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      var status = stat()
      guard lstat(path, &status) == 0 else { throw .system(call: "lstat", path: path, code: errno) }
      guard status.st_mode & S_IFMT == S_IFSOCK, status.st_mode & 0o777 == 0o600 else {
        throw .system(call: "fchmod", path: path, code: EPERM)
      }
      (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    listener = descriptor
  }

  deinit {
    for connection in connections { close(connection.descriptor) }
    close(listener)
    // Only what is ours: somebody may have moved it away and put another in its place.
    var status = stat()
    if lstat(path, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode { unlink(path) }
  }

  /// Removes a socket at which nobody answers; refuses where somebody does, or where it is no socket.
  private static func removeStale(_ path: String, _ address: borrowing SocketAddress) throws(ControlError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .system(call: "lstat", path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notSocket(path: path) }
    let probe = try SocketAddress.makeSocket(path: path)
    defer { close(probe) }
    _ = fcntl(probe, F_SETFL, O_NONBLOCK)
    let code = address.call { connect(probe, $0, $1) }
    // EAGAIN: somebody listens and is busy.
    if code == 0 || code == EAGAIN { throw .inUse(path: path) }
    guard code == ECONNREFUSED else { throw .system(call: "connect", path: path, code: code) }
    guard unlink(path) == 0 || errno == ENOENT else { throw .system(call: "unlink", path: path, code: errno) }
  }

  /// What `poll` is to wait for.
  var interests: [pollfd] {
    [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      // One that waits for its answer is not looked at: where its peer hung up, poll would return at once, again and again.
      + connections.map { pollfd(fd: $0.ticket == nil ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
  }

  /// Whether somebody has to be given up on in time.
  var hasConnections: Bool { !connections.isEmpty }

  /// Takes what has come, as far as it can be had without waiting.
  mutating func serve(now: Int64) -> [Arrival] {
    var arrivals: [Arrival] = []
    accept(now: now)
    var place = 0
    while place < connections.count {
      if connections[place].ticket == nil {
        switch receive(place) {
        case .more: break
        case .gone:
          drop(place)
          continue
        case .line(let line):
          do throws(ControlRequest.LineError) {
            let request = try ControlRequest(line: line)
            connections[place].ticket = nextTicket
            connections[place].deadline = now + ControlSocket.answerSecondsMax * ControlSocket.nanosPerSecond
            arrivals.append(Arrival(ticket: nextTicket, request: request))
            nextTicket += 1
          } catch {
            send(.refused(error.text), to: place)
            continue
          }
        case .tooLong:
          send(.refused("the line is longer than \(ControlRequest.lineBytesMax) bytes; say it in fewer"), to: place)
          continue
        }
      }
      if now >= connections[place].deadline {
        if connections[place].ticket == nil {
          send(.refused("no whole line came within \(ControlSocket.lineSecondsMax) s"), to: place)
        } else {
          drop(place)
        }
        continue
      }
      place += 1
    }
    return arrivals
  }

  /// Sends an answer to whoever waits under that number, if he still does.
  mutating func answer(_ answer: ControlAnswer, ticket: UInt64) {
    guard let place = connections.firstIndex(where: { $0.ticket == ticket }) else { return }
    send(answer, to: place)
  }

  private mutating func accept(now: Int64) {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      if descriptor < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      let peer = SocketAddress.peer(of: descriptor)
      guard peer == geteuid() || peer == 0 else {
        close(descriptor)
        continue
      }
      if connections.count == ControlSocket.connectionCountMax {
        // Connections stand in the order in which they came. One that waits for its answer has been heard already.
        drop(connections.firstIndex { $0.ticket == nil } ?? 0)
      }
      connections.append(
        Connection(
          descriptor: descriptor, deadline: now + ControlSocket.lineSecondsMax * ControlSocket.nanosPerSecond))
      // An honest peer's line is there already; whoever opens many connections must not keep it waiting in the queue.
      if connections.count == ControlSocket.connectionCountMax { return }
    }
  }

  private enum Reception {
    case more
    case gone
    case line([UInt8])
    case tooLong
  }

  private mutating func receive(_ place: Int) -> Reception {
    var buffer = [UInt8](repeating: 0, count: ControlRequest.lineBytesMax)
    let count = recv(connections[place].descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    if count < 0 { return errno == EAGAIN || errno == EINTR ? .more : .gone }
    // A line that its sender did not end is not acted upon: half a reason, or half a word, is not what was meant.
    if count == 0 { return .gone }
    connections[place].received += buffer[..<count]
    let received = connections[place].received
    guard let end = received.firstIndex(of: UInt8(ascii: "\n")) else {
      return received.count >= ControlRequest.lineBytesMax ? .tooLong : .more
    }
    return end < ControlRequest.lineBytesMax ? .line(Array(received[..<end])) : .tooLong
  }

  private mutating func send(_ answer: ControlAnswer, to place: Int) {
    let bytes = Array((answer.json + "\n").utf8)
    // Shorter than any socket's buffer, so it goes whole; a peer that has left misses it.
    _ = Glibc.send(
      connections[place].descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    drop(place)
  }

  private mutating func drop(_ place: Int) {
    close(connections[place].descriptor)
    connections.remove(at: place)
  }
}
