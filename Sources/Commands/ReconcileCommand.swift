import ArgumentParser
import Events
import Foundation
import Journal
import Market
import Projections
import Runtime

struct ReconcileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Compare a live run with its venue: open orders, positions, cash.",
    discussion: """
        engine reconcile f57c
        engine reconcile runs/btc_eth-1f3a4c5d6e7f.zst

      A running engine asks its venue anew, books fills that it had missed, and prints what both sides have. What is in doubt is asked for and looked at again: a \
      difference counts once two comparisons have shown it. Of a run that isn't running, what its journal knows of the last comparison. Exit code 0 where both agree, 1 where they \
      differ or were never compared.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @OptionGroup var options: OutputOptions

  func run() throws {
    guard let answer = try RunningEngine.listening(named: journal)?.ask(.reconcile) else { return try readJournal() }
    let agrees = try ReconciliationView.write(answer, options)
    if !agrees { throw ExitCode(1) }
  }

  private func readJournal() throws {
    let chain = try JournalArgument(text: journal).chain()
    guard chain.started.mode != .import else {
      throw Failure("\(chain.path) holds imported bars and no run.")
    }
    guard chain.started.mode == .live else {
      throw Failure(
        "\(chain.path) is a \(chain.started.mode.word) run: its venue is simulated, and there is nothing to compare.")
    }
    let last: LastReconciliation
    do throws(RunError) { last = try LastReconciliation.read(chain) } catch { throw Failure(error) }
    ReconciliationView.write(last, path: chain.path, options)
    if !last.isSettled { throw ExitCode(1) }
  }
}
