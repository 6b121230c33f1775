import ArgumentParser
import Journal
import Market
import Projections

/// `verify` of several files: each for itself, then that each continues the one before it.
struct ChainVerification {
  let journals: [JournalArgument]
  let format: OutputFormat

  func run() throws {
    let names = journals.map(\.text)
    let reports = try journals.map { try report($0) }
    let problem: String?
    if let damage = reports.compactMap(\.damage).first {
      problem = "\(damage)"
    } else {
      problem = chainProblem()
    }
    switch format {
    case .text:
      for (name, report) in zip(names, reports) where report.isIntact {
        let summary = report.summary
        StandardOutput.write(
          "intact    \(name): \(summary.events) events from \(summary.firstSequence), head \(Hex.text(summary.head))"
            + (summary.isSealed ? "\n" : ", NOT sealed\n"))
      }
      if let problem {
        Failure.report(problem)
      } else {
        StandardOutput.write("chain     \(names.count) files, each continuing the one before it\n")
      }
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("intact", .flag(problem == nil)), ("problem", problem.map { .string($0) } ?? .null),
          (
            "files",
            .array(
              zip(names, reports).map { name, report in
                .object([
                  ("path", .string(name)), ("intact", .flag(report.isIntact)),
                  ("first_sequence", .integer(Int64(report.summary.firstSequence))),
                  ("events", .integer(Int64(report.summary.events))), ("sealed", .flag(report.summary.isSealed)),
                  ("head", .string(Hex.text(report.summary.head))),
                ])
              })
          ),
        ]).text + "\n")
    }
    if problem != nil || reports.contains(where: { !$0.summary.isSealed }) { throw ExitCode(1) }
  }

  private func report(_ journal: JournalArgument) throws -> VerifyReport {
    let file = try journal.file(watchedAs: "verify")
    do throws(JournalError) { return try verifyJournal(file: file) } catch { throw Failure(error) }
  }

  /// Why the files are not one chain; nil where they are.
  private func chainProblem() -> String? {
    do {
      _ = try journals.chain()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
