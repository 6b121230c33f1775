import Events
import Market
import Projections
import Runtime

/// What `replay` says when it is done.
struct ReplayOutcome {
  let report: ReplayReport

  var text: String {
    var out = "replayed  \(report.files.map(\.path).joined(separator: "\n          "))\n"
    if let snapshot = report.snapshot { out += "from      \(snapshot)\n" }
    out += """
      run       \(Hex.text(report.start.runID))
      events    \(report.events)
      bars      \(report.bars)
      derived   \(report.derived) recomputed, \(report.isEqual ? "all equal" : "then a difference")

      """
    if report.files.count > 1 {
      for file in report.files {
        out +=
          "file      \(file.path): \(file.events) events from \(file.firstSequence), \(file.bars) bars, \(file.derived) derived"
        out += file.isSealed ? "\n" : ", NOT sealed\n"
      }
    }
    if let sequence = report.unbalancedAfter {
      out += "LEDGER    does not balance after event \(sequence): cash + positions is not equity\n"
    }
    if let divergence = report.divergence {
      out += "DIFFERS   at event \(divergence.sequence)\n"
      out += "  journal     \(row(divergence.journaled, divergence.sequence) ?? "has no derived event here")\n"
      out +=
        "  recomputed  \(row(divergence.recomputed, divergence.sequence) ?? "nothing more follows from the inputs")\n"
    } else if !report.endsInHead {
      out +=
        "CHAIN     does not end in the journal's head: `engine verify \(report.files.map(\.path).joined(separator: " "))` names the place\n"
    } else if report.isEqual {
      out += "ledger    cash + positions = equity after every event\n"
      if !report.isSealed { out += "sealed    NO: the journal was never closed, or its end was cut off\n" }
      if !report.isComplete {
        // What is sealed without its end was rolled; or a crash took the end, and somebody sealed what was left.
        out +=
          report.isSealed
          ? "ended     not here: no run_ended, so the run goes on in another file, or was cut off"
          : "ended     early: no run_ended"
        out += "; the last input is of \(report.lastTime)\n"
      }
    }
    return out
  }

  var json: JSONText {
    .object([
      ("equal", .flag(report.isEqual)),
      (
        "files",
        .array(
          report.files.map { file in
            .object([
              ("path", .string(file.path)), ("first_sequence", .integer(Int64(file.firstSequence))),
              ("events", .integer(Int64(file.events))), ("bars", .integer(Int64(file.bars))),
              ("derived", .integer(Int64(file.derived))), ("sealed", .flag(file.isSealed)),
              ("head", .string(Hex.text(file.head))),
            ])
          })
      ),
      ("snapshot", report.snapshot.map { .string($0) } ?? .null),
      ("run_id", .string(Hex.text(report.start.runID))),
      ("events", .integer(Int64(report.events))),
      ("bars", .integer(Int64(report.bars))),
      ("derived", .integer(Int64(report.derived))),
      ("complete", .flag(report.isComplete)),
      ("sealed", .flag(report.isSealed)),
      ("ends_in_head", .flag(report.endsInHead)),
      ("head", .string(Hex.text(report.head))),
      ("unbalanced_after", report.unbalancedAfter.map { .integer(Int64($0)) } ?? .null),
      (
        "divergence",
        report.divergence.map { divergence in
          .object([
            ("sequence", .integer(Int64(divergence.sequence))),
            ("journal", row(divergence.journaled, divergence.sequence).map { .string($0) } ?? .null),
            ("recomputed", row(divergence.recomputed, divergence.sequence).map { .string($0) } ?? .null),
          ])
        } ?? .null
      ),
    ])
  }

  /// A row as text; its bytes in hexadecimal where they can't be read.
  private func row(_ bytes: [UInt8]?, _ sequence: UInt64) -> String? {
    guard let bytes else { return nil }
    return bytes.withUnsafeBytes { raw in
      do throws(DecodeError) {
        var reader = ByteReader(raw)
        let row = try EventRow(&reader, sequence: sequence)
        let body = try row.decodeAny(sequence: sequence)
        let context = RunContext(report.start, at: report.lastTime)
        var cause: UInt64?
        if case .derived(let sequence) = row.origin { cause = sequence }
        return EventText(
          sequence: sequence, time: report.lastTime, kind: row.kind, cause: cause, body: body, context: context
        ).line(context)
      } catch {
        return "bytes \(Hex.text(bytes)), which can't be read: \(error)"
      }
    }
  }
}
