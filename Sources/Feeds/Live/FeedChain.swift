import Events
public import Market
public import Wire

/// Several feeds of the same bars, in order of preference: one is active, the others stand by, and all run.
///
/// 1. Bars leave from the active feed alone. What another brings is kept, so that a switch gives what was missed, at once and in order; no interval of an instrument leaves twice.
/// 2. Once an interval, behind the longest patience that its feeds are given, each is looked at: complete is one that has the bar of every instrument whose market is open.
/// 3. Where the active feed is not complete and another is, the first complete one takes over (`feedSwitched`).
/// 4. A preferred feed takes over again once it has been complete for `returnAfter` intervals in a row (`feedReturned`): so a feed that comes and goes doesn't drag the run with it.
/// 5. Where two feeds have the same bar and their closes differ by more than `disagreementMicros`, that is told once, until they agree again.
/// 6. A feed whose closes differ so from the active one's takes over where no other is complete, and not before the active one has lacked bars for `returnAfter`
///    intervals in a row: which of the two is right nobody knows, so that is told as an error. From such a feed the chain goes back as soon as rule 4 lets it.
public struct FeedChain: WireMachine, Sendable {
  struct Member: Sendable {
    var feed: WebFeed
    var isWarm = false
    /// Bars that were not given, oldest first, by instrument.
    var kept: [[Bar]]
    /// When the newest bar of each instrument ended, and its close.
    var newest: [Timestamp?]
    var closes: [Price?]
    var completeInARow = 0
    var incompleteInARow = 0
    /// By instrument, how far its close was from the active feed's when both had the same bar last, in millionths; 0 where they agreed.
    var apartMicros: [Int64]
    var hasEnded = false
  }

  static let returnAfter = 3
  static let disagreementMicros: Int64 = 10_000
  /// How long the preferred feed is given for its history before another's is taken.
  static let warmupNanosMax: Int64 = 120_000_000_000

  private let intervalNanos: Int64
  private let calendars: [CalendarName]
  private let keptMax: Int
  private let patienceNanos: Int64
  private(set) var members: [Member]
  private(set) var active = 0
  private var lastOpenTimes: [Timestamp?]
  private var isWarm = false
  private var startedAt: Timestamp?
  private var lookAt: Timestamp?
  private var disagreeing: Set<Int> = []
  /// Whether the active feed's prices were not those of the one before it.
  private var isInDispute = false
  private var inner = WireOutbox<FeedMessage>()
  /// Room for what `inner` said, while it is handed on.
  private var taken: [FeedMessage] = []

  /// - Parameters:
  ///   - feeds: at least one, the preferred first; each brings the same instruments.
  public init(_ feeds: [WebFeed], _ instruments: [FeedInstrument], intervalNanos: Int64, warmupBars: Int) {
    precondition(!feeds.isEmpty && feeds.count <= FeedChain.membersMax, "a chain has one to eight feeds")
    self.intervalNanos = intervalNanos
    calendars = instruments.map(\.calendar)
    keptMax = warmupBars + 32
    patienceNanos = min(feeds.map(\.patienceNanos).max() ?? 0, max(intervalNanos * 3 / 4, 1))
    members = feeds.map { feed in
      Member(
        feed: feed, kept: instruments.map { _ in [] }, newest: instruments.map { _ in nil },
        closes: instruments.map { _ in nil }, apartMicros: instruments.map { _ in 0 })
    }
    lastOpenTimes = instruments.map(\.lastOpenTime)
  }

  static let membersMax = 8

  public var activeName: String { name(active) }

  /// A feed's name, with its place in the profile's list where another one bears it too.
  private func name(_ place: Int) -> String {
    let name = members[place].feed.name
    return members.count { $0.feed.name == name } > 1 ? "\(name) (feed \(place + 1))" : name
  }

  public var wakeAt: Timestamp? {
    var earliest = lookAt
    for place in members.indices { earliest = .earlier(earliest, members[place].feed.wakeAt) }
    return earliest
  }

  public mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    if startedAt == nil { startedAt = now }
    for place in members.indices where members[place].feed.wakeAt.map({ $0 <= now }) ?? false {
      members[place].feed.wake(now: now, into: &inner)
      pass(place, into: &out)
    }
    if members.count > 1 {
      if let at = lookAt, now >= at { look(now, into: &out) }
      let start = (now.nanos - patienceNanos) / intervalNanos + 1
      lookAt = Timestamp(nanos: start * intervalNanos).plus(patienceNanos)
    }
  }

  public mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    let place: Int
    let own: WireEvent
    func split(_ number: UInt64) -> (place: Int, own: UInt64) {
      (Int(number % UInt64(FeedChain.membersMax)), number / UInt64(FeedChain.membersMax))
    }
    switch event {
    case .answered(let number, let response):
      let (at, inside) = split(number.rawValue)
      (place, own) = (at, .answered(CallNumber(rawValue: inside), response))
    case .failed(let number, let failure):
      let (at, inside) = split(number.rawValue)
      (place, own) = (at, .failed(CallNumber(rawValue: inside), failure))
    case .opened(let number):
      let (at, inside) = split(number.rawValue)
      (place, own) = (at, .opened(SocketNumber(rawValue: inside)))
    case .received(let number, let text):
      let (at, inside) = split(number.rawValue)
      (place, own) = (at, .received(SocketNumber(rawValue: inside), text: text))
    case .closed(let number, let failure):
      let (at, inside) = split(number.rawValue)
      (place, own) = (at, .closed(SocketNumber(rawValue: inside), failure))
    }
    guard place < members.count else { return }
    members[place].feed.receive(own, now: now, into: &inner)
    pass(place, into: &out)
  }

  /// Hands on what one member said: requests under numbers of its own, bars where it is the active one.
  private mutating func pass(_ place: Int, into out: inout WireOutbox<FeedMessage>) {
    func outer(_ number: UInt64) -> UInt64 { number * UInt64(FeedChain.membersMax) + UInt64(place) }
    for request in inner.requests {
      switch request {
      case .http(let number, let request):
        out.requests.append(.http(CallNumber(rawValue: outer(number.rawValue)), request))
      case .open(let number, let url):
        out.requests.append(.open(SocketNumber(rawValue: outer(number.rawValue)), url: url))
      case .send(let number, let text):
        out.requests.append(.send(SocketNumber(rawValue: outer(number.rawValue)), text: text))
      case .close(let number): out.requests.append(.close(SocketNumber(rawValue: outer(number.rawValue))))
      }
    }
    // Taken out, so that both keep their room.
    var messages: [FeedMessage] = []
    swap(&messages, &taken)
    swap(&messages, &inner.messages)
    inner.removeAll()
    defer {
      messages.removeAll(keepingCapacity: true)
      taken = messages
    }
    for message in messages {
      switch message {
      case .bar(let bar):
        let index = bar.instrument.position
        if members[place].newest[index].map({ $0 < bar.knownAt }) ?? true {
          members[place].newest[index] = bar.knownAt
          members[place].closes[index] = bar.close
        }
        if place == active { give(bar, into: &out) } else { keep(bar, place) }
      case .notice: out.messages.append(message)
      case .warmedUp:
        members[place].isWarm = true
        if place == active { warm(into: &out) }
      case .ended: members[place].hasEnded = true
      }
    }
  }

  private mutating func warm(into out: inout WireOutbox<FeedMessage>) {
    if isWarm { return }
    isWarm = true
    out.messages.append(.warmedUp)
  }

  private mutating func give(_ bar: Bar, into out: inout WireOutbox<FeedMessage>) {
    let index = bar.instrument.position
    if let last = lastOpenTimes[index], bar.openTime <= last { return }
    lastOpenTimes[index] = bar.openTime
    out.messages.append(.bar(bar))
  }

  private mutating func keep(_ bar: Bar, _ place: Int) {
    let index = bar.instrument.position
    if let last = lastOpenTimes[index], bar.openTime <= last { return }
    members[place].kept[index].append(bar)
    if members[place].kept[index].count > keptMax { members[place].kept[index].removeFirst() }
  }

  private func isOpen(_ index: Int, before end: Timestamp) -> Bool {
    TradingCalendar(calendars[index]).phase(at: end.plus(-intervalNanos)) == .regular
  }

  /// Looks at all members once the bars that ended last should be there.
  private mutating func look(_ now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    let end = Timestamp(nanos: (now.nanos - patienceNanos) / intervalNanos * intervalNanos)
    let expected = calendars.indices.filter { isOpen($0, before: end) }
    if !isWarm {
      // The preferred feed's history doesn't come: another's will do.
      guard let startedAt, now >= startedAt.plus(FeedChain.warmupNanosMax), !members[active].isWarm,
        let other = members.indices.first(where: { members[$0].isWarm })
      else { return }
      change(to: other, "\(name(active)) brought no history", .feedSwitched, into: &out)
      return warm(into: &out)
    }
    if expected.isEmpty { return }
    for place in members.indices {
      let isComplete = expected.allSatisfy { members[place].newest[$0].map { $0 >= end } ?? false }
      members[place].completeInARow = isComplete ? members[place].completeInARow + 1 : 0
      members[place].incompleteInARow = isComplete ? 0 : members[place].incompleteInARow + 1
    }
    compare(end, expected, into: &out)
    if members[active].completeInARow == 0 {
      leave(end, expected, into: &out)
    } else if let better = members.indices.prefix(active).first(where: {
      members[$0].completeInARow >= FeedChain.returnAfter && (isInDispute || !isApart($0))
    }) {
      isInDispute = false
      change(
        to: better, "\(name(better)) was complete \(FeedChain.returnAfter) times in a row", .feedReturned, into: &out)
    }
  }

  /// Whether a member's closes were too far from the active one's.
  private func isApart(_ place: Int) -> Bool { members[place].apartMicros.contains { $0 != 0 } }

  /// Lets another one take over from the active one, which lacks bars.
  private mutating func leave(_ end: Timestamp, _ expected: [Int], into out: inout WireOutbox<FeedMessage>) {
    let complete = members.indices.filter { members[$0].completeInARow > 0 }
    let missing = expected.count { !(members[active].newest[$0].map { $0 >= end } ?? false) }
    let words = "\(name(active)) lacks \(missing) of \(expected.count) bars to \(end)"
    if let other = complete.first(where: { !isApart($0) }) {
      isInDispute = false
      return change(to: other, words, .feedSwitched, into: &out)
    }
    guard let other = complete.first, members[active].incompleteInARow >= FeedChain.returnAfter else { return }
    let apart = members[other].apartMicros.max() ?? 0
    isInDispute = true
    change(
      to: other,
      "\(words); nothing else gives bars but \(name(other)), whose closes were \(FeedChain.percent(apart)) % from its: look which is right",
      .feedSwitched, .error, into: &out)
  }

  /// Of millionths, with two digits.
  private static func percent(_ micros: Int64) -> String {
    FixedPoint.text(units: Int128(micros + 50) / 100, decimals: 2)
  }

  private mutating func change(
    to place: Int, _ text: String, _ code: NoticeCode, _ severity: AlertSeverity = .warning,
    into out: inout WireOutbox<FeedMessage>
  ) {
    out.messages.append(
      .notice(
        FeedNotice(
          code, code == .feedSwitched ? severity : .information, source: name(place), text: text)
      ))
    active = place
    // They were compared with the one before it.
    for other in members.indices {
      for index in calendars.indices { members[other].apartMicros[index] = 0 }
    }
    let missed = members[place].kept.flatMap { $0 }.sorted {
      ($0.openTime, $0.instrument) < ($1.openTime, $1.instrument)
    }
    for index in calendars.indices { members[place].kept[index].removeAll() }
    for bar in missed { give(bar, into: &out) }
  }

  /// Compares what the members say of the same bar.
  private mutating func compare(_ end: Timestamp, _ expected: [Int], into out: inout WireOutbox<FeedMessage>) {
    for index in expected {
      let having = members.indices.filter { members[$0].newest[index] == end && members[$0].closes[index] != nil }
      func close(_ place: Int) -> Price { members[place].closes[index] ?? .zero }
      guard let first = having.first, close(first).nanos > 0 else { continue }
      // Of what is measured with, which is the first one's close, or the active one's.
      func apart(_ one: Price, _ other: Price, of base: Price) -> Int64 {
        Int64(clamping: Int128((Int128(one.nanos) - Int128(other.nanos)).magnitude) * 1_000_000 / Int128(base.nanos))
      }
      if having.contains(active), close(active).nanos > 0 {
        for place in having where place != active {
          let micros = apart(close(place), close(active), of: close(active))
          members[place].apartMicros[index] = micros > FeedChain.disagreementMicros ? micros : 0
        }
      }
      guard let lowest = having.min(by: { close($0) < close($1) }),
        let highest = having.max(by: { close($0) < close($1) })
      else { continue }
      let micros = apart(close(highest), close(lowest), of: close(first))
      if micros <= FeedChain.disagreementMicros {
        disagreeing.remove(index)
      } else if disagreeing.insert(index).inserted {
        let prices = having.map { "\(name($0)) \(close($0))" }.joined(separator: ", ")
        out.messages.append(
          .notice(
            FeedNotice(
              .priceDisagreement, .warning, source: "feeds", instrument: InstrumentIndex(index),
              first: close(lowest).nanos, second: close(highest).nanos,
              text: "closes to \(end) are \(FeedChain.percent(micros)) % apart: \(prices)")))
      }
    }
  }
}
