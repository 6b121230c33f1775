import Market
import Wire

/// WebSockets: opened, closed, cut.
extension Exchange {
  mutating func open(_ number: SocketNumber, target: String, into actions: inout [ServerAction]) {
    let request = ServerRequest(target: target)
    let path = request.path
    var socket: ExchangeSocket
    if path == "/ws-api/v3" {
      socket = ExchangeSocket(number: number, kind: .api, openedAt: time)
      socket.showsLimits = !request.query.split(separator: "&").contains("returnRateLimits=false")
      limits.addWeight(2, at: time)
    } else if path == "/ws" || path.hasPrefix("/ws/") {
      socket = ExchangeSocket(number: number, kind: .streams, openedAt: time)
      // A name that is no stream's, such as /ws/0, is taken and stays silent.
      socket.streams = path.dropFirst(4).split(separator: "/").map(String.init)
    } else if path == "/stream" {
      socket = ExchangeSocket(number: number, kind: .streams, openedAt: time)
      socket.isCombined = true
      let names = request.query.split(separator: "&").first { $0.hasPrefix("streams=") }?.dropFirst(8) ?? ""
      socket.streams = (PercentEncoding.decoded(names) ?? "").split(separator: "/").map(String.init)
    } else {
      actions.append(.closeSocket(number, code: 1008, reason: "there is nothing at this path"))
      return
    }
    sockets.append(socket)
    for rule in faults.step(.socket) {
      switch rule.fault {
      case .mute: mute(number, into: &actions)
      case .cutSockets: drop(number, into: &actions)
      default: break
      }
    }
  }

  mutating func receive(_ text: [UInt8], on number: SocketNumber, into actions: inout [ServerAction]) {
    guard let place = sockets.firstIndex(where: { $0.number == number }) else { return }
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(text)
    } catch {
      sendText(Array(#"{"code":3,"msg":"Invalid JSON"}"#.utf8), to: number, into: &actions)
      return
    }
    switch sockets[place].kind {
    case .streams: control(document.root, place, into: &actions)
    case .api: take(document.root, place, into: &actions)
    }
  }

  func sendText(_ text: [UInt8], to number: SocketNumber, into actions: inout [ServerAction]) {
    guard let socket = sockets.first(where: { $0.number == number }), !socket.isMuted else { return }
    actions.append(.sendText(number, text: text))
  }

  mutating func mute(_ number: SocketNumber, into actions: inout [ServerAction]) {
    guard let place = sockets.firstIndex(where: { $0.number == number }) else { return }
    sockets[place].isMuted = true
    actions.append(.muteSocket(number))
  }

  mutating func drop(_ number: SocketNumber, into actions: inout [ServerAction]) {
    guard sockets.contains(where: { $0.number == number }) else { return }
    sockets.removeAll { $0.number == number }
    deferred.forget(number)
    actions.append(.dropSocket(number))
  }

  mutating func closeSockets(_ numbers: [SocketNumber], reason: String, into actions: inout [ServerAction]) {
    for number in numbers where sockets.contains(where: { $0.number == number }) {
      sockets.removeAll { $0.number == number }
      deferred.forget(number)
      actions.append(.closeSocket(number, code: 1001, reason: reason))
    }
  }

  func expiry(of socket: ExchangeSocket) -> Timestamp {
    socket.openedAt.advanced(byNanos: settings.socketLifetimeNanos)
  }

  mutating func closeOldSockets(into actions: inout [ServerAction]) {
    let old = sockets.filter { expiry(of: $0) <= time }.map(\.number)
    if !old.isEmpty { closeSockets(old, reason: "the connection's time is over", into: &actions) }
  }

  /// Tells every socket that the server will go away, and closes those of now after a while.
  mutating func announceShutdown(after nanos: Int64, into actions: inout [ServerAction]) {
    let event = "{\"e\":\"serverShutdown\",\"E\":\(shownTime.milliseconds)}"
    for socket in sockets {
      let text =
        switch socket.kind {
        case .api: "{\"event\":\(event)}"
        case .streams: socket.isCombined ? "{\"stream\":\"!serverShutdown\",\"data\":\(event)}" : event
        }
      sendText(Array(text.utf8), to: socket.number, into: &actions)
    }
    deferred.add(.closeSockets(sockets.map(\.number)), at: time.advanced(byNanos: nanos))
  }
}
