package import Events
package import Journal

/// Which events `inspect` lists.
package struct EventSelection: Sendable {
  /// Nil lists every kind.
  package var kind: EventKind?
  /// The first sequence listed.
  package var from: UInt64
  /// How many events are listed at most; nil lists to the end.
  package var limit: UInt64?
  package init(kind: EventKind? = nil, from: UInt64 = 0, limit: UInt64? = nil) {
    self.kind = kind
    self.from = from
    self.limit = limit
  }
}

package enum ListingFormat: String, CaseIterable, Sendable {
  /// A line of `name=value` an event.
  case text
  /// As the JSON lines export.
  case json
}

/// Lists events, one a line, starting by a seek.
/// - Returns: how many lines were written.
@discardableResult
package func listEvents(
  _ journal: JournalChain, _ selection: EventSelection, format: ListingFormat = .text, to sink: ByteSink
) throws(ProjectionError) -> UInt64 {
  let context = RunContext(journal)
  var chain = try CausalChain(journal, context: context)
  var buffer = TextBuffer()
  var lineCount: UInt64 = 0
  let limit = selection.limit ?? .max
  if selection.from >= chain.nextSequence { return 0 }
  var event: JournalEvent? = try chain.event(max(selection.from, chain.firstSequence))
  while lineCount < limit, let current = event {
    if selection.kind == nil || current.kind == selection.kind {
      let text = try EventText(current, context: context)
      switch format {
      case .text: text.write(text: context, into: &buffer)
      case .json: text.write(json: context, into: &buffer)
      }
      buffer.append(UInt8(ascii: "\n"))
      lineCount += 1
      try buffer.drain(above: TextBuffer.drainBytes, to: sink)
    }
    event = try chain.next()
  }
  try buffer.drain(above: 0, to: sink)
  return lineCount
}
