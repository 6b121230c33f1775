/// Why the network can't be used at all; what goes wrong with one request is a `WireFailure`.
package enum NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  case listenFailed(address: String, reason: String)
  case urlInvalid(String)

  package var description: String {
    switch self {
    case .listenFailed(let address, let reason): "\(address) can't be listened at: \(reason)"
    case .urlInvalid(let url): "\(url) is no address"
    }
  }
}
