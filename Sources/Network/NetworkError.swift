/// Why the network can't be used at all; what goes wrong with one request is a `WireFailure`.
package enum NetworkError: Error, Hashable, Sendable {
  case listenFailed(address: String, reason: String)
  case urlInvalid(String)
}
