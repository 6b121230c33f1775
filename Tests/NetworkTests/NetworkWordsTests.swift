// Story: notices and refusals showed the network library's own descriptions (`Connection errors: SingleConnectionFailure(target: …`, `listenFailed(address: …`).
// Goal: what a network says is told in words of people.
// Method: a port at which nobody listens, and one that is taken.
import Foundation
import Market
import Testing
import Wire

@testable import Network

@Suite struct NetworkWordsTests {
  @Test("a refused connection is told as one over HTTP and WebSocket")
  func refused() throws {
    let script = LoopScript(
      [
        .http(CallNumber(rawValue: 1), HTTPRequest(url: "http://127.0.0.1:1/")),
        .open(SocketNumber(rawValue: 2), url: "ws://127.0.0.1:1/"),
      ], until: { $0.count == 2 })
    try WireLoop(clock: .real).run(script)
    for event in script.events {
      switch event {
      case .failed(_, let failure), .closed(_, let failure):
        let words = failure.words
        #expect(
          words == "could not connect: Connection refused"
            || words == "could not connect: 127.0.0.1:1: Connection refused")
      case .answered, .opened, .received: Issue.record("\(event)")
      }
    }
    #expect(script.events.count == 2)
  }

  @Test("a port that is taken is named with the reason")
  func taken() throws {
    let first = WireServer(EchoMachine(), clock: .real)
    let port = try first.start(port: 0)
    defer { do { try first.stop() } catch { Issue.record("\(error)") } }
    let second = WireServer(EchoMachine(), clock: .real)
    let error = #expect(throws: NetworkError.self) { try second.start(port: port) }
    #expect(error?.description == "127.0.0.1:\(port) can't be listened at: Address already in use")
  }
}
