package import Events
package import Journal

/// Writes all events of one kind as CSV: a header, then a row an event.
///
/// Columns: `sequence,time,cause` and the kind's fields by name; `cause` is empty for inputs. Times are ISO 8601 in UTC, numbers exact
/// decimals, amounts in the run's currency (column `currency` of kind `run_started`), digests hex; what is absent is empty.
/// - Returns: how many rows were written.
@discardableResult
package func exportCSV(
  _ chain: JournalChain, kind: EventKind, to sink: ByteSink
) throws(ProjectionError) -> UInt64 {
  var cursor = try EventCursor(chain)
  var buffer = TextBuffer()
  var rowCount: UInt64 = 0
  var needsHeader = true
  func header(_ columns: [String]) {
    buffer.append(text: (EventColumns.envelope + columns).joined(separator: ","))
    buffer.append(UInt8(ascii: "\n"))
    needsHeader = false
  }
  if let columns = EventColumns.fields(of: kind) { header(columns) }
  let context = RunContext(chain)
  let bars = BarText(context)
  while let event = try cursor.next() {
    guard event.kind == kind else { continue }
    rowCount += 1
    if case .bar(let bar) = event.content {
      bars.write(csv: bar, sequence: event.sequence, context, into: &buffer)
    } else {
      let text = try EventText(event, context: context)
      if needsHeader { header(text.fields.map(\.name)) }
      text.write(csv: context, into: &buffer)
    }
    try buffer.drain(above: TextBuffer.drainBytes, to: sink)
  }
  if needsHeader { header([]) }
  try buffer.drain(above: 0, to: sink)
  return rowCount
}

/// Writes events as JSON lines: an object a line, with `sequence`, `time`, `kind`, `cause` and the kind's fields.
///
/// Prices, quantities, amounts and other exact decimals are strings; sequences and counts are numbers; what is absent is null.
/// - Parameter kind: nil writes every event of the journal.
/// - Returns: how many lines were written.
@discardableResult
package func exportJSONLines(
  _ chain: JournalChain, kind: EventKind? = nil, to sink: ByteSink
) throws(ProjectionError) -> UInt64 {
  var cursor = try EventCursor(chain)
  var buffer = TextBuffer()
  var lineCount: UInt64 = 0
  let context = RunContext(chain)
  let bars = BarText(context)
  while let event = try cursor.next() {
    if let kind, event.kind != kind { continue }
    lineCount += 1
    if case .bar(let bar) = event.content {
      bars.write(json: bar, sequence: event.sequence, context, into: &buffer)
    } else {
      try EventText(event, context: context).write(json: context, into: &buffer)
    }
    buffer.append(UInt8(ascii: "\n"))
    try buffer.drain(above: TextBuffer.drainBytes, to: sink)
  }
  try buffer.drain(above: 0, to: sink)
  return lineCount
}

extension TextBuffer {
  /// How much is gathered before the sink is called.
  static let drainBytes = 96 * 1024

  /// Hands everything to `sink` where more than `limit` bytes have gathered.
  mutating func drain(above limit: Int, to sink: ByteSink) throws(ProjectionError) {
    if count <= limit { return }
    try sink(bytes)
    removeAll()
  }
}
