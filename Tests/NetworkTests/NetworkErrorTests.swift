import Network
import Testing

@Suite struct NetworkErrorTests {
  @Test("errors are told apart by what they name")
  func apart() { #expect(NetworkError.urlInvalid("a") != .urlInvalid("b")) }
}
