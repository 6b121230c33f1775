import Events
import Feeds
import Market
import Wire

@testable import Rehearsal

/// A feed and the exchange that it reads, joined without a network: what one asks the other gets at once, time passes where a test lets it.
struct FeedLink<Machine: WireMachine> where Machine.Message == FeedMessage {
  var exchange: Exchange
  var machine: Machine
  var now: Timestamp
  private(set) var bars: [Bar] = []
  private(set) var notices: [FeedNotice] = []
  private(set) var warmedUpAfter: Int?
  /// Answers requests to `http://y`, where there is one: a source of its own.
  var other: Exchange?
  private var actions: [ServerAction] = []
  private var out = WireOutbox<FeedMessage>()
  private var nextRequest: UInt64 = 1
  private var calls: [RequestNumber: CallNumber] = [:]
  private var open: Set<SocketNumber> = []
  /// Requests whose path holds this are not answered by anybody.
  var deadPath: String?
  var isNetworkDown = false

  init(_ exchange: Exchange, other: Exchange? = nil, _ machine: Machine, at now: Timestamp) {
    self.exchange = exchange
    self.other = other
    self.machine = machine
    self.now = now
    self.exchange.wake(now: now, into: &actions)
    self.other?.wake(now: now, into: &actions)
    self.machine.wake(now: now, into: &out)
    settle()
  }

  /// Carries everything to and fro until nobody has anything more to say.
  private mutating func settle() {
    while !actions.isEmpty || !out.requests.isEmpty || !out.messages.isEmpty {
      for message in out.messages {
        switch message {
        case .bar(let bar): bars.append(bar)
        case .notice(let notice): notices.append(notice)
        case .warmedUp: warmedUpAfter = bars.count
        case .ended: break
        }
      }
      let requests = out.requests
      out.removeAll()
      for request in requests { carry(request) }
      let answers = actions
      actions.removeAll()
      for action in answers { carry(action) }
    }
  }

  private mutating func carry(_ request: WireRequest) {
    switch request {
    case .http(let call, let request):
      let target = request.url.replacing("http://x", with: "").replacing("http://y", with: "")
      if isNetworkDown || deadPath.map({ target.contains($0) }) ?? false {
        machine.receive(.failed(call, .notSent("down")), now: now, into: &out)
        return
      }
      let number = RequestNumber(rawValue: nextRequest)
      nextRequest += 1
      calls[number] = call
      let asked = ServerEvent.request(
        number, ServerRequest(request.method, target: target, headers: request.headers, body: request.body))
      if other != nil, request.url.hasPrefix("http://y") {
        other?.receive(asked, now: now, into: &actions)
      } else {
        exchange.receive(asked, now: now, into: &actions)
      }
    case .open(let socket, let url):
      if isNetworkDown || deadPath.map({ url.contains($0) }) ?? false {
        machine.receive(.closed(socket, .notSent("down")), now: now, into: &out)
        return
      }
      open.insert(socket)
      exchange.receive(
        .socketOpened(socket, target: url.replacing("ws://x:1", with: "").replacing("ws://x", with: "")), now: now,
        into: &actions)
      machine.receive(.opened(socket), now: now, into: &out)
    case .send(let socket, let text):
      if open.contains(socket) { exchange.receive(.socketText(socket, text: text), now: now, into: &actions) }
    case .close(let socket):
      if open.remove(socket) != nil {
        exchange.receive(.socketClosed(socket), now: now, into: &actions)
        machine.receive(.closed(socket, .closedByUs), now: now, into: &out)
      }
    }
  }

  private mutating func carry(_ action: ServerAction) {
    switch action {
    case .respond(let number, let response):
      if let call = calls.removeValue(forKey: number) {
        machine.receive(.answered(call, response), now: now, into: &out)
      }
    case .respondCut(let number, _, _), .drop(let number), .halfClose(let number):
      if let call = calls.removeValue(forKey: number) {
        machine.receive(.failed(call, .unknown("cut")), now: now, into: &out)
      }
    case .sendText(let socket, let text):
      if open.contains(socket), !isNetworkDown { machine.receive(.received(socket, text: text), now: now, into: &out) }
    case .closeSocket(let socket, let code, let reason):
      if open.remove(socket) != nil {
        machine.receive(.closed(socket, .closedByPeer(code: code, reason)), now: now, into: &out)
      }
    case .dropSocket(let socket):
      if open.remove(socket) != nil { machine.receive(.closed(socket, .unknown("cut")), now: now, into: &out) }
    case .muteSocket: break
    }
  }

  /// Cuts every WebSocket.
  mutating func cutSockets() {
    for socket in open.sorted(by: { $0.rawValue < $1.rawValue }) {
      open.remove(socket)
      exchange.receive(.socketClosed(socket), now: now, into: &actions)
      machine.receive(.closed(socket, .unknown("cut")), now: now, into: &out)
    }
    settle()
  }

  mutating func pass(_ nanos: Int64) {
    let end = now.advanced(byNanos: nanos)
    while true {
      let due = [exchange.wakeAt, other?.wakeAt, machine.wakeAt].compactMap { $0 }.min()
      guard let due, due <= end else { break }
      now = max(now, due)
      if let at = exchange.wakeAt, at <= now { exchange.wake(now: now, into: &actions) }
      if let at = other?.wakeAt, at <= now { other?.wake(now: now, into: &actions) }
      if let at = machine.wakeAt, at <= now { machine.wake(now: now, into: &out) }
      settle()
    }
    now = end
  }
}
