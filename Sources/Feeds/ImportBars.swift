import Events
import Journal
import Market

/// Reads text files of bars into a new journal.
///
/// The journal is written beside its destination and gets its name when it is whole: after any error the destination is
/// what it was before. The same inputs, specification and symbols give the same bytes.
///
/// - Parameter progress: called after each piece that was read, on the caller's thread.
/// - Throws: `ImportError`; bad rows are collected over all files before they are thrown.
/// - Complexity: linear in the rows, times the logarithm of the number of symbols; memory is bounded by the number of
///   symbols, not of rows.
package func importBars(
  _ request: ImportRequest, progress: ((ImportProgress) -> Void)? = nil
) throws(ImportError) -> ImportReport {
  try PartialOutput.check(request.output, replaces: request.replacesOutput)
  let sources = try ImportSources(request, meter: ProgressMeter(progress))
  let started = try ImportStart(request.specification, symbols: sources.symbols, inputsDigest: sources.digest)
  let output = try PartialOutput(request.output)
  let written = try writeJournal(request, sources, started, output)
  try output.finish()

  let counts = sources.counts
  return ImportReport(
    specification: request.specification.name, inputs: request.inputs, inputBytes: sources.inputBytes,
    rows: counts.rows, bars: written.tallies.reduce(0) { $0 + $1.bars }, quarantined: counts.badRows,
    outsideSession: counts.outside, outsideSessionPolicy: request.specification.outsideSession,
    blankLines: counts.blankLines, notWantedRows: counts.notWanted, irregularDates: counts.irregular,
    barsWithoutVolume: counts.withoutVolume, tickSize: request.specification.tickSize,
    tickChecked: written.ticks.checked, offTickBars: written.ticks.offTick, fittingTick: written.ticks.fittingTick,
    symbols: written.tallies, firstOpen: written.firstOpen, lastKnown: written.lastKnown, runID: started.event.runID,
    inputsDigest: started.inputsDigest, journal: written.journal)
}

private struct WrittenBars {
  let journal: JournalSummary
  let tallies: [ImportedSymbol]
  let ticks: TickCheck
  let firstOpen: Timestamp
  let lastKnown: Timestamp
}

private func writeJournal(
  _ request: ImportRequest, _ sources: ImportSources, _ started: ImportStart, _ output: PartialOutput
) throws(ImportError) -> WrittenBars {
  var merge = try BarMerge(sources.streams)
  var bars = try merge.nextBatch()
  guard let first = bars.first else { throw nothingImported(request, sources) }
  var last = first
  var tallies = sources.symbols.map {
    ImportedSymbol(symbol: $0, bars: 0, firstOpen: first.openTime, lastKnown: first.knownAt)
  }
  var ticks = TickCheck(tickSize: request.specification.tickSize)
  var writer = try journalWriter(output, request)
  var events = EventBuffer()
  events.append(started.event, time: first.openTime)
  try append(events, to: &writer)
  while !bars.isEmpty {
    // After the first row that refuses the import nothing more is written, and all other rows are still checked.
    if sources.refusedRowCount == 0 { try append(bars, to: &writer) }
    last = bars[bars.count - 1]
    tally(bars, &tallies, &ticks)
    bars = try merge.nextBatch()
  }
  if let refusal = refusal(request.specification, sources.counts) { throw refusal }
  events.clear(nextSequence: writer.nextSequence)
  events.append(FeedEnded(reason: .exhausted), time: last.knownAt)
  try append(events, to: &writer)
  do throws(JournalError) {
    let journal = try writer.seal()
    return WrittenBars(
      journal: journal, tallies: tallies, ticks: ticks, firstOpen: first.openTime, lastKnown: last.knownAt)
  } catch {
    throw .journal(error)
  }
}

private func journalWriter(
  _ output: PartialOutput, _ request: ImportRequest
) throws(ImportError) -> JournalWriter {
  do throws(JournalError) {
    return try JournalWriter(file: output.file, options: request.journalOptions)
  } catch {
    throw .journal(error)
  }
}

/// Rows that can't be read are told before rows that are merely at the wrong time.
private func refusal(_ specification: ImportSpecification, _ counts: RowCounts) -> ImportError? {
  if specification.badRows == .refuse && counts.badRows.count > 0 { return .badRows(counts.badRows) }
  if specification.outsideSession == .refuse && counts.outside.count > 0 {
    return .outsideSession(counts.outside, calendar: specification.calendar)
  }
  return nil
}

private func nothingImported(_ request: ImportRequest, _ sources: ImportSources) -> ImportError {
  let counts = sources.counts
  if let refusal = refusal(request.specification, counts) { return refusal }
  if counts.badRows.count > 0 { return .badRows(counts.badRows) }
  if counts.outside.count > 0 { return .outsideSession(counts.outside, calendar: request.specification.calendar) }
  return .noBars(paths: request.inputs, rows: counts.rows)
}

private func tally(
  _ bars: UnsafeBufferPointer<Bar>, _ tallies: inout [ImportedSymbol], _ ticks: inout TickCheck
) {
  if tallies.count == 1 {
    let unchecked = max(0, TickCheck.barsOfSymbolMax - tallies[0].bars)
    ticks.look(at: UnsafeBufferPointer(rebasing: bars.prefix(unchecked)))
    tallies[0].bars += bars.count
    tallies[0].lastKnown = bars[bars.count - 1].knownAt
    return
  }
  for bar in bars {
    let position = bar.instrument.position
    if tallies[position].bars == 0 { tallies[position].firstOpen = bar.openTime }
    if tallies[position].bars < TickCheck.barsOfSymbolMax { ticks.look(at: bar) }
    tallies[position].bars += 1
    tallies[position].lastKnown = bar.knownAt
  }
}

private func append(_ bars: UnsafeBufferPointer<Bar>, to writer: inout JournalWriter) throws(ImportError) {
  do throws(JournalError) {
    for bar in bars { try writer.append(bar) }
  } catch {
    throw .journal(error)
  }
}

private func append(_ events: borrowing EventBuffer, to writer: inout JournalWriter) throws(ImportError) {
  do throws(JournalError) {
    try writer.append(events)
  } catch {
    throw .journal(error)
  }
}
