import Dispatch
import Events
import Foundation
import Runtime

/// SIGTERM and SIGINT, as requests to end the run in good order. A second one of them ends the process at once: what is acknowledged is safe.
final class TerminationSignals {
  private var sources: [any DispatchSourceSignal] = []

  init(_ desk: ControlDesk) {
    for (number, name) in [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")] {
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

  deinit { for source in sources { source.cancel() } }
}
