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

      Where the run's process is dead, the resume goes into its unfinished journal, behind what was safe, and whoever goes on with the run (`engine \
      backtest --resume`) goes on from there. A kill that isn't done yet, with positions or working orders left, is not ended: exit code 1, and an \
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
    let engine = try RunningEngine.named(journal)
    if let answer = try engine.ask(.command(command)) { return try answer.write(options) }
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
    guard FileManager.default.fileExists(atPath: run) else {
      throw Failure(
        "no process answers for \(run), and there is no unfinished journal \(partial); give the path that the run was to write."
      )
    }
    return run
  }

  static func append(_ command: OperatorCommand, at path: String) throws -> ControlReceipt {
    let options = JournalOptions(durability: .commit, owner: "engine resume, process \(getpid())")
    let chain = try JournalArgument(text: path).chain()
    // Opened for writing, a whole journal would lose its end.
    guard !chain.summary.isSealed else {
      throw Failure("\(path) is sealed: its run is over, and there is nothing to resume; begin another run.")
    }
    do throws(RunError) {
      let writer: JournalWriter
      do throws(JournalError) { writer = try JournalWriter.resume(path: path, options: options) } catch {
        throw .journal(error)
      }
      guard writer.nextSequence > 0 else { throw .runEnded(path: path) }
      let file: PosixFile
      do throws(FileError) { file = try PosixFile.open(path: path) } catch { throw .file(error) }
      let opened: JournalChain
      do throws(ChainError) { opened = try JournalChain(file) } catch { throw .chain(error) }
      let point = try ResumePoint(opened, catalog: Registration.catalog)
      return try Runtime.append(command, to: ResumedJournal(writer: writer, point: point), options: options)
    } catch {
      throw Failure(error)
    }
  }
}
