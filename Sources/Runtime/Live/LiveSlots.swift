import Feeds
import Market

/// Stand-in until the feeds' assembler is merged.
struct SlotAssembler {
  private var open: [Bar] = []
  private var closed: [[Bar]] = []
  private var lastOpen: [Timestamp?]
  init(_ request: LiveRequest) { lastOpen = Array(repeating: nil, count: request.instruments.count) }
  mutating func resume(behind times: [Timestamp?]) { lastOpen = times }
  mutating func take(_ bar: Bar, now: Timestamp) {
    if let last = lastOpen[bar.instrument.position], bar.openTime <= last { return }
    if let first = open.first, first.knownAt != bar.knownAt { flush(now: now) }
    lastOpen[bar.instrument.position] = bar.openTime
    open.append(bar)
    if open.count == lastOpen.count { flush(now: now) }
  }
  mutating func flush(now: Timestamp) {
    if open.isEmpty { return }
    open.sort { $0.instrument < $1.instrument }
    closed.append(open.enumerated().map { $1.with(instrument: $1.instrument, closesSlot: $0 == open.count - 1) })
    open = []
  }
  func isDue(_ now: Timestamp) -> Bool { false }
  mutating func wake(now: Timestamp) {}
  mutating func takeNotices() -> [FeedNotice] { [] }
  mutating func takeClosed() -> [[Bar]] {
    defer { closed = [] }
    return closed
  }
}
