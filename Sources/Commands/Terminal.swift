import Foundation
import Glibc

/// What stands at the other end of a descriptor.
enum Terminal {
  /// Whether lines there can be drawn anew: a terminal that understands more than text (`TERM=dumb` says that it doesn't).
  static func isRedrawn(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }
}
