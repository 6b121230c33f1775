public import ArgumentParser
import Foundation
public import Strategies

/// The whole command line. A user's own package calls `EngineCommand.main(strategies:)` with its types and gets every command.
public struct EngineCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Backtests whose every bar, signal, order and fill is an event in one compressed, replayable journal.",
    discussion: """
      A first run:
        engine import SPY.csv --spec ohlcv --symbol SPY --output bars.zst
        engine backtest --profile config/profiles/sma_cross.yaml \\
          --bars bars.zst --output run.zst
        engine replay run.zst
        engine report run.zst

      A journal is named by its path or by the first digits of its run id (journals in ./runs). Exit codes: 0 done, 1 the check says \
      no, 2 could not run, 3 a file could not be written (what was acknowledged is safe). Results go to stdout, progress to stderr. `engine help COMMAND` teaches each command.
      """,
    version: "0.1.0",
    subcommands: [
      ImportCommand.self, JoinCommand.self, BacktestCommand.self, PaperCommand.self, LiveCommand.self,
      ReplayCommand.self,
      VerifyCommand.self, DiffCommand.self,
      InspectCommand.self, ExplainCommand.self, ReportCommand.self, RiskCommand.self, ExportCommand.self,
      RunsCommand.self,
      SalvageCommand.self, RecoverCommand.self, SealCommand.self, KeyCommand.self, ProveCommand.self,
      CheckProofCommand.self, StatusCommand.self, ReconcileCommand.self, StopCommand.self, HaltCommand.self,
      KillCommand.self,
      ResumeCommand.self,
      RearmCommand.self, RestoreSizeCommand.self, CancelAllCommand.self, ProfileCommand.self, StrategiesCommand.self,
      InstrumentsCommand.self,
      CalendarCommand.self, GatesCommand.self, CertifyCommand.self, RehearseCommand.self, BenchCommand.self,
    ])

  public init() {}

  /// Runs the command line of this process and leaves it.
  ///
  /// - Parameter strategies: types that profiles can name besides the built-in ones.
  /// - Precondition: their names differ from the built-in ones' and from each other's.
  public static func main(strategies: [any Strategy.Type]) -> Never {
    StandardError.holdStandardDescriptors()
    // A parent that ignores SIGPIPE (a service manager, a program with sockets) passes that on, and `engine export J | head` would end with a complaint.
    // What serves or trades must not be ended by a peer that hangs up, nor by a reader of its log or view that has seen enough.
    let outlivesReaders = ["paper", "live", "rehearse"].contains(CommandLine.arguments.dropFirst().first)
    signal(SIGPIPE, outlivesReaders ? SIG_IGN : SIG_DFL)
    let catalog: StrategyCatalog
    do throws(CatalogError) {
      catalog = try StrategyCatalog(adding: strategies)
    } catch {
      Failure.report("\(error)")
      Foundation.exit(2)
    }
    Registration.$catalog.withValue(catalog) {
      do {
        var command = try EngineCommand.parseAsRoot()
        try command.run()
      } catch {
        leave(with: error)
      }
    }
    Foundation.exit(0)
  }

  /// Prints what `error` says where it belongs and leaves with its code: help 0, a check's no 1, everything else 2.
  private static func leave(with error: any Error) -> Never {
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    if let failure = error as? Failure {
      Failure.report(failure.text)
      Foundation.exit(failure.code)
    }
    let message = EngineCommand.fullMessage(for: error)
    if EngineCommand.exitCode(for: error) == .success {
      print(message)
      Foundation.exit(0)
    }
    StandardError.write(message + "\n")
    Foundation.exit(2)
  }
}

/// What the program was started with.
enum Registration {
  @TaskLocal static var catalog = StrategyCatalog.builtIn
}
