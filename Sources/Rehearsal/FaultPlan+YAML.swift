import Market
import Yams

/// What is wrong with a plan's file, in the order of its lines. Lines and columns count from 1; 0 where the text as a whole is meant.
package struct FaultPlanError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Fault: Hashable, Sendable {
    package var line: Int
    package var column: Int
    package var problem: String
  }
  package var faults: [Fault]

  package var description: String {
    faults.map { $0.line > 0 ? "line \($0.line), column \($0.column): \($0.problem)" : $0.problem }
      .joined(separator: "\n")
  }
}

extension FaultPlan {
  /// Reads a plan:
  ///
  /// ```yaml
  /// seed: 7
  /// faults:
  ///   - {fault: drop_after, on: order, at: 3}
  ///   - {fault: html, on: klines, at: [2, 5], number: 503}
  ///   - {fault: late, on: user_event, rate: 5 %, most: 10, for: 2s}
  /// ```
  package init(yaml: String) throws(FaultPlanError) {
    var reader = FaultPlanReader()
    let plan = reader.read(yaml)
    guard let plan, reader.faults.isEmpty else { throw FaultPlanError(faults: reader.faults) }
    self = plan
  }
}

/// Reads a plan and collects all that is wrong with it.
private struct FaultPlanReader {
  var faults: [FaultPlanError.Fault] = []

  mutating func read(_ yaml: String) -> FaultPlan? {
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      faults.append(FaultPlanError.Fault(line: 0, column: 0, problem: "this is no YAML: \(error)"))
      return nil
    }
    guard let root else { return FaultPlan() }
    guard let mapping = root.mapping else {
      note("write a mapping of seed and faults", at: root)
      return nil
    }
    var plan = FaultPlan()
    for (key, value) in mapping {
      switch key.scalar?.string {
      case "seed":
        if let seed = value.scalar.flatMap({ UInt64($0.string) }) {
          plan.seed = seed
        } else {
          note("a seed is a whole number from 0 on", at: value)
        }
      case "faults":
        guard let list = value.sequence else {
          note("faults is a list, one mapping a fault", at: value)
          continue
        }
        for item in list {
          if let rule = rule(item) { plan.rules.append(rule) }
        }
      default: note("unknown key \(key.scalar?.string ?? ""); there are seed and faults", at: key)
      }
    }
    return plan
  }

  private mutating func rule(_ node: Node) -> FaultRule? {
    guard let mapping = node.mapping else {
      note("write a fault as {fault: …, on: …, at: …}", at: node)
      return nil
    }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      guard ["fault", "on", "at", "rate", "most", "for", "number"].contains(name) else {
        note("unknown key \(name); there are fault, on, at, rate, most, for and number", at: key)
        continue
      }
      values[name] = value
    }
    let kind: FaultKind? = word("fault", values, node)
    let target: FaultTarget? = word("on", values, node)
    let trigger = trigger(values, node)
    let nanos = values["for"].flatMap { duration($0) }
    let number = values["number"].flatMap { self.number($0) }
    guard let kind, let target, let trigger else { return nil }
    guard kind.applies(to: target) else {
      note("\(kind.rawValue) means nothing on \(target.rawValue)", at: values["on"] ?? node)
      return nil
    }
    if let number, let allowed = kind.numbers, !allowed.contains(number) {
      note(
        "number \(number) is no \(kind == .wrongPrice ? "factor in thousandths" : "HTTP status") of \(kind.rawValue): from \(allowed.lowerBound) to \(allowed.upperBound)",
        at: values["number"] ?? node)
      return nil
    }
    return FaultRule(kind, on: target, trigger, nanos: nanos, number: number)
  }

  private mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ values: [String: Node], _ node: Node
  ) -> Word? where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    guard let value = values[name] else {
      note("\(name) is missing: one of \(words)", at: node)
      return nil
    }
    if let found = value.scalar.flatMap({ Word(rawValue: $0.string) }) { return found }
    note("\(name) is one of \(words)", at: value)
    return nil
  }

  private mutating func trigger(_ values: [String: Node], _ node: Node) -> FaultTrigger? {
    switch (values["at"], values["rate"]) {
    case (let at?, nil):
      if let most = values["most"] { note("most goes with rate", at: most) }
      let steps = (at.sequence.map(Array.init) ?? [at]).map { $0.scalar.flatMap { UInt64($0.string) } ?? 0 }
      if !steps.isEmpty, !steps.contains(0) { return .steps(steps) }
      note("at is a step, or a list of steps, counted from 1", at: at)
    case (nil, let rate?):
      let share = rate.scalar?.string ?? ""
      let text = share.hasSuffix("%") ? share.dropLast().filter { $0 != " " } : ""
      var most = UInt64.max
      if let node = values["most"] {
        if let count = node.scalar.flatMap({ UInt64($0.string) }) {
          most = count
        } else {
          note("most is a whole number", at: node)
        }
      }
      if let nanos = nanos(text), nanos >= 0, nanos <= 100 * FixedPoint.unit {
        return .rate(micros: nanos / 100_000, most: most)
      }
      note("a rate is a share such as 5 %", at: rate)
    default: note("say when: either at (a step) or rate (a share)", at: node)
    }
    return nil
  }

  private func nanos(_ text: String) -> Int64? {
    do throws(FixedPointError) { return try text.fixedPointNanos() } catch { return nil }
  }

  private mutating func number(_ node: Node) -> Int64? {
    if let number = node.scalar.flatMap({ Int64($0.string) }) { return number }
    note("number is a whole number", at: node)
    return nil
  }

  /// `250ms`, `2s`, `-1.5s`, `3m`, `24h`.
  private mutating func duration(_ node: Node) -> Int64? {
    let text = node.scalar?.string ?? ""
    let units: [(suffix: String, nanos: Int128)] = [
      ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let count = nanos(String(text.dropLast(unit.suffix.count))) else { break }
      if let nanos = Int64(exactly: Int128(count) * unit.nanos / Int128(FixedPoint.unit)), nanos.magnitude < 1 << 60 {
        return nanos
      }
    }
    note("for is a duration such as 250ms, 2s, 3m or 24h", at: node)
    return nil
  }

  private mutating func note(_ problem: String, at node: Node) {
    let mark = node.mark
    faults.append(FaultPlanError.Fault(line: mark?.line ?? 0, column: mark?.column ?? 0, problem: problem))
  }
}
