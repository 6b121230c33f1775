import Events
import Journal
import Market

/// A run written by hand, step by step, so that tests can leave out, change or add one and keep all causes meaningful.
struct Scenario {
  enum Content {
    case bar(Bar)
    case input(any EventBody, Timestamp)
    case derived(any EventBody)
  }

  /// One event; `content` is asked with a function from labels to the sequences they got.
  struct Step {
    let label: String
    let cause: String?
    let content: ((String) -> UInt64) throws -> Content
  }

  var steps: [Step] = []

  mutating func bar(_ label: String, _ bar: Bar) {
    steps.append(Step(label: label, cause: nil) { _ in .bar(bar) })
  }

  mutating func input(_ label: String, _ body: any EventBody, at time: Timestamp) {
    steps.append(Step(label: label, cause: nil) { _ in .input(body, time) })
  }

  mutating func derived(
    _ label: String, cause: String, _ body: @escaping ((String) -> UInt64) throws -> any EventBody
  ) {
    steps.append(Step(label: label, cause: cause) { .derived(try body($0)) })
  }

  /// The journal of all steps but `missing`; what they caused is caused by their cause then.
  func journal(missing: Set<String> = [], path: String = "run.zst") throws -> MemoryFile {
    let file = MemoryFile(path: path)
    var writer = try JournalWriter(file: file, options: JournalOptions())
    var buffer = EventBuffer()
    var sequences: [String: UInt64] = [:]
    let causes = Dictionary(uniqueKeysWithValues: steps.map { ($0.label, $0.cause) })
    func sequence(_ label: String) -> UInt64 {
      var current = label
      while sequences[current] == nil {
        guard let cause = causes[current].flatMap({ $0 }) else { fatalError("no event \(label)") }
        current = cause
      }
      return sequences[current] ?? 0
    }
    for step in steps where !missing.contains(step.label) {
      let next = writer.nextSequence
      switch try step.content(sequence) {
      case .bar(let bar): try writer.append(bar)
      case .input(let body, let time):
        buffer.clear(nextSequence: next)
        append(body, &buffer, time: time)
        try writer.append(buffer)
      case .derived(let body):
        buffer.clear(nextSequence: next)
        append(body, &buffer, cause: sequence(step.cause ?? ""))
        try writer.append(buffer)
      }
      sequences[step.label] = next
    }
    _ = try writer.seal()
    return file
  }

  private func append<Body: EventBody>(_ body: Body, _ buffer: inout EventBuffer, time: Timestamp) {
    buffer.append(body, time: time)
  }

  private func append<Body: EventBody>(_ body: Body, _ buffer: inout EventBuffer, cause: UInt64) {
    buffer.append(body, cause: cause)
  }

  /// Replaces the step of that label.
  func replacing(_ label: String, with content: @escaping ((String) -> UInt64) throws -> Content) -> Scenario {
    var changed = self
    changed.steps = steps.map { step in
      step.label == label ? Step(label: label, cause: step.cause, content: content) : step
    }
    return changed
  }

  /// Puts the steps of `other` in front of the step of that label.
  func inserting(_ other: Scenario, before label: String) throws -> Scenario {
    var changed = self
    guard let position = steps.firstIndex(where: { $0.label == label }) else { fatalError("no step \(label)") }
    changed.steps.insert(contentsOf: other.steps, at: position)
    return changed
  }
}
