import Glibc
import Synchronization

/// SIGUSR1, turned into bytes of a pipe that a watching thread reads.
///
/// A handler rather than a blocked signal and a signalfd: threads that were there before us would not have it blocked, and its default action is to end
/// the process. The handler does nothing but write to the pipe, and interrupted system calls are restarted.
enum KillSignal {
  /// Who sent it, as the kernel says.
  struct Sender: Hashable, Sendable {
    var process: Int32
    var user: UInt32
  }

  /// Where the handler writes; -1: nowhere.
  private static let descriptor = Atomic<Int32>(-1)

  /// From here on SIGUSR1 doesn't end the process but writes its sender to the pipe. The process has one such pipe: the last one.
  static func send(to pipe: Int32) throws(ControlError) {
    descriptor.store(pipe, ordering: .sequentiallyConsistent)
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = { _, info, _ in
      let target = KillSignal.descriptor.load(ordering: .relaxed)
      if target < 0 { return }
      let saved = errno
      var sender = Sender(
        process: info?.pointee._sifields._kill.si_pid ?? 0, user: info?.pointee._sifields._kill.si_uid ?? 0)
      // A full pipe holds a kill already.
      _ = withUnsafeBytes(of: &sender) { Glibc.write(target, $0.baseAddress, $0.count) }
      errno = saved
    }
    action.sa_flags = SA_SIGINFO | SA_RESTART
    guard sigaction(SIGUSR1, &action, nil) == 0 else { throw .system(call: "sigaction", path: "SIGUSR1", code: errno) }
  }

  /// From here on SIGUSR1 does nothing: a kill that comes when all is over changes nothing, least of all what is being written still.
  static func stop(sendingTo pipe: Int32) {
    _ = descriptor.compareExchange(expected: pipe, desired: -1, ordering: .sequentiallyConsistent)
  }
}
