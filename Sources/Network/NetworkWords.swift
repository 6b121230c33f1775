import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix

/// What the network's errors say, for people: their own descriptions are of programs.
enum NetworkWords {
  static func words(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return "\(error.host):\(error.port): \(words(first.error))" }
      if error.dnsAError != nil || error.dnsAAAAError != nil { return "\(error.host) is no name that is known" }
      return "\(error.host):\(error.port) was not reached"
    case let error as IOError: return String(cString: strerror(error.errnoCode))
    case let error as HTTPClientError: return error.shortDescription
    case ChannelError.connectTimeout(let after): return "no connection within \(after.nanoseconds / 1_000_000_000) s"
    default: return "\(error)"
    }
  }
}
