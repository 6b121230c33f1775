/// One thing that went wrong: the n-th time that it could have.
package struct Fault: Hashable, Sendable, CustomStringConvertible {
  /// What can go wrong in a simulated world. The words are what `engine-simulate --faults` reads.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    // The network between a run and the exchange.
    case requestLost = "request_lost"
    case answerLost = "answer_lost"
    /// The request arrives when its sender has given up, and is executed then.
    case requestLate = "request_late"
    case answerSlow = "answer_slow"
    case connectionRefused = "connection_refused"
    case disconnected
    /// Nothing passes any more, and nobody is told.
    case halfOpen = "half_open"
    case textRepeated = "text_repeated"
    case textSlow = "text_slow"
    // The run's clock.
    case clockJump = "clock_jump"
    // The run's process and disk.
    case processKilled = "process_killed"
    case powerCut = "power_cut"
    case diskError = "disk_error"
    case diskFull = "disk_full"
    // People.
    case killed
    case resumed
    case rearmed
    case stopped

    /// Whether it can happen only where there is a network.
    package var isOfNetwork: Bool {
      switch self {
      case .requestLost, .answerLost, .requestLate, .answerSlow, .connectionRefused, .disconnected, .halfOpen,
        .textRepeated, .textSlow:
        true
      case .clockJump, .processKilled, .powerCut, .diskError, .diskFull, .killed, .resumed, .rearmed, .stopped: false
      }
    }
  }

  package var kind: Kind
  /// Counted from 0 among the chances of its kind.
  package var chance: UInt64
  /// From which whatever else there is to decide follows: how late, how much is lost.
  package var detail: UInt64

  package init(_ kind: Kind, chance: UInt64, detail: UInt64) {
    self.kind = kind
    self.chance = chance
    self.detail = detail
  }

  package var description: String { "\(kind.rawValue)@\(chance):\(String(detail, radix: 16))" }

  /// Reads what `description` wrote; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard numbers.count == 2, let chance = UInt64(numbers[0]), let detail = UInt64(numbers[1], radix: 16) else {
      return nil
    }
    self.init(kind, chance: chance, detail: detail)
  }

  /// Reads a list with commas; nil where one of them is none.
  package static func list(_ text: String) -> [Fault]? {
    if text.isEmpty || text == "none" { return [] }
    var faults: [Fault] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let fault = Fault(part) else { return nil }
      faults.append(fault)
    }
    return faults
  }
}
