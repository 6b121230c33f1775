import Market

/// One or several bars as one.
struct Kline: Hashable, Sendable {
  var openTime: Timestamp
  /// Behind the interval's last instant.
  var closeTime: Timestamp
  var open: Price
  var high: Price
  var low: Price
  var close: Price
  var volume: Quantity
  /// Nanos of the quote asset; volume at the mean of open, high, low and close: the tape doesn't know single trades.
  var quoteVolume: Int128
  /// The number of the first bar in it, from which trade ids are made.
  var firstBar: Int
  var barCount: Int

  init(_ bar: Bar, index: Int, openTime: Timestamp, closeTime: Timestamp) {
    self.openTime = openTime
    self.closeTime = closeTime
    open = bar.open
    high = bar.high
    low = bar.low
    close = bar.close
    volume = bar.volume
    quoteVolume = Kline.quoteVolume(bar)
    firstBar = index
    barCount = 1
  }

  mutating func append(_ bar: Bar) {
    high = max(high, bar.high)
    low = min(low, bar.low)
    close = bar.close
    volume = Quantity(nanos: Int64(clamping: Int128(volume.nanos) + Int128(bar.volume.nanos)))
    quoteVolume += Kline.quoteVolume(bar)
    barCount += 1
  }

  /// Four trades a bar that traded, none in one that didn't.
  var tradeCount: Int64 { volume == .zero ? 0 : Int64(barCount) * 4 }
  var firstTrade: Int64 { tradeCount == 0 ? -1 : Int64(firstBar) * 4 }
  var lastTrade: Int64 { tradeCount == 0 ? -1 : firstTrade + tradeCount - 1 }

  private static func quoteVolume(_ bar: Bar) -> Int128 {
    let sum = Int128(bar.open.nanos) + Int128(bar.high.nanos) + Int128(bar.low.nanos) + Int128(bar.close.nanos)
    return (sum * Int128(bar.volume.nanos)).dividedRoundingHalfEven(by: 4 * Int128(FixedPoint.unit))
  }
}

/// How bars are put together.
enum KlineInterval: Hashable, Sendable {
  /// Multiples of so many nanoseconds since 1970.
  case fixed(nanos: Int64)
  /// Weeks that begin on Monday, UTC.
  case week
  case month
  /// Trading days of a calendar, in the journal's time: the exchange's less `shift`.
  case tradingDay(CalendarName, shift: Int64)

  /// Binance's words.
  init?(_ text: String) {
    switch text {
    case "1s": self = .fixed(nanos: Timestamp.nanosPerSecond)
    case "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d":
      guard let count = Int64(text.dropLast()) else { return nil }
      let unit: Int64 = text.hasSuffix("m") ? 60 : text.hasSuffix("h") ? 3_600 : 86_400
      self = .fixed(nanos: count * unit * Timestamp.nanosPerSecond)
    case "1w": self = .week
    case "1M": self = .month
    default: return nil
    }
  }

  /// The interval that holds an instant: where it begins, and where the next one does.
  func bounds(of time: Timestamp) -> (open: Timestamp, close: Timestamp) {
    switch self {
    case .fixed(let nanos):
      let rest = ((time.nanos % nanos) + nanos) % nanos
      let open = time.advanced(byNanos: -rest)
      return (open, open.advanced(byNanos: nanos))
    case .week:
      let day = time.utcDay
      // 1970-01-01 was a Thursday.
      let monday = day - ((day + 3) % 7 + 7) % 7
      return (KlineInterval.midnight(monday), KlineInterval.midnight(monday + 7))
    case .month:
      let date = time.utcDate
      let first = date.adding(days: 1 - Int64(date.day))
      let count = CivilDate.dayCount(year: Int(date.year), month: Int(date.month))
      return (KlineInterval.midnight(first.daysSinceEpoch), KlineInterval.midnight(first.daysSinceEpoch + Int64(count)))
    case .tradingDay(let name, let shift):
      let calendar = TradingCalendar(name)
      let date = calendar.sessionDate(of: time.advanced(byNanos: -shift))
      guard let session = calendar.session(on: date) ?? calendar.regularSession(on: date) else {
        let day = time.utcDay
        return (KlineInterval.midnight(day), KlineInterval.midnight(day + 1))
      }
      return (session.open.advanced(byNanos: shift), session.close.advanced(byNanos: shift))
    }
  }

  private static func midnight(_ day: Int64) -> Timestamp { Timestamp(nanos: day * Timestamp.nanosPerDay) }
}

extension MarketTape {
  /// A listing's trading days. Those of a market that never closes are UTC's; sessions move with the bars.
  func tradingDay(_ listing: Int) -> KlineInterval {
    let calendar = listings[listing].instrument.calendar
    return .tradingDay(calendar, shift: calendar == .always ? 0 : shiftNanos)
  }

  /// What of a listing has been seen, as klines of an interval, oldest first; the last one may be running.
  ///
  /// - Parameters:
  ///   - from: klines that open at or after it, the first `limit` of them; nil for the latest `limit`.
  ///   - through: klines that open at or before it.
  func klines(
    _ listing: Int, _ interval: KlineInterval, from: Timestamp?, through: Timestamp?, limit: Int
  ) -> [Kline] {
    let running = running(listing)
    let seenCount = closedCount(listing) + (running == nil ? 0 : 1)
    let series = bars[listing]
    let first = from.map { instant in series.partitionPoint { $0.openTime >= interval.bounds(of: instant).open } } ?? 0
    var found: [Kline] = []
    /// The bar as far as it was seen, and the interval it belongs to.
    func part(_ index: Int) -> (bar: Bar, open: Timestamp, close: Timestamp) {
      let bar = index == running?.index ? series[index].seen(at: running?.phase ?? .closes) : series[index]
      if case .fixed(let nanos) = interval, nanos == bar.durationNanos { return (bar, bar.openTime, bar.knownAt) }
      let (open, close) = interval.bounds(of: bar.openTime)
      return (bar, open, close)
    }
    if from == nil {
      // From the end backwards, so that a long past costs nothing.
      var groups: [[Int]] = []
      var index = seenCount - 1
      var lastOpen: Timestamp?
      while index >= 0 {
        let (_, open, _) = part(index)
        if let through, open > through {
          index -= 1
          continue
        }
        if open != lastOpen {
          if groups.count == limit { break }
          groups.append([])
          lastOpen = open
        }
        groups[groups.count - 1].append(index)
        index -= 1
      }
      for group in groups.reversed() {
        for index in group.reversed() { append(part(index), index, to: &found, isFirst: index == group.last) }
      }
      return found
    }
    var index = first
    while index < seenCount {
      let (bar, open, close) = part(index)
      if let through, open > through { break }
      if let from, open < from {
        index += 1
        continue
      }
      let isFirst = found.last?.openTime != open
      if isFirst, found.count == limit { break }
      append((bar, open, close), index, to: &found, isFirst: isFirst)
      index += 1
    }
    return found
  }

  private func append(
    _ part: (bar: Bar, open: Timestamp, close: Timestamp), _ index: Int, to klines: inout [Kline], isFirst: Bool
  ) {
    if isFirst {
      klines.append(Kline(part.bar, index: index, openTime: part.open, closeTime: part.close))
    } else {
      klines[klines.count - 1].append(part.bar)
    }
  }
}

extension Array {
  /// The first place whose element satisfies the predicate, where all behind it do.
  fileprivate func partitionPoint(_ isBehind: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
