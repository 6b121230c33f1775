import Foundation
import Runtime

/// What a command that runs an engine watches.
enum RunWatch {
  /// Begins to watch the kill file, the environment and SIGUSR1.
  static func begin(file: String?) throws -> KillWatch {
    if file?.isEmpty == true {
      throw Failure("--kill-file needs a path; leave it out for the profile's own kill file.")
    }
    do throws(ControlError) {
      return try KillWatch(
        KillWatch.Sources(
          file: file, environment: ProcessInfo.processInfo.environment["KILL_SWITCH"], signal: true))
    } catch {
      throw Failure(error)
    }
  }

  /// What there is to say about kills when a run is over.
  static func lines(_ watch: KillWatch) -> [String] {
    guard let sequence = watch.desk.killedAt else { return [] }
    return ["killed    by event \(sequence); `engine resume --confirm` ends it in a run that goes on"]
  }
}
