import Foundation

/// Why a person does something, with who it is and where: as it stands in the journal.
enum OperatorReason {
  /// `R (by USER on HOST)`; the user is the one whose rights the process has, whatever the environment says.
  static func text(_ reason: String?) -> String {
    let by = "(by \(user()) on \(host()))"
    guard let reason, !reason.isEmpty else { return by }
    return "\(reason) \(by)"
  }

  private static func user() -> String {
    let id = geteuid()
    guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
    return String(cString: name)
  }

  private static func host() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "an unnamed host" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The reason that a command must have.
  static func required(_ reason: String?, of command: String) throws -> String {
    guard let reason, !reason.allSatisfy(\.isWhitespace) else {
      throw Failure("\(command) needs a reason, which the journal keeps: add --reason TEXT.")
    }
    return text(reason)
  }
}
