import Events
package import Journal
package import Market

/// The bars that an exchange plays, and how far they have been played.
///
/// A bar passes in five moments: it opens, reaches its two extremes at a quarter and half of its time, is at its close from three quarters
/// on, and closes. Of one instant all closes come first, then all opens, each in the instruments' order.
package struct MarketTape: Sendable {
  package let listings: [Listing]
  /// By listing, in the order of time, in the exchange's time.
  let bars: [[Bar]]
  /// The exchange's time less the journal's, in nanoseconds.
  package let shiftNanos: Int64
  /// Of the listings' next moments: the bar, and the moment of it.
  private var nextBar: [Int]
  private var nextPhase: [BarPhase]

  package enum BarPhase: Int, Hashable, Comparable, Sendable {
    case opens = 0
    case firstExtreme = 1
    case secondExtreme = 2
    case settles = 3
    case closes = 4

    package static func < (left: BarPhase, right: BarPhase) -> Bool { left.rawValue < right.rawValue }
  }

  struct Moment: Hashable {
    var time: Timestamp
    var listing: Int
    var bar: Int
    var phase: BarPhase
  }

  /// - Parameters:
  ///   - bars: by instrument's place; a bar that is not behind the one before it is left out.
  ///   - historyCount: so many instants of bars are past when the exchange starts.
  ///   - start: where given, times are shifted by whole bars so that the first bar that isn't past runs at `start`.
  /// - Returns: nil where no bar is left to play.
  package init?(instruments: [Instrument], bars: [Bar], historyCount: Int, start: Timestamp?) {
    var played: [[Bar]] = instruments.map { _ in [] }
    for bar in bars where bar.instrument.position < instruments.count {
      let index = bar.instrument.position
      if let last = played[index].last, bar.openTime < last.knownAt { continue }
      played[index].append(bar)
    }
    let opens = Set(played.flatMap { $0.map(\.openTime) }).sorted()
    guard historyCount >= 0, historyCount < opens.count else { return nil }
    let firstLive = opens[historyCount]
    let longest = played.compactMap { $0.first?.durationNanos }.max() ?? 0
    var shift: Int64 = 0
    if let start {
      // Whole bars, so that a grid of hours stays one; at least whole minutes.
      let step = max(longest, 60 * Timestamp.nanosPerSecond)
      let distance = start.nanos - firstLive.nanos
      shift = distance - ((distance % step) + step) % step
    }
    shiftNanos = shift
    self.bars = played.map { series in series.map { $0.moved(byNanos: shift) } }
    listings = zip(instruments, self.bars).map { Listing($0, barNanos: $1.first?.durationNanos ?? longest) }
    let live = firstLive.advanced(byNanos: shift)
    nextBar = self.bars.map { series in series.firstIndex { $0.openTime >= live } ?? series.count }
    nextPhase = self.bars.map { _ in .opens }
    self.firstLive = live
  }

  /// When the first bar that wasn't past at the start opens.
  package let firstLive: Timestamp

  /// Reads the bars of a journal, derived events and all else left out.
  package static func read(
    _ chain: JournalChain
  ) throws(JournalError) -> (instruments: [Instrument], bars: [Bar]) {
    var reader = try ChainReader(chain)
    var instruments: [Instrument] = []
    var bars: [Bar] = []
    while let event = try reader.next() {
      if case .bar(let bar) = event.content { bars.append(bar) }
      guard instruments.isEmpty, event.kind == RunStarted.kind else { continue }
      do throws(DecodeError) {
        instruments = try event.decode(RunStarted.self).instruments
      } catch {
        throw JournalError(path: chain.path, fault: .rowUnreadable(sequence: event.sequence, reason: error))
      }
    }
    return (instruments, bars)
  }

  var nextMoment: Moment? {
    var best: Moment?
    for listing in listings.indices {
      guard let moment = moment(of: listing) else { continue }
      if let known = best, !isBefore(moment, known) { continue }
      best = moment
    }
    return best
  }

  /// The next moment at or before `now`, which has then passed.
  mutating func advance(through now: Timestamp) -> Moment? {
    guard let moment = nextMoment, moment.time <= now else { return nil }
    if moment.phase == .closes {
      nextBar[moment.listing] += 1
      nextPhase[moment.listing] = .opens
    } else {
      nextPhase[moment.listing] = BarPhase(rawValue: moment.phase.rawValue + 1) ?? .closes
    }
    return moment
  }

  private func moment(of listing: Int) -> Moment? {
    let index = nextBar[listing]
    guard index < bars[listing].count else { return nil }
    let bar = bars[listing][index]
    let phase = nextPhase[listing]
    let time =
      phase == .closes
      ? bar.knownAt : bar.openTime.advanced(byNanos: bar.durationNanos / 4 * Int64(phase.rawValue))
    return Moment(time: time, listing: listing, bar: index, phase: phase)
  }

  private func isBefore(_ left: Moment, _ right: Moment) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if (left.phase == .closes) != (right.phase == .closes) { return left.phase == .closes }
    return left.listing < right.listing
  }

  /// The bar that is open, with the moment it is at; nil between bars.
  func running(_ listing: Int) -> (index: Int, bar: Bar, phase: BarPhase)? {
    let phase = nextPhase[listing]
    guard phase != .opens, let last = BarPhase(rawValue: phase.rawValue - 1) else { return nil }
    return (nextBar[listing], bars[listing][nextBar[listing]], last)
  }

  /// How many bars of a listing have closed.
  func closedCount(_ listing: Int) -> Int { nextBar[listing] }

  /// The price now: of the running bar, else the last close; nil before the first bar.
  func lastPrice(_ listing: Int) -> Price? {
    if let (_, bar, phase) = running(listing) { return bar.seen(at: phase).close }
    let closed = closedCount(listing)
    return closed > 0 ? bars[listing][closed - 1].close : nil
  }

  /// No bar is left.
  package var isOver: Bool { listings.indices.allSatisfy { nextBar[$0] >= bars[$0].count } }

  func place(ofSymbol symbol: String) -> Int? { listings.firstIndex { $0.symbol == symbol } }
}

extension Bar {
  fileprivate func moved(byNanos shift: Int64) -> Bar {
    do throws(BarError) {
      return try Bar(
        instrument: instrument, openTime: openTime.advanced(byNanos: shift), durationNanos: durationNanos, open: open,
        high: high, low: low, close: close, volume: volume, source: source, isHistorical: isHistorical,
        closesSlot: closesSlot)
    } catch {
      preconditionFailure("a bar keeps its shape when it is moved: \(error)")
    }
  }

  /// What of this bar was seen at a moment: the extreme against its direction comes first, then the one along it.
  func seen(at phase: MarketTape.BarPhase) -> Bar {
    let isUp = close >= open
    let (high, low, close): (Price, Price, Price) =
      switch phase {
      case .opens: (open, open, open)
      case .firstExtreme: isUp ? (open, self.low, self.low) : (self.high, open, self.high)
      case .secondExtreme: isUp ? (self.high, self.low, self.high) : (self.high, self.low, self.low)
      case .settles, .closes: (self.high, self.low, self.close)
      }
    let volume = Quantity(nanos: Int64(Int128(self.volume.nanos) * Int128(phase.rawValue) / 4))
    do throws(BarError) {
      return try Bar(
        instrument: instrument, openTime: openTime, durationNanos: durationNanos, open: open, high: high, low: low,
        close: close, volume: volume, source: source, isHistorical: isHistorical, closesSlot: closesSlot)
    } catch {
      preconditionFailure("a part of a bar is one: \(error)")
    }
  }
}
