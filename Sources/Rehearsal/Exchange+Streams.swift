import Market
import Wire

/// Market streams: what is followed, and what is pushed.
extension Exchange {
  /// SUBSCRIBE and its kin; the id comes back as it was sent.
  mutating func control(_ root: JSONValue, _ place: Int, into actions: inout [ServerAction]) {
    let number = sockets[place].number
    let id = root["id"].map(Self.echo) ?? Array("null".utf8)
    let names = root["params"]?.items.compactMap(\.string) ?? []
    var json = JSONOutput()
    json.openObject()
    switch root["method"]?.string {
    case "SUBSCRIBE":
      for name in names where !sockets[place].streams.contains(name) { sockets[place].streams.append(name) }
      json.null("result")
    case "UNSUBSCRIBE":
      sockets[place].streams.removeAll { names.contains($0) }
      json.null("result")
    case "LIST_SUBSCRIPTIONS":
      json.openArray("result")
      for name in sockets[place].streams { json.string(nil, name) }
      json.closeArray()
    case "SET_PROPERTY":
      if let isCombined = root["params"]?[1]?.bool { sockets[place].isCombined = isCombined }
      json.null("result")
    case "GET_PROPERTY": json.bool("result", sockets[place].isCombined)
    default:
      json.integer("code", 2)
      json.string("msg", "Invalid request: unknown method")
    }
    json.raw("id", id)
    json.closeObject()
    sendText(json.bytes, to: number, into: &actions)
  }

  /// An id as JSON again: a number as it was written, everything else as text; null where it is none.
  static func echo(_ value: JSONValue) -> [UInt8] {
    var json = JSONOutput()
    switch value.kind {
    case .number: return Array((value.scalarText ?? "null").utf8)
    case .string: json.string(nil, value.string ?? "")
    case .null, .boolTrue, .boolFalse, .array, .object: json.null()
    }
    return json.bytes
  }

  /// What a moment of the market is to those who follow it.
  mutating func pushKlines(_ moment: MarketTape.Moment, into actions: inout [ServerAction]) {
    let listing = tape.listings[moment.listing]
    let prefix = listing.symbol.lowercased() + "@"
    var names: [String] = []
    for socket in sockets where socket.kind == .streams {
      for name in socket.streams where name.hasPrefix(prefix) && !names.contains(name) { names.append(name) }
    }
    for name in names.sorted() {
      let kind = name.dropFirst(prefix.count)
      if kind == "bookTicker" {
        publish(StreamMessage(stream: name, data: bookTicker(moment.listing)), into: &actions)
      } else if kind.hasPrefix("kline_"), let interval = KlineInterval(String(kind.dropFirst(6))) {
        pushKline(moment, name, String(kind.dropFirst(6)), interval, into: &actions)
      }
    }
  }

  private mutating func pushKline(
    _ moment: MarketTape.Moment, _ name: String, _ word: String, _ interval: KlineInterval,
    into actions: inout [ServerAction]
  ) {
    guard
      let kline = tape.klines(moment.listing, interval, from: nil, through: nil, limit: 1).last
    else { return }
    let isClosed = moment.phase == .closes && kline.closeTime <= tape.bars[moment.listing][moment.bar].knownAt
    if !isClosed, !settings.pushesRunningBars { return }
    let rules = faults.step(isClosed ? .klineClose : .klineUpdate)
    if let wrong = rules.first(where: { $0.fault == .wrongPrice }) { distortion.factorMillis = wrong.number }
    let data = klineEvent(distorted(kline), moment.listing, word, isClosed: isClosed)
    distortion = PriceDistortion()
    let message = StreamMessage(stream: name, data: data)
    deliver(message, rules, into: &actions)
  }

  /// Sends a message as its faults have it.
  private mutating func deliver(
    _ message: StreamMessage, _ rules: [FaultRule], into actions: inout [ServerAction]
  ) {
    var copies = 1
    for rule in rules {
      switch rule.fault {
      case .skip: copies = 0
      case .duplicateMessage: copies = 2
      case .reorder:
        if heldKline == nil {
          heldKline = message
          return
        }
      case .late:
        for action in frames(message) {
          deferred.add(.action(action), at: time.advanced(byNanos: rule.nanos))
        }
        copies = 0
      case .cutSockets:
        for number in followers(message.stream) { drop(number, into: &actions) }
        copies = 0
      case .mute:
        for number in followers(message.stream) { mute(number, into: &actions) }
        copies = 0
      case .serverShutdown: announceShutdown(after: rule.nanos, into: &actions)
      default: break
      }
    }
    for _ in 0..<copies { publish(message, into: &actions) }
    if let held = heldKline {
      heldKline = nil
      publish(held, into: &actions)
    }
  }

  private func followers(_ stream: String) -> [SocketNumber] {
    sockets.filter { $0.kind == .streams && $0.streams.contains(stream) }.map(\.number)
  }

  private func publish(_ message: StreamMessage, into actions: inout [ServerAction]) {
    actions += frames(message)
  }

  private func frames(_ message: StreamMessage) -> [ServerAction] {
    var found: [ServerAction] = []
    for socket in sockets where socket.kind == .streams && !socket.isMuted && socket.streams.contains(message.stream) {
      if socket.isCombined {
        var json = JSONOutput()
        json.openObject()
        json.string("stream", message.stream)
        json.raw("data", message.data)
        json.closeObject()
        found.append(.sendText(socket.number, text: json.bytes))
      } else {
        found.append(.sendText(socket.number, text: message.data))
      }
    }
    return found
  }

  private func klineEvent(_ kline: Kline, _ listing: Int, _ interval: String, isClosed: Bool) -> [UInt8] {
    let symbol = tape.listings[listing].symbol
    var json = JSONOutput()
    json.openObject()
    json.string("e", "kline")
    json.time("E", shownTime)
    json.string("s", symbol)
    json.openObject("k")
    json.time("t", kline.openTime)
    json.integer("T", kline.closeTime.milliseconds - 1)
    json.string("s", symbol)
    json.string("i", interval)
    json.integer("f", kline.firstTrade)
    json.integer("L", kline.lastTrade)
    json.amount("o", kline.open)
    json.amount("c", kline.close)
    json.amount("h", kline.high)
    json.amount("l", kline.low)
    json.amount("v", kline.volume)
    json.integer("n", kline.tradeCount)
    json.bool("x", isClosed)
    json.amount("q", kline.quoteVolume)
    json.amount("V", Int128(kline.volume.nanos / 2))
    json.amount("Q", kline.quoteVolume / 2)
    json.string("B", "0")
    json.closeObject()
    json.closeObject()
    return json.bytes
  }

  private func bookTicker(_ listing: Int) -> [UInt8] {
    let instrument = tape.listings[listing].instrument
    let price = tape.lastPrice(listing) ?? .zero
    var json = JSONOutput()
    json.openObject()
    json.integer("u", time.milliseconds)
    json.string("s", tape.listings[listing].symbol)
    json.amount("b", price)
    json.amount("B", instrument.lotSize)
    json.amount("a", Int128(price.nanos) + Int128(instrument.tickSize.nanos))
    json.amount("A", instrument.lotSize)
    json.closeObject()
    return json.bytes
  }
}
