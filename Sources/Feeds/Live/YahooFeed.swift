import Events
public import Market
public import Wire

/// Closed bars of Yahoo's chart endpoint, polled without a key.
///
/// There is no contract behind it; it is taken for a feed that lies, stalls and changes shape:
///
/// 1. A row is a bar only on the session's grid; the row of the last price, off the grid or at the session's end, is none.
/// 2. A bar is final where its end is no later than the last trade that Yahoo has or a later row stands behind it, **and** two polls `confirmNanos` apart say the same. One whose price is a multiple of the
///    last (a slip of the point, a split) needs three.
/// 3. A bar that changes after it was given is told as revised; what was decided stands.
/// 4. A bar that ended longer ago than `freshNanos` is historical: nothing is ordered on it.
/// 5. Refusals are told apart by status first, then by content type, then by content; 429 pauses everything, doubling up to an hour. A 404 is never taken for a delisting.
///
/// Cookie and crumb are fetched only where the endpoint asks for them (401), and gone on without where they can't be had.
///
/// Source: `facts/yahoo.md` (§1, §4, §5).
public struct YahooFeed: WireMachine, Sendable {
  static let name = "yahoo"

  enum Job: Hashable, Sendable {
    case history(place: Int)
    case poll(place: Int)
    case cookie
    case crumb
  }

  /// A bar that was seen and is not final.
  struct Candidate: Hashable, Sendable {
    var bar: Bar
    var seenAt: Timestamp
    /// Polls that said the same, far enough apart.
    var agreements: Int
  }

  let settings: WebFeedSettings
  let interval: String
  /// Between two polls that have to agree, in nanoseconds.
  let confirmNanos: Int64
  /// From a bar's end to the first poll for it, in nanoseconds.
  let delayNanos: Int64
  private let cookieURL: String?
  private var hasBegun = false
  private(set) var isWarm = false
  var lastBars: [Bar?]
  var lastOpenTimes: [Timestamp?]
  var candidates: [[Candidate]]
  private var calls: PacedCalls<Job>
  private var warming: Set<Int> = []
  /// History, until that of all instruments has come.
  var history: [Bar] = []
  /// When each instrument is polled next.
  private var pollAt: [Timestamp?]
  private var cookie: String?
  private var crumb: String?
  private var hasTriedCrumb = false
  private var limitedTimes = 0
  private var lastComplaints: [Int: Timestamp] = [:]

  /// - Parameters:
  ///   - cookieURL: where a cookie can be had; nil to do without.
  /// - Precondition: the interval is one of Yahoo's.
  public init(
    _ settings: WebFeedSettings, confirmNanos: Int64 = 4_000_000_000, delayNanos: Int64 = 2_000_000_000,
    spacingNanos: Int64 = 400_000_000, cookieURL: String? = nil
  ) {
    guard let interval = YahooFeed.interval(settings.intervalNanos) else {
      preconditionFailure("the profile offers no other intervals")
    }
    self.settings = settings
    self.interval = interval
    self.confirmNanos = confirmNanos
    self.delayNanos = delayNanos
    self.cookieURL = cookieURL
    lastBars = settings.instruments.map { _ in nil }
    lastOpenTimes = settings.instruments.map(\.lastOpenTime)
    candidates = settings.instruments.map { _ in [] }
    pollAt = settings.instruments.map { _ in nil }
    calls = PacedCalls(spacingNanos: spacingNanos, inFlightMax: 2, attemptsMax: 4, seed: settings.seed &+ 2)
  }

  /// How Yahoo spells the length of a bar; nil where it has none such. 30 minutes are left out: hours were seen in their place.
  public static func interval(_ nanos: Int64) -> String? {
    let words: [(seconds: Int64, word: String)] = [
      (60, "1m"), (120, "2m"), (300, "5m"), (900, "15m"), (3_600, "1h"), (86_400, "1d"),
    ]
    return words.first { $0.seconds * 1_000_000_000 == nanos }?.word
  }

  public var wakeAt: Timestamp? {
    if !hasBegun { return Timestamp(nanos: .min) }
    return ([calls.wakeAt] + pollAt).compactMap { $0 }.min()
  }

  public mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if !hasBegun {
      hasBegun = true
      for place in settings.instruments.indices {
        warming.insert(place)
        calls.add(.history(place: place))
      }
    }
    for place in pollAt.indices {
      if let at = pollAt[place], now >= at {
        pollAt[place] = nil
        calls.add(.poll(place: place))
      }
    }
    while let call = calls.take(now) { out.requests.append(.http(call.number, request(call.job, now))) }
  }

  public mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    switch event {
    case .answered(let number, let response):
      if let call = calls.finish(number) { answered(call.job, call.attempts, response, now, into: &out) }
    case .failed(let number, let failure):
      if let call = calls.finish(number) {
        failed(call.job, call.attempts, failure.words, as: failure.notice, now, into: &out)
      }
    case .opened, .received, .closed: break
    }
    wake(now: now, into: &out)
  }

  private func request(_ job: Job, _ now: Timestamp) -> HTTPRequest {
    var headers = [
      HTTPHeader(
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"),
      HTTPHeader("Accept", "application/json"), HTTPHeader("Accept-Encoding", "gzip"),
    ]
    if let cookie { headers.append(HTTPHeader("Cookie", cookie)) }
    let place: Int
    let start: Timestamp
    switch job {
    case .cookie: return HTTPRequest(url: cookieURL ?? settings.url, headers: headers)
    case .crumb: return HTTPRequest(url: "\(settings.url)/v1/test/getcrumb", headers: headers)
    case .history(let at):
      place = at
      start = historyStart(place, now)
    case .poll(let at):
      place = at
      // One bar earlier than is wanted: it shows revisions, and the first of a window is often empty.
      start = lastOpenTimes[place]?.plus(-settings.intervalNanos) ?? now.plus(-5 * settings.intervalNanos)
    }
    let symbol = PercentEncoding.encoded(settings.instruments[place].symbol)
    let second: Int64 = 1_000_000_000
    var url =
      "\(settings.url)/v8/finance/chart/\(symbol)?period1=\(start.nanos / second)&period2=\(now.nanos / second + 60)"
      + "&interval=\(interval)&includePrePost=false&events=div%2Csplits"
    if let crumb { url += "&crumb=\(PercentEncoding.encoded(crumb))" }
    return HTTPRequest(url: url, headers: headers)
  }

  /// Far enough back for the bars that are wanted, within what one request gives (§2).
  private func historyStart(_ place: Int, _ now: Timestamp) -> Timestamp {
    let day = Timestamp.nanosPerDay
    let reach: Int64 =
      switch interval {
      case "1m": 7 * day
      case "1d": 36_500 * day
      case "1h": 729 * day
      default: 59 * day
      }
    let wanted = Int128(settings.warmupBars + 2) * Int128(settings.intervalNanos)
    // A market with nights and weekends needs a longer stretch for as many bars.
    let isAlways = settings.instruments[place].calendar == .always
    let span = isAlways ? wanted : wanted * 6 + Int128(4 * day)
    let back = now.plus(-min(Int64(clamping: span), reach))
    guard let last = lastOpenTimes[place] else { return back }
    return max(last.plus(-settings.intervalNanos), now.plus(-reach))
  }

  private mutating func answered(
    _ job: Job, _ attempts: Int, _ response: HTTPResponse, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    switch response.status {
    case 200: break
    case 429:
      limitedTimes += 1
      let asked = response.header("Retry-After").flatMap { Int64($0) } ?? 0
      let own = min(Int64(60) << Int64(min(limitedTimes - 1, 6)), 3_600)
      let pause = max(asked, own) * 1_000_000_000
      say(.rateLimited, .warning, first: pause, text: "status 429", into: &out)
      calls.pause(until: now.plus(pause), job, attempts: attempts)
      return
    case 401 where !hasTriedCrumb && cookieURL != nil:
      hasTriedCrumb = true
      calls.add(.cookie)
      calls.pause(until: now.plus(2_000_000_000), job, attempts: attempts)
      return
    default: return refused(job, attempts, response, now, into: &out)
    }
    switch job {
    case .cookie:
      takeCookie(response)
      calls.add(.crumb)
      return
    case .crumb:
      let text = String(decoding: response.body.prefix(64), as: UTF8.self)
      if !text.isEmpty, !text.contains("<"), !text.contains(" ") { crumb = text }
      return
    case .history, .poll: break
    }
    limitedTimes = 0
    let root: JSONValue
    do throws(JSONError) { root = try JSONDocument(response.body).root } catch {
      return failed(job, attempts, "no JSON: \(excerpt(response.body))", now, into: &out)
    }
    guard let result = root["chart"]?["result"]?[0] else {
      return failed(job, attempts, "no result: \(excerpt(response.body))", now, into: &out)
    }
    calls.succeeded()
    switch job {
    case .history(let place): tookHistory(result, place, now, into: &out)
    case .poll(let place):
      took(result, place, now, into: &out)
      schedule(place, now)
    case .cookie, .crumb: break
    }
  }

  private mutating func takeCookie(_ response: HTTPResponse) {
    let values = response.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
    let pairs = values.compactMap { $0.split(separator: ";").first.map(String.init) }
    cookie = pairs.isEmpty ? nil : pairs.joined(separator: "; ")
  }

  /// A status that is neither an answer nor a rate limit.
  private mutating func refused(
    _ job: Job, _ attempts: Int, _ response: HTTPResponse, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    if job == .cookie {
      // Its status says nothing: 404 is usual.
      takeCookie(response)
      if cookie != nil { calls.add(.crumb) }
      return
    }
    let text = "status \(response.status): \(excerpt(response.body))"
    // Outside of what can be asked: asking again changes nothing.
    if response.status == 422 || response.status == 400 || response.status == 404 {
      return giveUp(job, text, now, into: &out)
    }
    failed(job, attempts, text, now, into: &out)
  }

  private mutating func failed(
    _ job: Job, _ attempts: Int, _ text: String, as code: NoticeCode = .invalidAnswer, _ now: Timestamp,
    into out: inout WireOutbox<FeedMessage>
  ) {
    if calls.retry(job, attempts: attempts, now) {
      complain(code, job, text, now, into: &out)
    } else {
      giveUp(job, text, now, into: &out)
    }
  }

  private mutating func giveUp(
    _ job: Job, _ text: String, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    complain(.requestRefused, job, text, now, into: &out)
    switch job {
    case .history(let place): endHistory(place, now, into: &out)
    case .poll(let place): schedule(place, now)
    case .cookie, .crumb: break
    }
  }

  /// Not more often than once in five minutes for an instrument: what stands still says so again and again.
  private mutating func complain(
    _ code: NoticeCode, _ job: Job, _ text: String, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>
  ) {
    let place: Int? =
      switch job {
      case .history(let place), .poll(let place): place
      case .cookie, .crumb: nil
      }
    if let last = lastComplaints[place ?? -1], now < last.plus(300_000_000_000) { return }
    lastComplaints[place ?? -1] = now
    say(code, .warning, place: place, text: text, into: &out)
  }

  /// The end of one instrument's history; once all have come, it leaves in the order of its times.
  mutating func endHistory(_ place: Int, _ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    warming.remove(place)
    schedule(place, now)
    if !warming.isEmpty || isWarm { return }
    history.sort { ($0.openTime, $0.instrument) < ($1.openTime, $1.instrument) }
    for bar in history { out.messages.append(.bar(bar)) }
    history = []
    isWarm = true
    out.messages.append(.warmedUp)
  }

  /// The next poll: soon where a bar waits to be confirmed, else behind the end of the next bar.
  private mutating func schedule(_ place: Int, _ now: Timestamp) {
    let step = settings.intervalNanos
    let end = (now.nanos / step + 1) * step
    let afterEnd = Timestamp(nanos: end).plus(delayNanos)
    let isWaiting = !candidates[place].isEmpty
    let isBehind = lastOpenTimes[place].map { $0.plus(3 * step) <= now } ?? true
    let soon = now.plus(isWaiting ? confirmNanos : max(confirmNanos, step / 4))
    pollAt[place] = isWaiting || (isBehind && isOpen(place, now)) ? min(soon, afterEnd) : afterEnd
  }

  private func isOpen(_ place: Int, _ now: Timestamp) -> Bool {
    TradingCalendar(settings.instruments[place].calendar).phase(at: now.plus(-settings.intervalNanos)) == .regular
  }

  func say(
    _ code: NoticeCode, _ severity: AlertSeverity, place: Int? = nil, first: Int64 = 0, second: Int64 = 0,
    text: String = "", into out: inout WireOutbox<FeedMessage>
  ) {
    out.messages.append(
      .notice(
        FeedNotice(
          code, severity, source: YahooFeed.name,
          instrument: place.map { settings.instruments[$0].instrument }, first: first, second: second, text: text)))
  }

  private func excerpt(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(160), as: UTF8.self) }
}
