package import Events
package import Journal
import Market

/// What a journal holds, at a glance: what `inspect` prints when nothing more is asked.
package struct JournalOverview: Sendable {
  /// Of the files in order.
  package let paths: [String]
  package let context: RunContext
  package let summary: JournalSummary
  /// By kind number; kinds that don't occur are left out.
  package let kinds: [(kind: EventKind, count: UInt64)]

  package func text() -> String {
    let started = context.started
    var facts = TextTable([.left, .left])
    for path in paths { facts.add("journal", path) }
    if context.isFragment {
      facts.add("fragment", "its beginning is lost; instruments and strategies are numbers")
      facts.add("first", "event \(summary.firstSequence)")
    } else {
      facts.add("mode", started.mode.word)
      facts.add("run", context.runID)
    }
    facts.add("events", "\(summary.events)")
    if summary.firstSequence > 0 { facts.add("from event", "\(summary.firstSequence), continuing another journal") }
    facts.add("bytes", "\(summary.fileBytes)")
    if let first = summary.firstTime, let last = summary.lastTime { facts.add("time", "\(first) to \(last)") }
    facts.add("sealed", summary.isSealed ? "yes" : "no")
    facts.add("head", Hex.text(summary.head))
    if !context.isFragment {
      facts.add("currency", "\(started.currency)")
      facts.add("strategies", started.strategies.joined(separator: " "))
      facts.add("instruments", context.instrumentNames.joined(separator: " "))
    }
    var counts = TextTable([.left, .right])
    for (kind, count) in kinds { counts.add(EventRegistry.name(of: kind), "\(count)") }
    return facts.text + "\n" + counts.text
  }

  /// Keys, of which a fragment has null for all that its lost beginning said: `path`, `paths`, `mode`, `run_id`, `first_sequence`, `events`, `bytes`, `first_time`, `last_time`, `sealed`, `head`, `currency`, `strategies`,
  /// `instruments`, `kinds` (name and count each).
  package func json() -> String {
    let started = context.started
    var json = JSONWriter()
    json.openObject()
    json.string("path", paths.first)
    json.openArray("paths")
    for path in paths { json.string(nil, path) }
    json.closeArray()
    json.string("mode", context.isFragment ? nil : started.mode.word)
    json.string("run_id", context.isFragment ? nil : context.runID)
    json.integer("first_sequence", summary.firstSequence)
    json.integer("events", summary.events)
    json.integer("bytes", summary.fileBytes)
    json.string("first_time", summary.firstTime.map { "\($0)" })
    json.string("last_time", summary.lastTime.map { "\($0)" })
    json.flag("sealed", summary.isSealed)
    json.string("head", Hex.text(summary.head))
    json.string("currency", context.isFragment ? nil : "\(started.currency)")
    json.openArray("strategies")
    for name in started.strategies { json.string(nil, name) }
    json.closeArray()
    json.openArray("instruments")
    for name in context.instrumentNames { json.string(nil, name) }
    json.closeArray()
    json.openArray("kinds")
    for (kind, count) in kinds {
      json.openObject()
      json.string("kind", EventRegistry.name(of: kind))
      json.integer("count", count)
      json.closeObject()
    }
    json.closeArray()
    json.closeObject()
    return json.text()
  }
}

/// Counts a journal's events by kind.
package func overview(_ chain: JournalChain) throws(ProjectionError) -> JournalOverview {
  var cursor = try EventCursor(chain)
  var counts = [UInt64](repeating: 0, count: 256)
  while let event = try cursor.next() { counts[Int(event.kind.rawValue)] += 1 }
  var kinds: [(kind: EventKind, count: UInt64)] = []
  for (number, count) in counts.enumerated() where count > 0 {
    kinds.append((EventKind(rawValue: UInt8(number)), count))
  }
  return JournalOverview(
    paths: chain.links.map(\.path), context: RunContext(chain), summary: cursor.summary, kinds: kinds)
}
