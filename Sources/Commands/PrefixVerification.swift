import ArgumentParser
import Journal
import Market
import Projections

/// `verify A --same-prefix B`: both for themselves, then that B's events are the first of A's.
struct PrefixVerification {
  let whole: JournalArgument
  let copy: JournalArgument
  let format: OutputFormat

  func run() throws {
    if whole.text == "-", copy.text == "-" { throw Failure("only one of the journals can be stdin; name the other.") }
    let files = (try whole.file(watchedAs: "verify"), try copy.file(watchedAs: "verify"))
    let reports: (VerifyReport, VerifyReport)
    do throws(JournalError) {
      reports = (try verifyJournal(file: files.0), try verifyJournal(file: files.1))
    } catch {
      throw Failure(error)
    }
    for (argument, report) in [(whole, reports.0), (copy, reports.1)] {
      if let damage = report.damage {
        let place =
          argument.text == copy.text
          ? "the copy is not whole, so nothing is said of what is in front of the damage: " : ""
        return try refuse("\(place)\(damage)", differsAt: nil)
      }
      guard report.summary.events > 0 else {
        throw Failure("\(argument.text) is empty: not even the start of a run is in it; name another file.")
      }
    }
    let outcome: JournalPrefix
    do throws(JournalError) {
      outcome = try JournalPrefix.compare(whole: files.0, copy: files.1)
    } catch {
      throw Failure(error)
    }
    switch outcome {
    case .prefix: show(reports.0.summary, reports.1.summary)
    case .differs(let sequence):
      let isMissing = sequence >= reports.0.summary.nextSequence
      let events = sequence - reports.0.summary.firstSequence
      try refuse(
        "\(copy.text) is no prefix of \(whole.text): the first \(events) events are the same, and event \(sequence) is "
          + (isMissing
            ? "only in the copy: \(whole.text) ends before it; name the two the other way round, or find out why the longer one is the copy"
            : "another; `engine inspect` with --from \(sequence) --limit 1 shows it in each"),
        differsAt: sequence)
    case .otherStart(let first, let other):
      try refuse(
        "\(copy.text) is no prefix of \(whole.text): it begins with event \(other), and the other with event \(first); name files of the same"
          + " part of one run", differsAt: min(first, other))
    }
  }

  private func refuse(_ problem: String, differsAt sequence: UInt64?) throws {
    switch format {
    case .text: Failure.report(problem)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("same_prefix", .flag(false)), ("differs_at", sequence.map { .integer(Int64(clamping: $0)) } ?? .null),
          ("problem", .string(problem)),
        ]).text + "\n")
    }
    throw ExitCode(1)
  }

  private func show(_ summary: JournalSummary, _ copySummary: JournalSummary) {
    switch format {
    case .text:
      StandardOutput.write(
        """
        intact    \(whole.text): \(summary.events) events, head \(Hex.text(summary.head))
        intact    \(copy.text): \(copySummary.events) events, head \(Hex.text(copySummary.head))
        prefix    all \(copySummary.events) events of \(copy.text) are the first of \(whole.text)

        """)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("same_prefix", .flag(true)), ("events", .integer(Int64(copySummary.events))),
          ("events_behind", .integer(Int64(clamping: summary.events - copySummary.events))),
          ("head", .string(Hex.text(summary.head))), ("copy_head", .string(Hex.text(copySummary.head))),
        ]).text + "\n")
    }
  }
}
