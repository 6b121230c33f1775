import Market
import Wire

/// The WebSocket API: the calls of REST under other names, sessions, and user data.
extension Exchange {
  mutating func take(_ root: JSONValue, _ place: Int, into actions: inout [ServerAction]) {
    let socket = sockets[place]
    let id = root["id"].map(Self.echo) ?? Array("null".utf8)
    let parameters: Parameters
    let method: String
    do throws(CallError) {
      guard let name = root["method"]?.string else { throw .missing("method") }
      method = name.hasPrefix("v3/") ? String(name.dropFirst(3)) : name
      parameters = try Parameters(root["params"])
    } catch {
      sendText(frame(answer(error), id: id, showsLimits: socket.showsLimits), to: socket.number, into: &actions)
      return
    }
    var showsLimits = socket.showsLimits
    if let wish = parameters["returnRateLimits"] { showsLimits = wish != "false" }
    let origin = Call.Origin.socket(socket.number, id: id, showsLimits: showsLimits)
    if let operation = Operation.named(method) {
      var call = signed(origin, .binance(operation), parameters)
      if call.apiKey == nil, let key = socket.apiKey {
        call.apiKey = key
        call.isLoggedOn = true
      }
      take(call, into: &actions)
      return
    }
    let reply: Answer
    do throws(CallError) {
      reply = Answer(body: try performSession(method, signed(origin, .page(path: method), parameters), place))
    } catch {
      reply = answer(error)
    }
    limits.addWeight(2, at: time)
    sendText(frame(reply, id: id, showsLimits: showsLimits), to: socket.number, into: &actions)
  }

  /// The payload is every parameter but the signature, sorted by name, not percent-encoded.
  private func signed(_ origin: Call.Origin, _ subject: Call.Subject, _ parameters: Parameters) -> Call {
    var call = Call(origin: origin, subject: subject, parameters: parameters)
    call.apiKey = parameters["apiKey"]
    call.signature = parameters["signature"]
    let pairs = parameters.pairs.filter { $0.name != "signature" }.sorted { $0.name < $1.name }
    call.payload = Array(pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&").utf8)
    return call
  }

  private mutating func performSession(_ method: String, _ call: Call, _ place: Int) throws(CallError) -> [UInt8] {
    var json = JSONOutput()
    switch method {
    case "session.logon":
      try authorise(call)
      guard call.apiKey == settings.keys.ed25519Key else {
        throw CallError(-4056, "HMAC_SHA256 API key is not supported.")
      }
      sockets[place].apiKey = call.apiKey
      writeSession(place, to: &json)
    case "session.status": writeSession(place, to: &json)
    case "session.logout":
      sockets[place].apiKey = nil
      writeSession(place, to: &json)
    case "session.subscriptions":
      json.openArray()
      for subscription in sockets[place].subscriptions {
        json.openObject()
        json.integer("subscriptionId", subscription)
        json.closeObject()
      }
      json.closeArray()
    case "userDataStream.subscribe":
      guard sockets[place].apiKey != nil else {
        throw CallError(-2015, "Invalid API-key, IP, or permissions for action.", status: 401)
      }
      try subscribe(place, to: &json)
    case "userDataStream.subscribe.signature":
      try authorise(call)
      try subscribe(place, to: &json)
    case "userDataStream.unsubscribe":
      let wanted = try call.parameters.integer("subscriptionId")
      guard sockets[place].subscriptions.contains(where: { $0 == wanted ?? $0 }) else {
        throw CallError(-2036, "User Data Stream subscription not found.")
      }
      sockets[place].subscriptions.removeAll { $0 == wanted ?? $0 }
      json.openObject()
      json.closeObject()
    case "userDataStream.start", "userDataStream.ping", "userDataStream.stop":
      throw CallError(-1000, "This method has been retired.", status: 410)
    default: throw CallError(-1100, "Unknown method '\(method)'.")
    }
    return json.bytes
  }

  private func authorise(_ call: Call) throws(CallError) {
    try checkSignature(call)
    guard let sent = try call.parameters.time("timestamp") else { throw .missing("timestamp") }
    try checkTime(sent, call.parameters)
  }

  /// The exchange has one account, so a connection has one subscription.
  private mutating func subscribe(_ place: Int, to json: inout JSONOutput) throws(CallError) {
    guard sockets[place].subscriptions.isEmpty else {
      throw CallError(-2035, "User Data Stream subscription already active.")
    }
    let subscription = sockets[place].nextSubscription
    sockets[place].nextSubscription += 1
    sockets[place].subscriptions.append(subscription)
    json.openObject()
    json.integer("subscriptionId", subscription)
    json.closeObject()
  }

  private func writeSession(_ place: Int, to json: inout JSONOutput) {
    let socket = sockets[place]
    json.openObject()
    if let key = socket.apiKey {
      json.string("apiKey", key)
      json.time("authorizedSince", socket.openedAt)
    } else {
      json.null("apiKey")
      json.null("authorizedSince")
    }
    json.time("connectedSince", socket.openedAt)
    json.bool("returnRateLimits", socket.showsLimits)
    json.time("serverTime", shownTime)
    json.bool("userDataStream", !socket.subscriptions.isEmpty)
    json.closeObject()
  }
}
