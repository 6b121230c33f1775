package import Market
package import NIOCore
import NIOPosix
package import Wire

/// What runs on a `WireLoop`: it is given what came, and asks the loop to perform what it wants. Only ever called on the loop's thread.
package protocol LoopOwner: AnyObject {
  /// When it wants to be called at the latest; nil where it waits for the network and for `nudge` alone.
  var wakeAt: Timestamp? { get }
  /// Takes everything that has come since the last call.
  func step(_ arrivals: [LoopArrival], now: Timestamp, on loop: WireLoop)
}

/// Something that came for one of an owner's machines.
package struct LoopArrival: Sendable {
  /// Which machine: the number that its requests were performed for.
  package var party: Int
  package var event: WireEvent
}

/// Carries machines over real sockets. Everything happens on one thread, the event loop's: sockets are read, the owner steps, sockets are written, with no hand-over
/// between threads on the way. What has arrived by one poll of the kernel is given in one step, so that a commit covers all of it.
///
/// `@unchecked Sendable`: all state is touched on the event loop alone; `nudge` and `stop` may be called from anywhere and only leave a task there.
package final class WireLoop: @unchecked Sendable {
  package let clock: LiveClock
  package let eventLoop: any EventLoop
  private let group: MultiThreadedEventLoopGroup
  private let http: HTTPCalls
  private var owner: (any LoopOwner)?
  private var arrivals: [LoopArrival] = []
  private var isTurnDue = false
  private var timer: Scheduled<Void>?
  private var timerAt: Timestamp?
  private var sockets: [SocketKey: WebSocketClient] = [:]
  /// Sockets with messages that the kernel has not been given.
  private var unflushed: [WebSocketClient] = []
  private var isStopped = false
  private let stopped: EventLoopPromise<Void>
  private let settings: SocketSettings

  struct SocketKey: Hashable {
    var party: Int
    var number: SocketNumber
  }

  /// - Parameter certificates: a PEM file whose certificates are trusted besides the system's; for rehearsals with TLS.
  package init(clock: LiveClock, settings: SocketSettings = SocketSettings(), certificates: String? = nil) throws {
    self.clock = clock
    self.settings = settings
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    eventLoop = group.next()
    stopped = eventLoop.makePromise(of: Void.self)
    http = try HTTPCalls(on: eventLoop, group: group, trusting: certificates)
  }

  /// Runs the owner until `stop` is called; the calling thread waits. Once.
  package func run(_ owner: any LoopOwner) throws {
    let box = OwnerBox(owner)
    eventLoop.execute {
      self.owner = box.owner
      self.scheduleTurn()
    }
    try stopped.futureResult.wait()
    try http.shutdown()
    try group.syncShutdownGracefully()
  }

  private final class OwnerBox: @unchecked Sendable {
    let owner: any LoopOwner
    init(_ owner: any LoopOwner) { self.owner = owner }
  }

  /// Makes the owner step soon, where something was left for it that no socket brings.
  package func nudge() { eventLoop.execute { self.scheduleTurn() } }

  /// Runs a task on the loop's thread, and a step behind it.
  package func post(_ task: @escaping @Sendable () -> Void) {
    eventLoop.execute {
      task()
      self.scheduleTurn()
    }
  }

  /// Ends `run`, after the sockets were closed.
  package func stop() {
    eventLoop.execute {
      if self.isStopped { return }
      self.isStopped = true
      self.timer?.cancel()
      self.owner = nil
      let open = self.sockets.values.map { $0.closeForGood() }
      EventLoopFuture.andAllComplete(open, on: self.eventLoop).whenComplete { _ in self.stopped.succeed() }
    }
  }

  /// Performs what a machine asked for. On the loop's thread.
  package func perform(_ request: WireRequest, for party: Int) {
    eventLoop.preconditionInEventLoop()
    switch request {
    case .http(let call, let request):
      http.send(request) { result in
        switch result {
        case .success(let response): self.deliver(.answered(call, response), to: party)
        case .failure(let failure): self.deliver(.failed(call, failure), to: party)
        }
      }
    case .open(let number, let url):
      let key = SocketKey(party: party, number: number)
      let socket = WebSocketClient(settings, on: eventLoop, tls: http.tls) { event in
        switch event {
        case .opened: self.deliver(.opened(number), to: party)
        case .received(let text): self.deliver(.received(number, text: text), to: party)
        case .closed(let failure):
          self.sockets[key] = nil
          self.deliver(.closed(number, failure), to: party)
        }
      }
      sockets[key] = socket
      socket.connect(to: url)
    case .send(let number, let text):
      guard let socket = sockets[SocketKey(party: party, number: number)] else { return }
      socket.send(text)
      if unflushed.last !== socket { unflushed.append(socket) }
    case .close(let number): sockets[SocketKey(party: party, number: number)]?.close()
    }
  }

  /// Hands everything that was sent to the kernel. Done behind each step; earlier where the owner wants to know that it has left.
  package func flush() {
    for socket in unflushed { socket.flush() }
    unflushed.removeAll(keepingCapacity: true)
  }

  private func deliver(_ event: WireEvent, to party: Int) {
    if isStopped { return }
    arrivals.append(LoopArrival(party: party, event: event))
    scheduleTurn()
  }

  /// Behind everything that this poll of the kernel brought.
  private func scheduleTurn() {
    if isTurnDue || isStopped { return }
    isTurnDue = true
    eventLoop.execute { self.turn() }
  }

  private func turn() {
    isTurnDue = false
    guard let owner, !isStopped else { return }
    var taken: [LoopArrival] = []
    swap(&taken, &arrivals)
    owner.step(taken, now: clock.now, on: self)
    flush()
    if isStopped { return }
    schedule(owner.wakeAt)
  }

  /// A clock that jumps is looked at again after a minute at the latest.
  private static let sleepNanosMax: Int64 = 60_000_000_000

  private func schedule(_ wakeAt: Timestamp?) {
    if wakeAt == timerAt, timer != nil { return }
    timer?.cancel()
    timer = nil
    timerAt = wakeAt
    guard let wakeAt else { return }
    let delay = clock.realNanos(until: wakeAt)
    if delay == 0 {
      timerAt = nil
      return scheduleTurn()
    }
    timer = eventLoop.scheduleTask(in: .nanoseconds(min(delay, WireLoop.sleepNanosMax))) {
      self.timer = nil
      self.timerAt = nil
      self.scheduleTurn()
    }
  }
}
