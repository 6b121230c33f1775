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
  /// Nothing has come for a while on a loop that doesn't sleep.
  func idle(now: Timestamp, on loop: WireLoop)
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
  private var scratch = ByteBuffer()
  private let stopped: EventLoopPromise<Void>
  private let settings: SocketSettings
  /// Whether the kernel is polled without ever sleeping.
  private let isBusy: Bool
  private var busy: (any Channel)?
  /// Monotonic, of the last thing done on a busy loop.
  private var busyAt: Int64 = 0

  struct SocketKey: Hashable {
    var party: Int
    var number: SocketNumber
  }

  /// - Parameters:
  ///   - isBusy: keeps a processor to itself: a thread that sleeps is woken late, and by a processor whose caches have forgotten it.
  ///   - certificates: a PEM file whose certificates are trusted besides the system's; for rehearsals with TLS.
  package init(
    clock: LiveClock, settings: SocketSettings = SocketSettings(), isBusy: Bool = false, certificates: String? = nil
  ) throws {
    self.isBusy = isBusy
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
      if self.isBusy { self.stayBusy() }
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
      var open = self.sockets.values.map { $0.closeForGood() }
      if let busy = self.busy { open.append(busy.close()) }
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

  /// Makes of a request what would be sent, and sends nothing: for an owner that keeps itself warm.
  package func rehearse(_ request: WireRequest) {
    guard case .send(_, let text) = request else { return }
    scratch.clear()
    MaskedFrame.append(text, mask: .random(in: .min ... .max), to: &scratch)
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
    if busy == nil { eventLoop.execute { self.turn() } }
  }

  /// Asks the kernel again and again; where nothing comes, the owner may use the time.
  private func stayBusy() {
    let me = NIOLoopBound(self, eventLoop: eventLoop)
    BusyPipe.open(on: eventLoop) { me.value.round() }.whenComplete { result in
      switch result {
      case .success(let channel): me.value.busy = channel
      case .failure(let error):
        me.value.isStopped = true
        me.value.stopped.fail(error)
      }
      me.value.scheduleTurn()
    }
  }

  private func round() {
    guard let owner, !isStopped else { return }
    if isTurnDue || (owner.wakeAt.map { $0 <= clock.now } ?? false) {
      turn()
      busyAt = LiveClock.monotonicNanos()
    } else if LiveClock.monotonicNanos() - busyAt >= WireLoop.idleNanos {
      owner.idle(now: clock.now, on: self)
      busyAt = LiveClock.monotonicNanos()
    }
  }
  /// Real nanoseconds without a step behind which a busy loop's owner is told that it is idle, and between two such words.
  private static let idleNanos: Int64 = 1_000_000

  private func turn() {
    isTurnDue = false
    guard let owner, !isStopped else { return }
    var taken: [LoopArrival] = []
    swap(&taken, &arrivals)
    owner.step(taken, now: clock.now, on: self)
    flush()
    if isStopped || busy != nil { return }
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
