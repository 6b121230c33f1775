import Events
public import Market
public import Wire

/// Closed bars of Binance: one combined kline stream, and REST for history and for what the stream has missed.
///
/// 1. A bar is what a message with `x: true` says, or a row of REST that another row follows, or whose end had passed by the exchange's own clock when it was asked for. The running bar is never taken:
///    an answer may be under way while a bar ends, and then shows it as it stood before.
/// 2. Nothing is replayed by a stream: after every (re)connect, and where a bar of an instrument doesn't follow the last, bars are fetched from the last one on. Until all fetches are
///    through, what the stream brings waits, so that bars leave in the order of their times over all instruments.
/// 3. A bar that was fetched is historical, unless it ended no longer ago than `freshNanos`: then the run may still act on it. One that the stream brought is so, too, where it
///    came so late, or had to wait so long for a fetch, that by the exchange's clock another one has ended behind it.
/// 4. A stream says something every two seconds. One that is silent for `silenceNanosMax` is dead whatever the socket says; one that is 22 to 23 h old, each another time, is replaced by a second before the first is closed.
///
/// Source: `facts/binance.md` §5, §6 (official documentation, state of July 2026).
public struct BinanceFeed: WireMachine, Sendable {
  static let name = "binance"
  static let silenceNanosMax: Int64 = 30_000_000_000
  static let lifetimeNanos: Int64 = 22 * 3_600 * 1_000_000_000
  /// Added at random: clients that were cut off together don't all come back together a day later.
  static let lifetimeSpreadNanos: Int64 = 3_600 * 1_000_000_000
  static let rowsMax = 1_000
  /// A bar that none follows counts as over so long behind its end: clocks jump between two readings, and while a market trades the next row is there at once.
  static let settledNanos: Int64 = 10_000_000_000

  enum Job: Hashable, Sendable {
    case time
    /// Bars of an instrument from an instant on; nil for the newest `warmupBars`.
    case klines(place: Int, from: Timestamp?)
  }

  struct Socket: Hashable, Sendable {
    var number: SocketNumber
    var isOpen = false
    /// When it is replaced, once it is open.
    var renewAt = Timestamp(nanos: .max)
    var heardAt: Timestamp
  }

  let settings: WebFeedSettings
  let interval: String
  private var hasBegun = false
  var isWarm = false
  /// The newest bar that was given, by place.
  var lastOpenTimes: [Timestamp?]
  var lastCloses: [Price?]
  var calls: PacedCalls<Job>
  /// From when on each place's bars were asked for last.
  private var asked: [Int: Timestamp] = [:]
  /// Places whose fetch is not through.
  var filling: Set<Int> = []
  /// Bars that wait until all fetches are through.
  var buffer: [Bar] = []
  /// The stream in use, and the one that is to replace it.
  private var current: Socket?
  private var next: Socket?
  private var nextSocket: UInt64 = 1
  private var connectAt: Timestamp?
  private var backoff: Backoff
  /// The exchange's clock less ours.
  var offsetNanos: Int64 = 0
  /// By how much that may be wrong: half of the round trip in which it was read. Nil until it was.
  var offsetErrorNanos: Int64?
  /// Notices of one kind are not repeated within a minute.
  private var quietUntil = Timestamp(nanos: .min)

  /// - Precondition: the interval is one of Binance's (1 s to 1 d).
  public init(_ settings: WebFeedSettings) {
    guard let interval = BinanceFeed.interval(settings.intervalNanos) else {
      preconditionFailure("the profile offers no other intervals")
    }
    self.settings = settings
    self.interval = interval
    lastOpenTimes = settings.instruments.map(\.lastOpenTime)
    lastCloses = settings.instruments.map { _ in nil }
    calls = PacedCalls(spacingNanos: 50_000_000, inFlightMax: 4, attemptsMax: 8, seed: settings.seed &+ 1)
    backoff = Backoff(seed: settings.seed)
  }

  /// How Binance spells the length of a bar; nil where it has none such.
  public static func interval(_ nanos: Int64) -> String? {
    let words: [(seconds: Int64, word: String)] = [
      (1, "1s"), (60, "1m"), (180, "3m"), (300, "5m"), (900, "15m"), (1_800, "30m"), (3_600, "1h"), (7_200, "2h"),
      (14_400, "4h"), (21_600, "6h"), (28_800, "8h"), (43_200, "12h"), (86_400, "1d"),
    ]
    return words.first { $0.seconds * 1_000_000_000 == nanos }?.word
  }

  public var wakeAt: Timestamp? {
    if !hasBegun { return Timestamp(nanos: .min) }
    return .earlier(.earlier(calls.wakeAt, connectAt), .earlier(wakeAt(current), wakeAt(next)))
  }

  private func wakeAt(_ socket: Socket?) -> Timestamp? {
    guard let socket else { return nil }
    let silent = socket.heardAt.plus(BinanceFeed.silenceNanosMax)
    return socket.isOpen && next == nil ? min(silent, socket.renewAt) : silent
  }

  public mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if !hasBegun {
      hasBegun = true
      connectAt = now
    }
    for socket in [current, next].compactMap({ $0 })
    where now >= socket.heardAt.plus(BinanceFeed.silenceNanosMax) {
      say(.disconnected, .warning, text: "nothing was heard for 30 s", into: &out)
      drop(socket.number, now, into: &out)
      out.requests.append(.close(socket.number))
    }
    if let open = current, open.isOpen, next == nil, now >= open.renewAt {
      next = connect(now, into: &out)
    }
    if let at = connectAt, now >= at, current == nil {
      connectAt = nil
      current = connect(now, into: &out)
    }
    while let call = calls.take(now) {
      out.requests.append(.http(call.number, request(call.job)))
    }
  }

  private mutating func connect(_ now: Timestamp, into out: inout WireOutbox<FeedMessage>) -> Socket {
    let number = SocketNumber(rawValue: nextSocket)
    nextSocket += 1
    let names = settings.instruments.map { "\($0.symbol.lowercased())@kline_\(interval)" }
    out.requests.append(.open(number, url: "\(settings.stream)/stream?streams=\(names.joined(separator: "/"))"))
    return Socket(number: number, heardAt: now)
  }

  private func request(_ job: Job) -> HTTPRequest {
    switch job {
    case .time: return HTTPRequest(url: "\(settings.url)/api/v3/time")
    case .klines(let place, let from):
      let symbol = PercentEncoding.encoded(settings.instruments[place].symbol)
      let limit = from == nil ? min(settings.warmupBars + 1, BinanceFeed.rowsMax) : BinanceFeed.rowsMax
      let start = from.map { "&startTime=\($0.milliseconds)" } ?? ""
      return HTTPRequest(
        url: "\(settings.url)/api/v3/klines?symbol=\(symbol)&interval=\(interval)\(start)&limit=\(limit)")
    }
  }

  public mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    switch event {
    case .opened(let number): opened(number, now, into: &out)
    case .received(let number, let text):
      if current?.number == number { current?.heardAt = now }
      if next?.number == number { next?.heardAt = now }
      hear(text, now, into: &out)
    case .closed(let number, let failure):
      guard current?.number == number || next?.number == number else { break }
      say(.disconnected, .warning, text: failure.words, into: &out)
      drop(number, now, into: &out)
    case .answered(let number, let response): answered(number, response, now, into: &out)
    case .failed(let number, let failure):
      guard let call = calls.finish(number) else { break }
      failed(call.job, call.attempts, failure.words, as: failure.notice, now, into: &out)
    }
    wake(now: now, into: &out)
  }

  private mutating func opened(_ number: SocketNumber, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    let isRenewal = next?.number == number
    let renewAt = renewal(now)
    if isRenewal, var socket = next {
      if let old = current { out.requests.append(.close(old.number)) }
      socket.isOpen = true
      socket.renewAt = renewAt
      socket.heardAt = now
      current = socket
      next = nil
    } else if current?.number == number {
      current?.isOpen = true
      current?.renewAt = renewAt
      current?.heardAt = now
    } else {
      return
    }
    backoff.reset()
    say(.connected, .information, text: isRenewal ? "in place of one that was old" : "", into: &out)
    calls.add(.time)
    for place in settings.instruments.indices { fetch(place) }
  }

  /// A socket is gone; another is tried behind a pause.
  private mutating func drop(_ number: SocketNumber, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if next?.number == number { next = nil }
    guard current?.number == number else { return }
    current = nil
    if let successor = next {
      current = successor
      next = nil
    } else {
      connectAt = now.plus(backoff.next())
    }
  }

  private mutating func renewal(_ now: Timestamp) -> Timestamp {
    now.plus(BinanceFeed.lifetimeNanos).plus(backoff.part(of: BinanceFeed.lifetimeSpreadNanos))
  }

  /// The stream is about to end in good order: a second one is opened first.
  mutating func renew(_ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if next == nil, current?.isOpen == true { next = connect(now, into: &out) }
  }

  /// Has an instrument's bars fetched from its newest one on.
  mutating func fetch(_ place: Int) {
    let from = lastOpenTimes[place].map { $0.plus(settings.intervalNanos) }
    if from == nil, settings.warmupBars == 0, !isWarm {
      // Nothing of history is wanted, and nothing was had: the stream's next bar is the first.
      return
    }
    if !filling.insert(place).inserted { return }
    if let from { asked[place] = from }
    calls.add(.klines(place: place, from: from))
  }

  private mutating func answered(
    _ number: CallNumber, _ response: HTTPResponse, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    guard let call = calls.finish(number) else { return }
    if response.status == 429 || response.status == 418 {
      let seconds = response.header("Retry-After").flatMap { Int64($0) } ?? 60
      let pause = min(max(seconds, 1), 3 * 86_400) * 1_000_000_000
      say(.rateLimited, .warning, first: pause, text: "status \(response.status)", into: &out)
      calls.pause(until: now.plus(pause), call.job, attempts: call.attempts)
      return
    }
    guard response.status == 200 else {
      return failed(call.job, call.attempts, "status \(response.status): \(excerpt(response.body))", now, into: &out)
    }
    let root: JSONValue
    do throws(JSONError) { root = try JSONDocument(response.body).root } catch {
      return failed(call.job, call.attempts, "\(error): \(excerpt(response.body))", now, into: &out)
    }
    calls.succeeded()
    switch call.job {
    case .time:
      guard let server = root["serverTime"]?.integer.flatMap({ Timestamp(milliseconds: $0) }) else {
        return failed(call.job, call.attempts, "no serverTime", now, into: &out)
      }
      // The middle of the round trip is when it was read, as near as can be told.
      let middle = call.sentAt.nanos / 2 + now.nanos / 2
      offsetNanos = server.nanos &- middle
      offsetErrorNanos = max(now.nanos / 2 - call.sentAt.nanos / 2, 0)
      if offsetNanos.magnitude > 2_000_000_000 {
        say(.clockSkew, .warning, first: offsetNanos, text: "the exchange's clock less ours", into: &out)
      }
    case .klines(let place, let from): took(root, place, from, sentAt: call.sentAt, now, into: &out)
    }
  }

  private mutating func failed(
    _ job: Job, _ attempts: Int, _ text: String, as code: NoticeCode = .invalidAnswer, _ now: Timestamp,
    into out: inout WireOutbox<FeedMessage>
  ) {
    if calls.retry(job, attempts: attempts, now) {
      if now >= quietUntil {
        quietUntil = now.plus(60_000_000_000)
        say(code, .warning, first: Int64(attempts), text: text, into: &out)
      }
      return
    }
    guard case .klines(let place, _) = job else { return }
    // Better a gap that is told than a run that stands still; the next bar that doesn't follow asks again.
    say(code, .error, place: place, text: "given up after \(attempts) attempts: \(text)", into: &out)
    filled(place, now, into: &out)
  }

  /// The end of one instrument's fetch; once all are through, what has waited leaves in order.
  mutating func filled(_ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    filling.remove(place)
    if !filling.isEmpty { return }
    buffer.sort { ($0.openTime, $0.instrument) < ($1.openTime, $1.instrument) }
    let ready = buffer
    buffer.removeAll()
    for bar in ready { release(bar, now, into: &out) }
    if !filling.isEmpty { return }
    if !isWarm {
      isWarm = true
      out.messages.append(.warmedUp)
    }
  }

  /// Gives a bar that has waited. Where others of its instrument are missing before it, they are asked for first, once: an exchange that doesn't have them has none.
  private mutating func release(_ bar: Bar, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    guard let place = settings.instruments.firstIndex(where: { $0.instrument == bar.instrument }) else { return }
    guard let last = lastOpenTimes[place] else { return give(bar, now, into: &out) }
    let due = last.plus(settings.intervalNanos)
    if bar.openTime > due {
      if filling.contains(place) || asked[place] != due {
        buffer.append(bar)
        fetch(place)
        return
      }
      let missing = (bar.openTime.nanos - due.nanos) / settings.intervalNanos
      say(.gapLeft, .warning, place: place, first: missing, text: "no bars from \(due) to \(bar.openTime)", into: &out)
    }
    give(bar, now, into: &out)
  }

  /// Gives a bar that follows, once.
  mutating func give(_ bar: Bar, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    guard let place = settings.instruments.firstIndex(where: { $0.instrument == bar.instrument }) else { return }
    if let last = lastOpenTimes[place], bar.openTime <= last { return }
    lastOpenTimes[place] = bar.openTime
    lastCloses[place] = bar.close
    let isFollowed = bar.knownAt.plus(settings.intervalNanos) <= now.plus(offsetNanos)
    out.messages.append(.bar(isFollowed ? bar.marked(isHistorical: true) : bar))
  }

  func say(
    _ code: NoticeCode, _ severity: AlertSeverity, place: Int? = nil, first: Int64 = 0, second: Int64 = 0,
    text: String = "", into out: inout WireOutbox<FeedMessage>
  ) {
    out.messages.append(
      .notice(
        FeedNotice(
          code, severity, source: BinanceFeed.name,
          instrument: place.map { settings.instruments[$0].instrument }, first: first, second: second, text: text)))
  }

  func excerpt(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(120), as: UTF8.self) }
}
