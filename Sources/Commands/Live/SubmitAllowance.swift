import Events
import Foundation
import Runtime

/// What `ALLOW_SUBMIT` in the environment says: 1, 0, or nothing. Anything else is refused, because whoever wrote it meant something.
enum SubmitAllowance: String {
  case allowed = "1"
  case forbidden = "0"
  case unsaid = ""

  static func ofEnvironment() throws -> SubmitAllowance {
    let written = ProcessInfo.processInfo.environment["ALLOW_SUBMIT"] ?? ""
    guard let allowance = SubmitAllowance(rawValue: written) else {
      throw Failure("ALLOW_SUBMIT is \(written.debugDescription) in the environment; set it to 1 or to 0, or unset it.")
    }
    return allowance
  }

  /// Whether orders leave. To a real venue they do where both the profile and the environment say so. A paper run's never leave the process: the simulated venue gets them unless one of both says no.
  func submission(_ mode: RunMode, _ profile: Bool?) -> Submission {
    let said =
      "submit: \(profile.map { "\($0)" } ?? "-") in the profile, ALLOW_SUBMIT=\(self == .unsaid ? "-" : rawValue) in the environment"
    let isAllowed = mode == .live ? profile == true && self == .allowed : profile != false && self != .forbidden
    return Submission(isAllowed: isAllowed, reason: said)
  }
}
