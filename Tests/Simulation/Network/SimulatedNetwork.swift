import Journal
package import Market
package import Wire

/// The network between a run's machines and one server, with everything that a network does: requests and answers are lost, late or refused, sockets break, hang
/// or say a thing twice. What is said on one connection stays in order, as TCP keeps it; between connections nothing does.
///
/// It keeps `Network`'s contract to both sides: one `.answered` or `.failed` for a call, `.closed` in the end for each socket, `.requestGone` where a client went.
package struct SimulatedNetwork {
  /// A process that talks: after it died nothing reaches it any more, and whoever comes after it has a number of its own.
  package struct Client: Hashable, Sendable {
    package var life: Int
    /// Which of the process's machines.
    package var party: UInt8
    package init(life: Int, party: UInt8) {
      self.life = life
      self.party = party
    }
  }

  package enum Delivery: Sendable {
    case server(ServerEvent)
    case client(Client, WireEvent)
  }

  enum Item {
    case deliver(Delivery)
    case request(RequestNumber, ServerRequest)
    case answer(RequestNumber, HTTPResponse)
    case giveUp(RequestNumber, WireFailure)
    case connect(SocketNumber)
    case text(SocketNumber, toServer: Bool, [UInt8])
    /// The end of a socket is seen by one of its sides.
    case hangUp(SocketNumber, seenByServer: Bool, WireFailure)
  }

  struct Call {
    let client: Client
    let number: CallNumber
    let deadline: Timestamp
    var isOver = false
    /// Whether the server has it.
    var isThere = false
    var answerFault: Fault?
  }

  struct Socket {
    let client: Client
    let number: SocketNumber
    let target: String
    var isOpenHere = true
    var isOpenThere = false
    /// Whether what is sent in a direction vanishes.
    var isDeadUp = false
    var isDeadDown = false
    /// The last instant at which something arrives in a direction.
    var lastUp = Timestamp(nanos: .min)
    var lastDown = Timestamp(nanos: .min)
  }

  private struct ClientSocket: Hashable {
    let client: Client
    let number: SocketNumber
  }

  /// A call or socket without a sign of life for so long is given up, as `Network` does.
  static let silenceNanos: Int64 = 60_000_000_000

  var queue: TimeQueue<Item>
  var random: SplitMix64
  var calls: [Call] = []
  var sockets: [Socket] = []
  private var socketPlaces: [ClientSocket: Int] = [:]
  /// Requests that a server got, texts that went either way: for figures.
  package private(set) var requestCount = 0
  package private(set) var textCount = 0

  package init(_ streams: RandomStreams) {
    queue = TimeQueue(ties: streams["network ties"])
    random = streams["network"]
  }

  /// When something arrives next; nil where nothing is under way.
  package var nextTime: Timestamp? { queue.nextTime }

  /// From one side to the other: mostly some milliseconds.
  mutating func latency() -> Int64 { random.logUniform(1_000_000...40_000_000) }

  // MARK: What a client does

  package mutating func perform(
    _ request: WireRequest, of client: Client, now: Timestamp, _ faults: inout FaultScript
  ) {
    switch request {
    case .http(let number, let http): send(http, number, client, now, &faults)
    case .open(let number, let url): open(url, number, client, now, &faults)
    case .send(let number, let text):
      guard let place = socketPlaces[ClientSocket(client: client, number: number)], sockets[place].isOpenHere else {
        return
      }
      push(text, place, toServer: true, now, &faults)
    case .close(let number):
      guard let place = socketPlaces[ClientSocket(client: client, number: number)], sockets[place].isOpenHere else {
        return
      }
      sockets[place].isOpenHere = false
      queue.insert(.deliver(.client(client, .closed(number, .closedByUs))), at: later(now, latency()))
      if sockets[place].isOpenThere { seeEnd(place, byServer: true, .closedByUs, now) }
    }
  }

  private mutating func send(
    _ http: HTTPRequest, _ number: CallNumber, _ client: Client, _ now: Timestamp, _ faults: inout FaultScript
  ) {
    let deadline = later(now, http.timeoutNanos)
    let own = RequestNumber(rawValue: UInt64(calls.count))
    calls.append(Call(client: client, number: number, deadline: deadline))
    if faults.fires(.connectionRefused) != nil {
      queue.insert(.giveUp(own, .notSent("connection refused")), at: later(now, latency()))
      return
    }
    queue.insert(.giveUp(own, .unknown("no answer in time")), at: deadline)
    if faults.fires(.requestLost) != nil { return }
    var delay = latency()
    if let fault = faults.fires(.requestLate) {
      delay = http.timeoutNanos + fault.number(in: 1_000_000...30_000_000_000)
    }
    calls[calls.count - 1].answerFault = faults.fires(.answerLost) ?? faults.fires(.answerSlow)
    let request = ServerRequest(
      http.method, target: target(of: http.url), headers: http.headers, body: http.body)
    queue.insert(.request(own, request), at: later(now, delay))
  }

  private mutating func open(
    _ url: String, _ number: SocketNumber, _ client: Client, _ now: Timestamp, _ faults: inout FaultScript
  ) {
    if faults.fires(.connectionRefused) != nil {
      queue.insert(
        .deliver(.client(client, .closed(number, .notSent("connection refused")))), at: later(now, latency()))
      return
    }
    socketPlaces[ClientSocket(client: client, number: number)] = sockets.count
    sockets.append(Socket(client: client, number: number, target: target(of: url)))
    queue.insert(.connect(SocketNumber(rawValue: UInt64(sockets.count - 1))), at: later(now, latency()))
  }

  /// Path and query of an absolute URL.
  private func target(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    guard let slash = url[scheme.upperBound...].firstIndex(of: "/") else { return "/" }
    return String(url[slash...])
  }

  // MARK: What the server does

  package mutating func perform(_ action: ServerAction, now: Timestamp, _ faults: inout FaultScript) {
    switch action {
    case .respond(let number, let response):
      guard let call = call(number), !call.isOver else { return }
      answer(number, call, response, now)
    case .respondCut(let number, _, _), .drop(let number), .halfClose(let number):
      guard let call = call(number), !call.isOver else { return }
      queue.insert(.giveUp(number, .unknown("the connection ended before the answer")), at: later(now, latency()))
    case .sendText(let number, let text):
      guard let place = openThere(number) else { return }
      push(text, place, toServer: false, now, &faults)
    case .closeSocket(let number, let code, let reason):
      guard let place = openThere(number) else { return }
      close(place, .closedByPeer(code: code, reason), now)
    case .dropSocket(let number):
      guard let place = openThere(number) else { return }
      close(place, .unknown("connection reset"), now)
    case .muteSocket(let number):
      guard let place = openThere(number) else { return }
      mute(place, now)
    }
  }

  private mutating func answer(_ number: RequestNumber, _ call: Call, _ response: HTTPResponse, _ now: Timestamp) {
    var delay = latency()
    switch call.answerFault?.kind {
    case .answerLost: return
    case .answerSlow: delay = call.answerFault?.number(in: 1_000_000_000...15_000_000_000) ?? delay
    default: break
    }
    queue.insert(.answer(number, response), at: later(now, delay))
  }

  /// The server has closed or cut a socket: the client sees it behind everything that is on its way.
  private mutating func close(_ place: Int, _ failure: WireFailure, _ now: Timestamp) {
    sockets[place].isOpenThere = false
    let number = SocketNumber(rawValue: UInt64(place))
    queue.insert(.deliver(.server(.socketClosed(number))), at: now)
    if sockets[place].isOpenHere, !sockets[place].isDeadDown { seeEnd(place, byServer: false, failure, now) }
  }

  private mutating func mute(_ place: Int, _ now: Timestamp) {
    sockets[place].isDeadDown = true
    let number = SocketNumber(rawValue: UInt64(place))
    queue.insert(
      .hangUp(number, seenByServer: false, .unknown("silent for a minute")),
      at: later(now, SimulatedNetwork.silenceNanos))
  }

  private func call(_ number: RequestNumber) -> Call? {
    number.rawValue < UInt64(calls.count) ? calls[Int(number.rawValue)] : nil
  }

  private func openThere(_ number: SocketNumber) -> Int? {
    guard number.rawValue < UInt64(sockets.count), sockets[Int(number.rawValue)].isOpenThere else { return nil }
    return Int(number.rawValue)
  }

  // MARK: What the network does

  private mutating func push(
    _ text: [UInt8], _ place: Int, toServer: Bool, _ now: Timestamp, _ faults: inout FaultScript
  ) {
    let number = SocketNumber(rawValue: UInt64(place))
    if faults.fires(.disconnected) != nil {
      // Both sides see it soon; what is on its way is lost.
      sockets[place].isDeadUp = true
      sockets[place].isDeadDown = true
      seeEnd(place, byServer: true, .unknown("connection reset"), now)
      seeEnd(place, byServer: false, .unknown("connection reset"), now)
      return
    }
    if faults.fires(.halfOpen) != nil, !sockets[place].isDeadDown {
      sockets[place].isDeadUp = true
      mute(place, now)
      queue.insert(
        .hangUp(number, seenByServer: true, .unknown("silent")), at: later(now, SimulatedNetwork.silenceNanos * 3 / 2))
    }
    if toServer ? sockets[place].isDeadUp : sockets[place].isDeadDown { return }
    var delay = latency()
    if let fault = faults.fires(.textSlow) { delay = fault.number(in: 100_000_000...12_000_000_000) }
    let count = !toServer && faults.fires(.textRepeated) != nil ? 2 : 1
    for _ in 0..<count {
      queue.insert(.text(number, toServer: toServer, text), at: inOrder(place, toServer, now, delay))
    }
  }

  /// Behind everything that was sent before in the same direction.
  private mutating func inOrder(_ place: Int, _ up: Bool, _ now: Timestamp, _ delay: Int64) -> Timestamp {
    let last = up ? sockets[place].lastUp : sockets[place].lastDown
    let time = max(later(now, delay), later(last, 1))
    if up { sockets[place].lastUp = time } else { sockets[place].lastDown = time }
    return time
  }

  /// Lets one side of a socket see its end, behind what is on its way to it.
  private mutating func seeEnd(_ place: Int, byServer: Bool, _ failure: WireFailure, _ now: Timestamp) {
    queue.insert(
      .hangUp(SocketNumber(rawValue: UInt64(place)), seenByServer: byServer, failure),
      at: inOrder(place, byServer, now, latency()))
  }

  /// Ends the connections of a process that died. What it sent last may still arrive.
  package mutating func die(life: Int, now: Timestamp) {
    for place in sockets.indices where sockets[place].client.life == life && sockets[place].isOpenHere {
      sockets[place].isOpenHere = false
      if sockets[place].isOpenThere { seeEnd(place, byServer: true, .closedByUs, now) }
    }
    for place in calls.indices where calls[place].client.life == life && !calls[place].isOver {
      queue.insert(
        .giveUp(RequestNumber(rawValue: UInt64(place)), .closedByUs), at: later(now, latency()))
    }
  }

  /// Takes what arrives next; nil for what nobody is to be told.
  ///
  /// - Precondition: something is under way.
  package mutating func next() -> (time: Timestamp, delivery: Delivery?) {
    guard let (time, item) = queue.takeFirst() else { preconditionFailure("something is under way") }
    return (time, take(item, time))
  }

  private mutating func take(_ item: Item, _ time: Timestamp) -> Delivery? {
    switch item {
    case .deliver(let delivery): return delivery
    case .request(let number, let request):
      // Bytes that are under way arrive, whether or not somebody still waits for an answer.
      calls[Int(number.rawValue)].isThere = true
      requestCount += 1
      if calls[Int(number.rawValue)].isOver {
        queue.insert(.deliver(.server(.requestGone(number))), at: later(time, 1))
      }
      return .server(.request(number, request))
    case .answer(let number, let response):
      let call = calls[Int(number.rawValue)]
      if call.isOver { return nil }
      calls[Int(number.rawValue)].isOver = true
      return .client(call.client, .answered(call.number, response))
    case .giveUp(let number, let failure):
      let call = calls[Int(number.rawValue)]
      if call.isOver { return nil }
      calls[Int(number.rawValue)].isOver = true
      if call.isThere { queue.insert(.deliver(.server(.requestGone(number))), at: later(time, latency())) }
      return .client(call.client, .failed(call.number, failure))
    case .connect(let number):
      let place = Int(number.rawValue)
      sockets[place].isOpenThere = true
      if !sockets[place].isOpenHere {
        seeEnd(place, byServer: true, .closedByUs, time)
      } else {
        queue.insert(
          .deliver(.client(sockets[place].client, .opened(sockets[place].number))),
          at: inOrder(place, false, time, latency()))
      }
      return .server(.socketOpened(number, target: sockets[place].target))
    case .text(let number, let toServer, let text):
      let socket = sockets[Int(number.rawValue)]
      textCount += 1
      if toServer { return socket.isOpenThere && !socket.isDeadUp ? .server(.socketText(number, text: text)) : nil }
      guard socket.isOpenHere, !socket.isDeadDown else { return nil }
      return .client(socket.client, .received(socket.number, text: text))
    case .hangUp(let number, let byServer, let failure):
      let place = Int(number.rawValue)
      if byServer {
        guard sockets[place].isOpenThere else { return nil }
        sockets[place].isOpenThere = false
        return .server(.socketClosed(number))
      }
      guard sockets[place].isOpenHere else { return nil }
      sockets[place].isOpenHere = false
      if sockets[place].isOpenThere { seeEnd(place, byServer: true, failure, time) }
      return .client(sockets[place].client, .closed(sockets[place].number, failure))
    }
  }

  func later(_ time: Timestamp, _ nanos: Int64) -> Timestamp {
    let (sum, overflows) = time.nanos.addingReportingOverflow(nanos)
    return Timestamp(nanos: overflows ? .max : sum)
  }
}
