import Foundation
import Market
import Network
import Testing
import Wire

@Suite("HTTP over real sockets", .serialized)
struct HTTPTests {
  private static func one(_ request: @escaping (String) -> HTTPRequest) throws -> WireEvent {
    try #require(try LoopScript.run({ [.http(call(1), request($0))] }, until: { !$0.isEmpty }).events.first)
  }

  private static func failure(_ path: String, timeout: Int64 = 60_000_000_000) throws -> WireFailure {
    let event = try one { HTTPRequest(url: "http://\($0)\(path)", timeoutNanos: timeout) }
    guard case .failed(_, let failure) = event else {
      Issue.record("\(path): \(event)")
      return .closedByUs
    }
    return failure
  }

  @Test("carries method, query, body and headers there, and status, headers and body back")
  func carries() throws {
    for method in [HTTPRequest.Method.get, .post, .put, .delete] {
      let body = method == .get ? [] : Array("quantity=1&price=2".utf8)
      let event = try Self.one { HTTPRequest(method, url: "http://\($0)/echo?a=%2Fb&c=d", body: body) }
      guard case .answered(let number, let answer) = event else {
        Issue.record("\(event)")
        return
      }
      #expect(number == call(1) && answer.status == 200)
      #expect(answer.header("x-query") == "a=%2Fb&c=d")
      #expect(answer.body == (body.isEmpty ? Array(method.rawValue.utf8) : body))
    }
  }

  @Test("follows no redirect and takes any status as an answer")
  func statuses() throws {
    for (path, status) in [("/moved", 302), ("/broken", 502)] {
      guard case .answered(_, let answer) = try Self.one({ HTTPRequest(url: "http://\($0)\(path)") }) else {
        Issue.record("\(path) was not answered")
        continue
      }
      #expect(answer.status == status)
    }
  }

  @Test("says that nothing was sent only where no connection came to be")
  func notSent() throws {
    let script = LoopScript(
      [.http(call(1), HTTPRequest(url: "http://127.0.0.1:1/")), .http(call(2), HTTPRequest(url: "not a url"))],
      until: { $0.count == 2 })
    try WireLoop(clock: .real).run(script)
    for event in script.events {
      guard case .failed(_, .notSent) = event else {
        Issue.record("\(event)")
        continue
      }
    }
  }

  @Test(
    "calls unknown whatever may have been seen: a connection that is dropped, cut, half closed, or silent for too long")
  func unknown() throws {
    for path in ["/drop", "/cut", "/half"] {
      guard case .unknown = try Self.failure(path) else {
        Issue.record("\(path)")
        continue
      }
    }
    guard case .unknown = try Self.failure("/never", timeout: 300_000_000) else {
      Issue.record("/never")
      return
    }
  }

  @Test("takes no answer longer than the request allows")
  func tooLarge() throws {
    let event = try Self.one { HTTPRequest(url: "http://\($0)/large", answerBytesMax: 1_000) }
    #expect(event == .failed(call(1), .tooLarge(limit: 1_000)))
  }

  @Test("answers that are late come, and each request is answered once, in whatever order")
  func late() throws {
    let (events, server) = try LoopScript.run(
      { base in
        [.http(call(1), HTTPRequest(url: "http://\(base)/late"))]
          + (2...40).map { .http(call($0), HTTPRequest(url: "http://\(base)/echo")) }
      }, until: { $0.count == 40 })
    let numbers = events.map { event -> UInt64 in
      if case .answered(let number, _) = event { number.rawValue } else { 0 }
    }
    #expect(Set(numbers) == Set(1...40) && numbers.last == 1)
    #expect(server.requestCount == 40)
  }

  @Test("a thousand requests in a row leave no descriptor behind")
  func descriptors() throws {
    func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    _ = try Self.one { HTTPRequest(url: "http://\($0)/echo") }
    let before = try open()
    var base = ""
    var next: UInt64 = 1
    let (events, _) = try LoopScript.run(
      {
        base = $0
        return [.http(call(0), HTTPRequest(url: "http://\($0)/echo"))]
      },
      then: { _ in
        next += 1
        return next > 1_000 ? [] : [.http(call(next), HTTPRequest(url: "http://\(base)/echo"))]
      }, until: { $0.count == 1_000 })
    #expect(events.count == 1_000)
    // Other tests of this process open files of their own meanwhile: far fewer than a leak would.
    #expect(try open() < before + 100)
  }
}
