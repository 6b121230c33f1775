import Glibc

/// Counts verdicts while a fuzzer runs, and says at its end how many inputs were accepted: a fuzzer whose every input is refused at the door
/// would look just as busy. A finding ends the process.
///
/// `@unchecked Sendable`: libFuzzer calls its target on one thread.
package final class Tally: @unchecked Sendable {
  private var runs = 0
  private var accepted = 0

  package static let shared: Tally = {
    let tally = Tally()
    atexit { Tally.shared.report() }
    return tally
  }()

  package func note(_ verdict: Verdict) {
    runs += 1
    switch verdict {
    case .refused: return
    case .accepted: accepted += 1
    case .finding(let text): fatalError(text)
    }
  }

  private func report() {
    let line = Array("verdicts: \(accepted) of \(runs) inputs accepted\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
