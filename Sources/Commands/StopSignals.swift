import Glibc

/// SIGINT and SIGTERM as something to wait for.
struct StopSignals {
  private let set: sigset_t

  /// Blocks both in this thread and in all that it starts from here on.
  static func block() -> StopSignals {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    return StopSignals(set: set)
  }

  /// Returns at the first of them, or when the time is over.
  ///
  /// - Parameter millis: nil waits for ever.
  func wait(millis: Int64?) {
    var set = set
    guard let millis else {
      var number: Int32 = 0
      sigwait(&set, &number)
      return
    }
    var left = timespec(tv_sec: Int(millis / 1_000), tv_nsec: Int(millis % 1_000) * 1_000_000)
    // Other signals may interrupt it; a rehearsal that ends a little early or late harms nobody.
    sigtimedwait(&set, nil, &left)
  }
}
