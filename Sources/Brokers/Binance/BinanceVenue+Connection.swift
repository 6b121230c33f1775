import Events
import Market
import Wire

/// One connection to the WebSocket API.
struct BinanceLink: Hashable, Sendable {
  enum Phase: Hashable, Sendable {
    case opening
    /// Clocks, rules, subscription, in this order.
    case comparing
    case reading
    case subscribing
    /// Reports arrive. It is replaced from then on.
    case live(renewAt: Timestamp)
    /// Another has taken over; closed when nothing is in flight on it, at the latest then.
    case retiring(closeAt: Timestamp)
    case closing
  }

  var socket: SocketNumber
  var phase: Phase
  /// What can't be done by then closes it.
  var deadline: Timestamp

  var isLive: Bool {
    switch phase {
    case .live: true
    case .opening, .comparing, .reading, .subscribing, .retiring, .closing: false
    }
  }

  /// On its way to being live.
  var isComing: Bool {
    switch phase {
    case .opening, .comparing, .reading, .subscribing: true
    case .live, .retiring, .closing: false
    }
  }

  var dueAt: Timestamp? {
    switch phase {
    case .opening, .comparing, .reading, .subscribing: deadline
    case .live(let renewAt): renewAt
    case .retiring(let closeAt): closeAt
    case .closing: nil
    }
  }

  mutating func shiftTimes(by nanos: Int64) {
    deadline = deadline.shifted(nanos)
    switch phase {
    case .live(let renewAt): phase = .live(renewAt: renewAt.shifted(nanos))
    case .retiring(let closeAt): phase = .retiring(closeAt: closeAt.shifted(nanos))
    case .opening, .comparing, .reading, .subscribing, .closing: break
    }
  }
}

extension BinanceVenue {
  /// The exchange cuts a connection at 24 h: it is renewed between 22 and 23 h, at random.
  static let renewNanos: Int64 = 22 * 3_600_000_000_000
  static let renewSpreadNanos: Int64 = 3_600_000_000_000
  static let setupNanos: Int64 = 30_000_000_000
  static let compareNanos: Int64 = 600_000_000_000
  static let toldFailuresMax = 16

  mutating func advanceLinks(_ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    for index in links.indices {
      switch links[index].phase {
      case .opening, .comparing, .reading, .subscribing:
        if links[index].deadline <= now { fail(links[index].socket, "it was not there within 30 s", into: &out) }
      case .live(let renewAt):
        if renewAt <= now, !links.contains(where: \.isComing), connectAt == nil { connectAt = now }
      case .retiring(let closeAt):
        let socket = links[index].socket
        if closeAt <= now || !flights.contains(where: { $0.socket == socket }) { close(index, into: &out) }
      case .closing: break
      }
    }
    if let time = connectAt, time <= now, !links.contains(where: \.isComing) {
      connectAt = nil
      let socket = SocketNumber(rawValue: newNumber())
      links.append(BinanceLink(socket: socket, phase: .opening, deadline: now.shifted(Self.setupNanos)))
      out.requests.append(.open(socket, url: configuration.webSocketURL))
    }
  }

  private mutating func close(_ index: Int, into out: inout WireOutbox<VenueMessage>) {
    links[index].phase = .closing
    out.requests.append(.close(links[index].socket))
  }

  mutating func opened(_ socket: SocketNumber, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    guard let index = links.firstIndex(where: { $0.socket == socket }), links[index].phase == .opening else { return }
    links[index].phase = .comparing
    setUp(BinanceRequest(.time), on: socket, now, into: &out)
  }

  /// The next call of a connection that comes up. These go before all others and are counted, but not held back: a connection that waits for its turn doesn't come.
  private mutating func setUp(
    _ request: BinanceRequest, on socket: SocketNumber, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    _ = limits.take(request.method, serverTime: serverTime(now))
    if !send(request, for: .link(socket), on: socket, now, into: &out) {
      fail(socket, "a request could not be signed", into: &out)
    }
  }

  /// An answer to a call that brings up a connection.
  mutating func landed(
    _ flight: BinanceFlight, on socket: SocketNumber, _ reply: BinanceReply, _ now: Timestamp,
    into out: inout WireOutbox<VenueMessage>
  ) {
    guard let index = links.firstIndex(where: { $0.socket == socket }) else { return }
    guard reply.verdict == .done, let result = reply.result else {
      let why = "\(flight.method.rawValue) was answered with \(reply.status) \(reply.code ?? 0) \(reply.text)"
      if !toldFailures.contains(why) { tellRefusal(reply, flight.method, now, into: &out) }
      fail(socket, why, into: &out)
      return
    }
    do throws(JSONFieldError) {
      switch links[index].phase {
      case .comparing:
        try compared(result, flight, now, into: &out)
        links[index].phase = .reading
        setUp(
          BinanceRequest(.exchangeInfo, symbols: configuration.instruments.map(\.symbol)), on: socket, now, into: &out)
      case .reading:
        try readRules(result, now)
        links[index].phase = .subscribing
        setUp(BinanceRequest(.subscribe), on: socket, now, into: &out)
      case .subscribing:
        links[index].phase = .live(renewAt: now.shifted(Self.renewNanos + backoff.part(of: Self.renewSpreadNanos)))
        subscribed(index, now, into: &out)
      case .opening, .live, .retiring, .closing: break  // Late: the connection has moved on without it.
      }
    } catch {
      out.messages.append(.notice(.invalidAnswer, .error, text: "\(flight.method.rawValue): \(error)"))
      fail(socket, "\(flight.method.rawValue): \(error)", into: &out)
    }
  }

  private mutating func fail(_ socket: SocketNumber, _ why: String, into out: inout WireOutbox<VenueMessage>) {
    guard let index = links.firstIndex(where: { $0.socket == socket }), links[index].phase != .closing else { return }
    tellFailure(why, into: &out)
    close(index, into: &out)
  }

  /// A connection is tried again and again, for hours where need be: the same reason is no news.
  private mutating func tellFailure(_ why: String, into out: inout WireOutbox<VenueMessage>) {
    if toldFailures.contains(why) || toldFailures.count >= Self.toldFailuresMax { return }
    toldFailures.append(why)
    out.messages.append(
      .notice(.disconnected, .warning, text: "a connection to \(configuration.webSocketURL) did not come up: \(why)"))
  }

  private mutating func subscribed(_ index: Int, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    backoff.reset()
    toldFailures = []
    let socket = links[index].socket
    for other in links.indices where links[other].isLive && links[other].socket != socket {
      links[other].phase = .retiring(closeAt: now.shifted(configuration.timeoutNanos))
    }
    compareAt = now.shifted(Self.compareNanos)
    if !isAnnounced {
      isAnnounced = true
      out.messages.append(.connected)
    }
    advanceLinks(now, into: &out)
  }

  mutating func closed(
    _ socket: SocketNumber, _ why: WireFailure, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    guard let index = links.firstIndex(where: { $0.socket == socket }) else { return }
    let link = links.remove(at: index)
    // Which of them arrived is not known.
    for flight in flights where flight.socket == socket {
      lose(flight.number, .unknown("the connection was lost"), now, into: &out)
    }
    if link.isLive || link.phase == .closing, isAnnounced, !links.contains(where: \.isLive) {
      isAnnounced = false
      out.messages.append(.disconnected(why.words))
    }
    if link.isComing { tellFailure(why.words, into: &out) }
    if !links.contains(where: { $0.isLive || $0.isComing }), connectAt == nil {
      connectAt = now.shifted(backoff.next())
    }
    advanceLinks(now, into: &out)
  }

  /// A user event, or word that this connection ends.
  mutating func heard(
    _ event: BinanceUserEvent, on socket: SocketNumber, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    switch event {
    case .report(let report): tell(report, into: &out)
    case .balances, .other: break
    case .shutdown:
      // Still subscribed: the next connection takes over without a gap.
      if let index = links.firstIndex(where: { $0.socket == socket }), links[index].isLive {
        links[index].phase = .live(renewAt: now)
        advanceLinks(now, into: &out)
      }
    case .terminated:
      guard let index = links.firstIndex(where: { $0.socket == socket }), links[index].isLive else { return }
      close(index, into: &out)
      if isAnnounced, !links.contains(where: \.isLive) {
        isAnnounced = false
        out.messages.append(.disconnected("the exchange ended the subscription"))
      }
    }
  }

  // MARK: Clock and rules

  mutating func compareClocks(_ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    guard let socket = links.last(where: \.isLive)?.socket else { return }
    if flights.contains(where: { $0.purpose == .clock }) { return }
    _ = limits.take(.time, serverTime: serverTime(now))
    _ = send(BinanceRequest(.time), for: .clock, on: socket, now, into: &out)
  }

  /// The exchange read its clock somewhere between question and answer: the middle is off by at most half of the round trip.
  mutating func compared(
    _ result: JSONValue, _ flight: BinanceFlight, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) throws(JSONFieldError) {
    let server = try result.milliseconds("serverTime")
    let middle = Timestamp(nanos: flight.sentAt.nanos / 2 + now.nanos / 2)
    let offset = server.shifted(-middle.nanos).nanos
    let change = Timestamp(nanos: offset).shifted(hasOffset ? -offsetNanos : 0).nanos
    if change.magnitude > 1_000_000_000 {
      out.messages.append(
        .notice(.clockSkew, .warning, text: "the exchange's clock is \(FixedPoint.text(nanos: offset)) s ahead of ours")
      )
    }
    offsetNanos = offset
    hasOffset = true
    compareAt = now.shifted(Self.compareNanos)
  }

  private mutating func readRules(_ result: JSONValue, _ now: Timestamp) throws(JSONFieldError) {
    var fresh: [SymbolRules] = []
    for symbol in try result.array("symbols") {
      let name = try symbol.string("symbol")
      if configuration.instruments.contains(where: { $0.symbol == name }) { fresh.append(try SymbolRules(symbol)) }
    }
    rules = fresh
    limits.read(try result.array("rateLimits"), serverTime: serverTime(now))
  }
}
