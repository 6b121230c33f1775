import Market
import Network
import Runtime
import Wire

/// What a rehearsal exchange's clock shows: asked once, so that a run at its speed keeps its time.
final class ExchangeTime: LoopOwner {
  private let url: String
  private var isAsked = false
  private var deadline: Timestamp?
  private var answer: Timestamp?
  private var failure = "no answer"

  private init(_ url: String) { self.url = url }

  /// - Throws: where nobody answers within five seconds.
  static func ask(_ base: String) throws -> Timestamp {
    let owner = ExchangeTime("\(base)/api/v3/time")
    try WireLoop(clock: .real).run(owner)
    guard let answer = owner.answer else {
      throw Failure(
        "\(owner.url) doesn't say what time it is there (\(owner.failure)); start `engine rehearse` first, or leave out `clock: speed`."
      )
    }
    return answer
  }

  var wakeAt: Timestamp? { deadline }

  func idle(now: Timestamp, on loop: WireLoop) {}

  func step(_ arrivals: [LoopArrival], now: Timestamp, on loop: WireLoop) {
    if !isAsked {
      isAsked = true
      deadline = Timestamp(nanos: now.nanos + 5_000_000_000)
      loop.perform(
        .http(CallNumber(rawValue: 1), HTTPRequest(url: url, timeoutNanos: 4_000_000_000)), for: 0)
    }
    for arrival in arrivals {
      switch arrival.event {
      case .answered(_, let response):
        do throws(JSONError) {
          answer = try JSONDocument(response.body).root["serverTime"]?.integer.flatMap { Timestamp(milliseconds: $0) }
        } catch { failure = "\(error)" }
        loop.stop()
      case .failed(_, let reason):
        failure = reason.words
        loop.stop()
      case .opened, .received, .closed: break
      }
    }
    if let deadline, now >= deadline { loop.stop() }
  }
}
