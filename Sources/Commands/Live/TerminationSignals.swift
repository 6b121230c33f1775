import Dispatch
import Events
import Foundation
import Runtime

/// SIGTERM, SIGINT and SIGHUP (a terminal that closes), as requests to end the run in good order. A second one of them ends the process at once: what is acknowledged is safe.
final class TerminationSignals {
  private var sources: [any DispatchSourceSignal] = []

  init(_ desk: ControlDesk) {
    for (number, name) in [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")] {
      // Under nohup the run is meant to outlive its terminal.
      if number == SIGHUP, TerminationSignals.isIgnored(number) { continue }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        desk.leave(.terminate(name))
        signal(number, SIG_DFL)
      }
      source.resume()
      sources.append(source)
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    // The kernel's own word: C's handlers can't be compared.
    guard let bytes = FileManager.default.contents(atPath: "/proc/self/status") else { return false }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
    guard let digits = line?.split(separator: "\t").last, let mask = UInt64(digits, radix: 16) else { return false }
    return mask >> UInt64(number - 1) & 1 == 1
  }

  deinit { for source in sources { source.cancel() } }
}
