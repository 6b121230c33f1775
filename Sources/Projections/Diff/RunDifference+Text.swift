import Events
import Market

extension RunDifference {
  /// For people: what differs first and why, then counts by kind.
  package func text() -> String {
    var out = ""
    let sides = [("A", left), ("B", right)]
    var heads = TextTable([.left, .left, .left, .left, .right, .left])
    for (letter, side) in sides {
      heads.add(
        letter, side.path, side.context.started.mode.word, "run \(side.context.runID.prefix(12))",
        "\(side.eventCount) events", side.isComplete ? "" : "ends early at \(side.lastTime)")
    }
    out += heads.text + "\n"
    if let first {
      out += "Different. First divergence: \(describe(first))\n"
      var fields = TextTable([.left, .left, .left], indent: "  ")
      for field in first.fields { fields.add(field.name, "A \(field.left)", "B \(field.right)") }
      out += fields.text
      out += chain("A", first.leftChain, left.context, isMissing: first.left == nil, first)
      out += chain("B", first.rightChain, right.context, isMissing: first.right == nil, first)
    } else {
      out += isStrict ? "Same, envelope included.\n" : "Same in meaning.\n"
    }
    var counts = TextTable([.left, .right, .right, .right, .right])
    counts.add("kind", "equal", "changed", "only in A", "only in B")
    for count in kinds {
      counts.add(
        EventRegistry.name(of: count.kind), "\(count.equal)", "\(count.changed)", "\(count.leftOnly)",
        "\(count.rightOnly)")
    }
    return out + "\n" + counts.text
  }

  private func describe(_ first: First) -> String {
    let name = EventRegistry.name(of: first.kind)
    switch (first.left, first.right) {
    case (let left?, let right?): return "\(name) at \(first.time), A \(left), B \(right)"
    case (let left?, nil): return "\(name) at \(first.time), only in A (\(left))"
    case (nil, let right?): return "\(name) at \(first.time), only in B (\(right))"
    case (nil, nil): return name
    }
  }

  private func chain(
    _ letter: String, _ chain: [ChainLink], _ context: RunContext, isMissing: Bool, _ first: First
  ) -> String {
    var out = "\n\(letter):\n"
    for (depth, link) in chain.enumerated() {
      let indent = depth == 0 ? "  " : "  " + String(repeating: "   ", count: depth - 1) + "└─ "
      out += "\(indent)\(link.summary)  [\(link.event.sequence)]\n"
    }
    if isMissing {
      out +=
        chain.isEmpty ? "  has no such \(EventRegistry.name(of: first.kind))" : "  and nothing of the kind from there"
      if let instead = first.instead {
        out += "; in its place: " + instead.line(context)
      } else if chain.isEmpty {
        out += "; it ends here"
      }
      out += "\n"
    }
    return out
  }

  /// The same as a JSON document. Keys: `same`, `strict`, `left`, `right`, `kinds`, `first` (null where the runs are the same).
  package func json() -> String {
    var json = JSONWriter()
    json.openObject()
    json.flag("same", isSame)
    json.flag("strict", isStrict)
    left.write("left", &json)
    right.write("right", &json)
    json.openArray("kinds")
    for count in kinds {
      json.openObject()
      json.string("kind", EventRegistry.name(of: count.kind))
      json.integer("equal", count.equal)
      json.integer("changed", count.changed)
      json.integer("only_left", count.leftOnly)
      json.integer("only_right", count.rightOnly)
      json.closeObject()
    }
    json.closeArray()
    if let first { write(first, &json) } else { json.string("first", nil) }
    json.closeObject()
    return json.text()
  }

  private func write(_ first: First, _ json: inout JSONWriter) {
    json.openObject("first")
    json.string("kind", EventRegistry.name(of: first.kind))
    json.string("time", "\(first.time)")
    json.integer("left", first.left)
    json.integer("right", first.right)
    json.openArray("fields")
    for field in first.fields {
      json.openObject()
      json.string("name", field.name)
      json.string("left", field.left)
      json.string("right", field.right)
      json.closeObject()
    }
    json.closeArray()
    json.openArray("left_chain")
    for link in first.leftChain { json.event(nil, link.event, left.context) }
    json.closeArray()
    json.openArray("right_chain")
    for link in first.rightChain { json.event(nil, link.event, right.context) }
    json.closeArray()
    json.event("instead", first.instead, first.left == nil ? left.context : right.context)
    json.closeObject()
  }
}

extension RunDifference.Side {
  fileprivate func write(_ key: StaticString, _ json: inout JSONWriter) {
    json.openObject(key)
    json.string("path", path)
    json.string("run_id", context.runID)
    json.string("mode", context.started.mode.word)
    json.integer("events", eventCount)
    json.string("last_time", "\(lastTime)")
    json.flag("complete", isComplete)
    json.closeObject()
  }
}
