import Crypto
import Events
package import Journal
package import Market

/// What data points to import, and where to.
package struct PointRequest: Sendable {
  /// A CSV file; `-` is standard input.
  package var input: String
  package var output: ImportRequest.Output
  package var replacesOutput: Bool

  package init(input: String, output: ImportRequest.Output, replacesOutput: Bool = false) {
    self.input = input
    self.output = output
    self.replacesOutput = replacesOutput
  }
}

/// What an import of data points did.
package struct PointReport: Hashable, Sendable {
  package let points: Int
  /// In the order in which they come up.
  package let series: [String]
  package let first: Timestamp
  package let last: Timestamp
  package let journal: JournalSummary
}

/// Why no data point was imported. Nothing was written in any case.
package enum PointError: Error, Hashable, Sendable {
  case input(ImportError)
  /// In the order of lines.
  case faults([ActionFault])
  case nothing(path: String)
}

extension PointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .input(let error): return "\(error)"
    case .nothing(let path): return "no data point in \(path): nothing to import"
    case .faults(let faults):
      var text = "\(faults.count) \(faults.count == 1 ? "fault" : "faults"); nothing was written."
      for fault in faults.prefix(ActionError.shownMax) { text += "\n  \(fault)" }
      if faults.count > ActionError.shownMax { text += "\n  … and \(faults.count - ActionError.shownMax) more" }
      return text + "\nCorrect the source; `engine help import points` says what it holds."
    }
  }
}

/// Reads data points into a journal of their own, to be given to a run beside its bars.
///
/// - Throws: `PointError`; faults are collected before they are thrown, and nothing is written then.
package func importPoints(_ request: PointRequest) throws(PointError) -> PointReport {
  do throws(ImportError) { try PartialOutput.check(request.output, replaces: request.replacesOutput) } catch {
    throw .input(error)
  }
  let file: InputFile
  let bytes: [UInt8]
  do throws(ImportError) { (file, bytes) = try ActionSources.load(request.input, request.output) } catch {
    throw .input(error)
  }
  let table = PointTable(path: file.name, ActionText.lines(bytes))
  if !table.faults.isEmpty { throw .faults(table.faults) }
  guard let first = table.rows.first, let last = table.rows.last else { throw .nothing(path: request.input) }
  var known: Set<String> = []
  let series = table.rows.map(\.series).filter { known.insert($0).inserted }
  do throws(ImportError) {
    let journal = try write(table.rows, request, digest: file.digest)
    return PointReport(
      points: table.rows.count, series: series, first: first.time, last: last.time, journal: journal)
  } catch {
    throw .input(error)
  }
}

private func write(
  _ rows: [PointTable.Row], _ request: PointRequest, digest: [UInt8]
) throws(ImportError) -> JournalSummary {
  let output = try PartialOutput(request.output)
  let journal: JournalSummary
  do throws(JournalError) {
    var writer = try JournalWriter(file: output.file, options: JournalOptions(threads: 1))
    var events = EventBuffer()
    events.append(start(digest: digest), time: rows[0].time)
    for row in rows { events.append(DataPoint(series: row.series, value: row.value), time: row.time) }
    events.append(FeedEnded(reason: .exhausted), time: rows[rows.count - 1].time)
    try writer.append(events)
    journal = try writer.seal()
  } catch {
    throw .journal(error)
  }
  try output.finish()
  return journal
}

/// The event that says what this is: points belong to no instrument and have no currency of their own.
private func start(digest: [UInt8]) -> RunStarted {
  let profile = JSONText.object([("points", "\"csv\"")])
  let profileDigest = Array(SHA256.hash(data: Array(profile.utf8)))
  var buffer = ByteBuffer(capacity: 128)
  buffer.append(Array("engine.run.v1".utf8))
  // No event of an import is derived.
  buffer.appendFixed(0)
  buffer.append(profileDigest)
  buffer.append(digest)
  return RunStarted(
    mode: .import, reducerVersion: 0, runID: Array(SHA256.hash(data: buffer.array).prefix(16)),
    profileDigest: profileDigest, inputsDigest: digest, profile: profile, currency: .usd, strategies: [],
    instruments: [])
}
