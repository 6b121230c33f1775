import Events
package import Journal
package import Market

/// What corporate actions to import, and where to.
package struct ActionRequest: Sendable {
  /// Files in the order of the command line; `-` is standard input.
  package var inputs: [String]
  /// Nil: by what each file begins with.
  package var form: ActionForm?
  /// For files that name no symbol: none (the files' names tell), one for all, or one for each.
  package var symbols: [String]
  package var unusual: UnusualRatio
  package var currency: Currency
  /// Whose midnight begins an ex-date.
  package var calendar: CalendarName
  package var output: ImportRequest.Output
  package var replacesOutput: Bool

  package init(
    inputs: [String], form: ActionForm? = nil, symbols: [String] = [], unusual: UnusualRatio = .refuse,
    currency: Currency = .usd, calendar: CalendarName = .xnys, output: ImportRequest.Output,
    replacesOutput: Bool = false
  ) {
    self.inputs = inputs
    self.form = form
    self.symbols = symbols
    self.unusual = unusual
    self.currency = currency
    self.calendar = calendar
    self.output = output
    self.replacesOutput = replacesOutput
  }
}

/// What an import of corporate actions did.
package struct ActionReport: Hashable, Sendable {
  /// In the order of their ex-dates.
  package let actions: [ActionTerms]
  package let leftOut: [ActionFault]
  package let symbols: [String]
  package let journal: JournalSummary
}

/// Reads corporate actions into a journal of their own, to be given to a run beside its bars.
///
/// - Throws: `ActionError`; faults are collected over all files before they are thrown, and nothing is written then.
package func importActions(_ request: ActionRequest) throws(ActionError) -> ActionReport {
  do throws(ImportError) { try PartialOutput.check(request.output, replaces: request.replacesOutput) } catch {
    throw .input(error)
  }
  let sources = try ActionSources(request)
  let (terms, symbols) = (sources.terms, sources.symbols)
  do throws(ImportError) {
    let journal = try writeActions(request, terms, symbols, digest: sources.digest)
    return ActionReport(actions: terms, leftOut: sources.leftOut, symbols: symbols, journal: journal)
  } catch {
    throw .input(error)
  }
}

private func writeActions(
  _ request: ActionRequest, _ terms: [ActionTerms], _ symbols: [String], digest: [UInt8]
) throws(ImportError) -> JournalSummary {
  var places: [String: InstrumentIndex] = [:]
  for (place, symbol) in symbols.enumerated() { places[symbol] = InstrumentIndex(place) }
  let started = try ActionStart(request, symbols: symbols, digest: digest)
  let output = try PartialOutput(request.output)
  let journal: JournalSummary
  do throws(JournalError) {
    var writer = try JournalWriter(file: output.file, options: JournalOptions(threads: 1))
    var events = EventBuffer()
    var time = ActionStart.time(of: terms[0].exDate, request.calendar)
    events.append(started.event, time: time)
    for action in terms {
      time = ActionStart.time(of: action.exDate, request.calendar)
      events.append(
        CorporateAction(
          instrument: places[action.symbol] ?? InstrumentIndex(0), type: action.type, numerator: action.numerator,
          denominator: action.denominator, cash: action.cash, price: action.price,
          other: action.other.flatMap { places[$0] }, symbol: action.newSymbol), time: time)
    }
    events.append(FeedEnded(reason: .exhausted), time: time)
    try writer.append(events)
    journal = try writer.seal()
  } catch {
    throw .journal(error)
  }
  try output.finish()
  return journal
}
