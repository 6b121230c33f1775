import ArgumentParser
import Events
import Foundation
import Journal
import Runtime

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "End a halt, or a kill that is done, and let a run's orders leave again.",
    discussion: """
        engine resume f57c --confirm --reason "symbol corrected"

      Where no process runs it, the resume goes into its unfinished journal, behind what was safe, and whoever goes on with the run goes on from there: \
      the same `engine paper` or `engine live`, or `engine backtest --resume`. A paper or live run that ends while it is killed or halted leaves its \
      journal unfinished for that. A kill that isn't done yet, with positions or working orders left, is not ended: exit code 1, and an \
      alert in the journal.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Flag(help: "Say that you mean it: orders leave again.")
  var confirm = false
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let hasReason = reason.map { !$0.allSatisfy(\.isWhitespace) } ?? false
    guard confirm, hasReason else {
      let missing = [confirm ? nil : "--confirm", hasReason ? nil : "--reason TEXT"].compactMap { $0 }
      throw Failure(
        "resume lets orders leave again, so it takes --confirm and a reason: add \(missing.joined(separator: " and "))."
      )
    }
    let command = OperatorCommand(command: .resume, reason: OperatorReason.text(reason))
    if let answer = try RunningEngine.listening(named: journal)?.ask(.command(command)) {
      return try answer.write(options)
    }
    let path = try UnattendedJournal.path(journal)
    let receipt = try UnattendedJournal.append(command, at: path)
    try RunningEngine.Answer(ControlAnswer.appended(receipt).json, from: path).write(options)
  }
}

/// The unfinished journal of a run whose process is dead.
enum UnattendedJournal {
  /// - Throws: where there is none, or one that is whole.
  static func path(_ run: String) throws -> String {
    let partial = run.hasSuffix(".partial") ? run : run + ".partial"
    if FileManager.default.fileExists(atPath: partial) { return partial }
    if !FileManager.default.fileExists(atPath: run), run.count >= 4, run.allSatisfy(\.isHexDigit),
      let path = try RunFolder.paths(ofRun: run).last
    {
      return path
    }
    guard FileManager.default.fileExists(atPath: run) else {
      throw Failure(
        "no process answers for \(run), and there is no unfinished journal \(partial); give the path that the run was to write."
      )
    }
    return run
  }

  static func append(_ command: OperatorCommand, at path: String) throws -> ControlReceipt {
    let options = JournalOptions(durability: .commit, owner: "engine resume, process \(getpid())")
    // Locked before anything is looked at: whoever writes the journal meanwhile keeps it.
    let held: HeldJournal
    let isSealed: Bool
    do throws(JournalError) {
      held = try HeldJournal(path: path, options: options)
      isSealed = try JournalReader(file: held.file).summary.isSealed
    } catch {
      throw Failure(error)
    }
    // Opened for writing, a whole journal would lose its end.
    guard !isSealed else {
      throw Failure("\(path) is sealed: its run is over, and there is nothing to resume; begin another run.")
    }
    do throws(RunError) {
      let journal = try ResumedJournal(
        held, start: nil, catalog: Registration.catalog, snapshot: { SnapshotFiles($0, of: path).start() })
      guard let journal else { throw .runEnded(path: path) }
      return try Runtime.append(command, to: journal, options: options)
    } catch {
      throw Failure(error)
    }
  }
}
