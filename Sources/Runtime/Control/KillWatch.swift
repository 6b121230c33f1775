import Dispatch
import Events
import Glibc
import Synchronization

/// Watches everything from which a running engine can be stopped or told something: a file, the environment, SIGUSR1 and, where it is asked to
/// listen, a control socket. What it sees is left on `desk`.
///
/// One thread of its own polls. The file is looked at ten times a second with `lstat` rather than through inotify: that works on every file system (a
/// kill file may come from another machine over NFS, whose changes inotify never sees), for a folder that isn't there yet or is moved, and costs some
/// microseconds a look. Seen within 0.1 s, when a second is what is promised.
package final class KillWatch: Sendable {
  /// What is looked at.
  package struct Sources: Sendable {
    /// The profile's kill file; nil where it names none.
    package var file: String?
    /// The value of `KILL_SWITCH` in the environment; nil where it isn't there.
    package var environment: String?
    /// Whether SIGUSR1 kills. It is the whole process's: only one watch can have it.
    package var signal: Bool

    package init(file: String?, environment: String?, signal: Bool) {
      self.file = file
      self.environment = environment
      self.signal = signal
    }
  }

  package let desk = ControlDesk()
  private let thread: WatchThread

  /// Begins to watch. A kill that is seen already waits on the desk when this returns, so that it is the run's first input.
  ///
  /// - Throws: also where it can't be told whether a kill is meant: such a run must not start.
  package init(_ sources: Sources) throws(ControlError) {
    switch sources.environment {
    case "1": desk.leave(.kill(KillSwitch(source: .environment, reason: "KILL_SWITCH=1")))
    case nil, "", "0": break
    case .some(let value): throw .environmentUnclear(value: value)
    }
    let file = sources.file.map { KillFile(path: $0) }
    let presence = file?.presence()
    switch presence {
    case .present: desk.leave(.kill(KillSwitch(source: .file, reason: sources.file ?? "")))
    case .hidden(let code): throw .killFileHidden(path: sources.file ?? "", code: code)
    case .absent, nil: break
    }
    thread = WatchThread(
      desk: desk, file: file, isFileSeen: presence == .present, pipe: try ThreadPipe(), signals: try ThreadPipe())
    if sources.signal { try thread.takeSignals() }
    thread.start()
  }

  deinit { thread.stop() }

  /// Takes requests at a socket, too. Once; later calls do nothing.
  ///
  /// - Precondition: the caller holds the lock of the journal that the socket belongs to.
  package func listen(at path: String) throws(ControlError) { try thread.listen(at: path) }

  /// Ends the watch and removes the socket; whoever still waits for an answer gets one. SIGUSR1 does nothing from here on.
  package func stop() {
    desk.close()
    thread.stop()
  }
}

/// The thread and what it shares.
///
/// `@unchecked Sendable`: the pipes' ends are used by calls that any thread may make, and closed when nobody has the object any more; the socket
/// passes to the thread under a lock and belongs to it then.
private final class WatchThread: @unchecked Sendable {
  private static let lookMilliseconds: Int32 = 100
  private static let idleMilliseconds: Int32 = 500
  /// Looks that may fail in a row before a file that can't be seen counts as there: a second.
  private static let hiddenLooksMax = 10

  private let desk: ControlDesk
  private let file: KillFile?
  private let isFileSeenAtFirst: Bool
  private let pipe: ThreadPipe
  private let signals: ThreadPipe
  private let isStopped = Atomic<Bool>(false)
  private let hasEnded = DispatchSemaphore(value: 0)
  private let outbox = Mutex<[(ticket: UInt64, answer: ControlAnswer)]>([])
  private let arriving = Mutex<SocketBox?>(nil)
  private let listens = Atomic<Bool>(false)

  private final class SocketBox: @unchecked Sendable {
    var socket: ControlSocket
    init(_ socket: consuming ControlSocket) { self.socket = socket }
  }

  init(
    desk: ControlDesk, file: KillFile?, isFileSeen: Bool, pipe: consuming ThreadPipe, signals: consuming ThreadPipe
  ) {
    isFileSeenAtFirst = isFileSeen
    self.desk = desk
    self.file = file
    self.pipe = pipe
    self.signals = signals
  }

  func takeSignals() throws(ControlError) { try KillSignal.send(to: signals.writing) }

  func start() { DispatchQueue(label: "engine.kill").async { self.run() } }

  func stop() {
    if isStopped.exchange(true, ordering: .acquiringAndReleasing) { return }
    KillSignal.stop(sendingTo: signals.writing)
    pipe.wake()
    hasEnded.wait()
  }

  func listen(at path: String) throws(ControlError) {
    if listens.exchange(true, ordering: .acquiringAndReleasing) { return }
    let box = SocketBox(try ControlSocket(path: path))
    arriving.withLock { $0 = box }
    pipe.wake()
  }

  private func run() {
    var box: SocketBox?
    var isFileSeen = isFileSeenAtFirst
    var hiddenLooks = 0
    while !isStopped.load(ordering: .acquiring) {
      var interests = [
        pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
      ]
      if let box { interests += box.socket.interests }
      let looks = file != nil || box?.socket.hasConnections == true
      // Never without an end: where the byte that wakes is lost (a failing write), stopping must not wait for ever.
      _ = poll(&interests, nfds_t(interests.count), looks ? WatchThread.lookMilliseconds : WatchThread.idleMilliseconds)
      _ = pipe.drain()
      takeSignal()
      look(&isFileSeen, &hiddenLooks)
      if box == nil { box = arriving.withLock { $0 } }
      if let box { serve(box) }
    }
    if let box { send(box) }
    // The socket's name is gone when `stop` returns.
    arriving.withLock { $0 = nil }
    box = nil
    hasEnded.signal()
  }

  private func takeSignal() {
    let bytes = signals.drain()
    guard bytes.count >= MemoryLayout<KillSignal.Sender>.size else { return }
    let sender = bytes.withUnsafeBytes { $0.loadUnaligned(as: KillSignal.Sender.self) }
    desk.leave(
      .kill(KillSwitch(source: .signal, reason: "SIGUSR1 from process \(sender.process) of user \(sender.user)")))
  }

  /// The file's appearing is a kill; its going away ends none, and its coming back is another reason to kill.
  private func look(_ isSeen: inout Bool, _ hiddenLooks: inout Int) {
    guard let file else { return }
    switch file.presence() {
    case .absent:
      isSeen = false
      hiddenLooks = 0
    case .present:
      hiddenLooks = 0
      if !isSeen { desk.leave(.kill(KillSwitch(source: .file, reason: file.path))) }
      isSeen = true
    case .hidden(let code):
      hiddenLooks += 1
      // Blind for a second: a switch that can't be seen is one that can't be relied on.
      if hiddenLooks == WatchThread.hiddenLooksMax, !isSeen {
        let reason = "\(file.path) can't be seen: \(String(cString: strerror(code)))"
        desk.leave(.kill(KillSwitch(source: .file, reason: reason)))
        isSeen = true
      }
    }
  }

  private func serve(_ box: SocketBox) {
    for arrival in box.socket.serve(now: monotonicNanos()) {
      let ticket = arrival.ticket
      let reply: ControlDesk.Reply = { [self] answer in
        outbox.withLock { $0.append((ticket, answer)) }
        pipe.wake()
      }
      // A resume while the file still says kill would last a tenth of a second.
      if case .command(let command) = arrival.request, command.command == .resume, let file, file.presence() != .absent
      {
        reply(.refused("the kill file \(file.path) is still there; remove it, then resume"))
      } else {
        desk.leave(arrival.request, reply: reply)
      }
    }
    send(box)
  }

  private func send(_ box: SocketBox) {
    let answers = outbox.withLock { outbox in
      defer { outbox = [] }
      return outbox
    }
    for (ticket, answer) in answers { box.socket.answer(answer, ticket: ticket) }
  }

  private func monotonicNanos() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
