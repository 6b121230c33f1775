import Glibc

extension ControlError {
  /// What went wrong, where, and what to do: the one place where these texts are made.
  package var text: String {
    switch self {
    case .system(let call, let path, let code): "\(path): \(call) failed: \(ControlError.reason(code))."
    case .killFileHidden(let path, let code):
      "whether the kill file \(path) is there can't be told: \(ControlError.reason(code)); a run that can't see it must not start: "
        + "correct the path or its permissions."
    case .environmentUnclear(let value):
      "KILL_SWITCH is \"\(value)\" in the environment: 1 kills, 0 or nothing doesn't; say which."
    case .nameTooLong(let path, let bytes, let bytesMax):
      "\(path): the last part of a control socket's path has at most \(bytesMax) bytes, this one has \(bytes); choose a shorter --output."
    case .inUse(let path):
      "\(path): another process answers there already; choose another --output, or end that process first."
    case .notSocket(let path): "\(path) is there and is no socket; move it away, or choose another --output."
    case .nobodyListens(let path): "no process answers at \(path)."
    case .otherUser(let path, let user):
      "\(path): the process that answers there belongs to user \(user), not to you; ask as that user or as root."
    case .noAnswer(let path, let seconds):
      "\(path): the process took the request but did not answer within \(seconds) s; look at its journal before you repeat it."
    }
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
