package import Events
package import Market

/// How many events happened within the last so many nanoseconds: orders, rejects, signals an hour.
///
/// An event at time t counts until t + `windowNanos`, that instant excluded. At most `capacity` are remembered: a count of `capacity` means that or
/// more, so a limit of n needs a capacity of n + 1.
package struct RateWindow: Sendable {
  package let windowNanos: Int64
  package let capacity: Int
  /// Times of events, a ring that never falls in time from its oldest on.
  private var times: [Int64]
  private var oldest = 0
  private var held = 0

  /// - Parameters:
  ///   - capacity: 1 … 1,000,000 events.
  ///   - windowNanos: 1 … `Int64.max`.
  package init(capacity: Int64, windowNanos: Int64) throws(StatisticsError) {
    try Setting.require(capacity, in: 1...1_000_000, "capacity")
    try Setting.require(windowNanos, in: 1 ... .max, "window")
    self.windowNanos = windowNanos
    self.capacity = Int(capacity)
    times = Array(repeating: 0, count: Int(capacity))
  }

  /// Notes one event; where `capacity` are held, the oldest is forgotten.
  ///
  /// A time before the last event's counts as that one's: input times never decrease.
  package mutating func record(at time: Timestamp) {
    expire(at: time.nanos)
    let newest = held > 0 ? max(time.nanos, times[place(held - 1)]) : time.nanos
    if held == capacity {
      times[oldest] = newest
      oldest = place(1)
    } else {
      times[place(held)] = newest
      held += 1
    }
  }

  /// Events within the window that ends at `time`; forgets those that have left it.
  ///
  /// - Complexity: constant over the life of an event.
  package mutating func count(at time: Timestamp) -> Int {
    expire(at: time.nanos)
    return held
  }

  /// As `count(at:)`, without forgetting.
  package func held(at time: Timestamp) -> Int {
    // The times themselves are shared: only the two counters are copied.
    var copy = self
    return copy.count(at: time)
  }

  /// Forgets all.
  package mutating func restart() {
    held = 0
    oldest = 0
  }

  private mutating func expire(at time: Int64) {
    let (edge, overflowed) = time.subtractingReportingOverflow(windowNanos)
    // Before the beginning of time nothing has left.
    if overflowed { return }
    while held > 0, times[oldest] <= edge {
      oldest = place(1)
      held -= 1
    }
    if held == 0 { oldest = 0 }
  }

  private func place(_ index: Int) -> Int {
    let place = oldest + index
    return place < capacity ? place : place - capacity
  }

  /// Times from the oldest on: where in the ring they stand is no state.
  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(held))
    for index in 0..<held { buffer.appendZigzag(times[place(index)]) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var read = self
    (read.oldest, read.held) = (0, try reader.readCount("events", upTo: capacity))
    for index in 0..<read.held {
      read.times[index] = try reader.readZigzag()
      guard index == 0 || read.times[index] >= read.times[index - 1] else { throw .inconsistent("event times") }
    }
    self = read
  }
}
