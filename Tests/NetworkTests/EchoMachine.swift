import Market
import Wire

/// A server for tests: what a request's path says is done to it.
struct EchoMachine: ServerMachine {
  var wakeAt: Timestamp? { delayed.map(\.at).min() }
  private var delayed: [(at: Timestamp, action: ServerAction)] = []
  private(set) var requestCount = 0
  private(set) var goneCount = 0
  private(set) var openCount = 0
  private(set) var closedCount = 0

  mutating func wake(now: Timestamp, into actions: inout [ServerAction]) {
    actions += delayed.filter { $0.at <= now }.map(\.action)
    delayed.removeAll { $0.at <= now }
  }

  mutating func receive(_ event: ServerEvent, now: Timestamp, into actions: inout [ServerAction]) {
    switch event {
    case .request(let number, let request):
      requestCount += 1
      let answer = HTTPResponse(
        status: 200, headers: [HTTPHeader("Content-Type", "text/plain"), HTTPHeader("X-Query", request.query)],
        body: request.body.isEmpty ? Array(request.method.rawValue.utf8) : request.body)
      switch request.path {
      case "/drop": actions.append(.drop(number))
      case "/half": actions.append(.halfClose(number))
      case "/cut": actions.append(.respondCut(number, HTTPResponse(status: 200, body: [1, 2, 3, 4]), bodyBytes: 2))
      case "/late": delayed.append((Timestamp(nanos: now.nanos + 200_000_000), .respond(number, answer)))
      case "/never": break
      case "/large":
        actions.append(.respond(number, HTTPResponse(status: 200, body: [UInt8](repeating: 7, count: 5_000))))
      case "/moved":
        actions.append(.respond(number, HTTPResponse(status: 302, headers: [HTTPHeader("Location", "/echo")])))
      case "/broken": actions.append(.respond(number, HTTPResponse(status: 502, body: Array("<html>".utf8))))
      default: actions.append(.respond(number, answer))
      }
    case .requestGone: goneCount += 1
    case .socketOpened(let number, let target):
      openCount += 1
      if target == "/mute" { actions.append(.muteSocket(number)) }
      if target == "/close" { actions.append(.closeSocket(number, code: 1_012, reason: "restarting")) }
      if target == "/cut" { actions.append(.dropSocket(number)) }
    case .socketText(let number, let text):
      if text.elementsEqual("bye".utf8) {
        actions.append(.dropSocket(number))
      } else {
        actions.append(.sendText(number, text: text))
      }
    case .socketClosed: closedCount += 1
    }
  }
}
