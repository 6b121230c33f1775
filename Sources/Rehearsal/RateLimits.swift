import Market

/// Request weight of a minute and orders of ten seconds and a day, in windows aligned to the clock.
struct RateLimits: Hashable, Sendable {
  private var weight = Window(nanos: 60 * Timestamp.nanosPerSecond)
  private var tenSeconds = Window(nanos: 10 * Timestamp.nanosPerSecond)
  private var day = Window(nanos: Timestamp.nanosPerDay)
  /// Requests of this minute that came after the weight was used up.
  private var ignoredCount = Window(nanos: 60 * Timestamp.nanosPerSecond)

  /// So many requests against a 429 are a ban.
  static let ignoredMax: Int64 = 10

  struct Window: Hashable, Sendable {
    let nanos: Int64
    private var number: Int64 = .min
    private var used: Int64 = 0

    init(nanos: Int64) { self.nanos = nanos }

    func count(at time: Timestamp) -> Int64 { time.nanos / nanos == number ? used : 0 }

    mutating func add(_ amount: Int64, at time: Timestamp) {
      let current = time.nanos / nanos
      if current != number {
        number = current
        used = 0
      }
      used = max(0, used + amount)
    }

    func secondsLeft(at time: Timestamp) -> Int64 {
      (nanos - time.nanos % nanos + Timestamp.nanosPerSecond - 1) / Timestamp.nanosPerSecond
    }
  }

  func weightUsed(at time: Timestamp) -> Int64 { weight.count(at: time) }
  func ordersInTenSeconds(at time: Timestamp) -> Int64 { tenSeconds.count(at: time) }
  func ordersToday(at time: Timestamp) -> Int64 { day.count(at: time) }

  mutating func addWeight(_ amount: Int64, at time: Timestamp) { weight.add(amount, at: time) }
  mutating func addOrder(at time: Timestamp) {
    tenSeconds.add(1, at: time)
    day.add(1, at: time)
  }

  /// An order's first fill gives its place back.
  mutating func removeOrder(acceptedAt: Timestamp, at time: Timestamp) {
    if acceptedAt.nanos / tenSeconds.nanos == time.nanos / tenSeconds.nanos { tenSeconds.add(-1, at: time) }
    if acceptedAt.nanos / day.nanos == time.nanos / day.nanos { day.add(-1, at: time) }
  }

  /// - Returns: seconds to wait where the minute's weight is used up, and whether so many came all the same that it is a ban.
  mutating func refusal(limit: Int64, at time: Timestamp) -> (seconds: Int64, isBan: Bool)? {
    guard weight.count(at: time) >= limit else { return nil }
    ignoredCount.add(1, at: time)
    return (weight.secondsLeft(at: time), ignoredCount.count(at: time) > RateLimits.ignoredMax)
  }
}
