import Market
import Wire

/// HTTP calls of one feed, paced: no more than `inFlightMax` at once, no two within `spacingNanos`, none before a pause that the other side asked for is over; an attempt
/// that failed is made again behind a growing pause, `attemptsMax` times.
struct PacedCalls<Job: Hashable & Sendable>: Sendable {
  private struct Waiting: Hashable, Sendable {
    var job: Job
    var notBefore: Timestamp
    var attempts: Int
  }

  private let spacingNanos: Int64
  private let inFlightMax: Int
  private let attemptsMax: Int
  private var waiting: [Waiting] = []
  private var inFlight: [(number: CallNumber, job: Job, attempts: Int, sentAt: Timestamp)] = []
  private var nextNumber: UInt64 = 1
  private var nextAt = Timestamp(nanos: .min)
  private var backoff: Backoff

  init(spacingNanos: Int64, inFlightMax: Int, attemptsMax: Int, seed: UInt64) {
    self.spacingNanos = spacingNanos
    self.inFlightMax = inFlightMax
    self.attemptsMax = attemptsMax
    backoff = Backoff(firstNanos: 1_000_000_000, longestNanos: 60_000_000_000, seed: seed)
  }

  var isIdle: Bool { waiting.isEmpty && inFlight.isEmpty }
  var wakeAt: Timestamp? {
    if inFlight.count >= inFlightMax { return nil }
    var first: Timestamp?
    for index in waiting.indices { first = .earlier(first, waiting[index].notBefore) }
    return first.map { max($0, nextAt) }
  }

  mutating func add(_ job: Job, at time: Timestamp = Timestamp(nanos: .min)) {
    waiting.append(Waiting(job: job, notBefore: time, attempts: 0))
  }

  /// Takes the next job that may go now.
  mutating func take(_ now: Timestamp) -> (number: CallNumber, job: Job)? {
    guard inFlight.count < inFlightMax, now >= nextAt,
      let place = waiting.firstIndex(where: { $0.notBefore <= now })
    else { return nil }
    let next = waiting.remove(at: place)
    let number = CallNumber(rawValue: nextNumber)
    nextNumber += 1
    nextAt = now.plus(spacingNanos)
    inFlight.append((number, next.job, next.attempts + 1, now))
    return (number, next.job)
  }

  /// The job that an answer is for; nil where it was given up.
  mutating func finish(_ number: CallNumber) -> (job: Job, attempts: Int, sentAt: Timestamp)? {
    guard let place = inFlight.firstIndex(where: { $0.number == number }) else { return nil }
    let call = inFlight.remove(at: place)
    return (call.job, call.attempts, call.sentAt)
  }

  mutating func succeeded() { backoff.reset() }

  /// Has a job tried again later; false where it has been tried often enough.
  mutating func retry(_ job: Job, attempts: Int, _ now: Timestamp) -> Bool {
    if attempts >= attemptsMax { return false }
    waiting.append(Waiting(job: job, notBefore: now.plus(backoff.next()), attempts: attempts))
    return true
  }

  /// Nothing goes out before `time`; what was refused for it goes out again then, and counts as no attempt.
  mutating func pause(until time: Timestamp, _ job: Job, attempts: Int) {
    nextAt = max(nextAt, time)
    waiting.append(Waiting(job: job, notBefore: time, attempts: attempts - 1))
  }
}
