package import Rehearsal
package import Simulation

/// One thing that went wrong in a session: in the world around exchange and run, or at the exchange itself.
package enum Mishap: Hashable, Sendable, CustomStringConvertible {
  case world(Fault)
  case venue(FiredFault)

  package var description: String {
    switch self {
    case .world(let fault): fault.description
    case .venue(let fired):
      "venue/\(fired.rule.fault.rawValue)/\(fired.rule.target.rawValue)@\(fired.step):\(fired.rule.nanos):\(fired.rule.number)"
    }
  }

  /// Its kind alone, for counting.
  package var word: String {
    switch self {
    case .world(let fault): fault.kind.rawValue
    case .venue(let fired): "venue/\(fired.rule.fault.rawValue)/\(fired.rule.target.rawValue)"
    }
  }

  /// Reads what `description` wrote; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard text.hasPrefix("venue/") else {
      guard let fault = Fault(text) else { return nil }
      self = .world(fault)
      return
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard names.count == 3, numbers.count == 3, let kind = Rehearsal.FaultKind(rawValue: String(names[1])),
      let target = FaultTarget(rawValue: String(names[2])), let step = UInt64(numbers[0]),
      let nanos = Int64(numbers[1]), let number = Int64(numbers[2])
    else { return nil }
    self = .venue(
      FiredFault(rule: FaultRule(kind, on: target, .steps([step]), nanos: nanos, number: number), step: step))
  }

  /// Reads a list with commas, `none` for an empty one; nil where one of them is none.
  package static func list(_ text: String) -> [Mishap]? {
    if text.isEmpty || text == "none" { return [] }
    var list: [Mishap] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let mishap = Mishap(part) else { return nil }
      list.append(mishap)
    }
    return list
  }

  /// What `list` reads.
  package static func text(_ list: [Mishap]) -> String {
    list.isEmpty ? "none" : list.map(\.description).joined(separator: ",")
  }
}

extension [Mishap] {
  var world: [Fault] { compactMap { if case .world(let fault) = $0 { fault } else { nil } } }
  var venue: [FiredFault] { compactMap { if case .venue(let fault) = $0 { fault } else { nil } } }
}
