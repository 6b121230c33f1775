import Feeds
import Foundation
import Journal
import Projections
import Runtime

/// Why a command could not run: the one kind of error that leaves this room. Its text ends with what to do.
struct Failure: Error, CustomStringConvertible {
  let text: String
  /// True where the input was read and found wrong, rather than not readable at all.
  private(set) var isAboutContent = false
  /// What the process ends with: 2, or 3 where the journal could not be written.
  private(set) var code: Int32 = 2
  var description: String { text }

  init(_ text: String) { self.text = text }

  static func report(_ text: String) {
    StandardError.write("error: " + text + "\n")
  }
}

extension Failure {
  init(_ error: RunError) {
    self.init(error.text)
    if error.stopsWriting { code = 3 }
  }
  /// Of a run that is gone on with by the same command.
  init(live error: RunError) {
    self.init(error.liveText)
    if error.stopsWriting { code = 3 }
  }
  init(_ error: JournalError) {
    self.init("\(error)")
    if error.stopsWriting { code = 3 }
  }
  init(_ error: SalvageError) {
    self.init("\(error)")
    if error.stopsWriting { code = 3 }
  }
  init(_ error: ChainError) { self.init("\(error)") }
  init(_ error: ProofError) {
    self.init("\(error)")
    if error.stopsWriting { code = 3 }
  }
  init(_ error: FileError) {
    self.init("\(error)")
    if error.stopsWriting { code = 3 }
  }
  init(_ error: ProfileError) {
    self.init(error.description)
    isAboutContent = true
  }
  init(_ error: ProjectionError) { self.init("\(error)") }
  init(_ error: ControlError) { self.init(error.text) }
  init(_ error: ImportError) {
    self.init("\(error)")
    if error.stopsWriting { code = 3 }
  }
}
