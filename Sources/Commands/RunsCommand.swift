import ArgumentParser
import Events
import Foundation
import Journal
import Market
import Projections

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs in a folder, and keep its runs.sqlite: runs, orders, fills, positions, daily equity.",
    discussion: """
        engine runs
        sqlite3 runs/runs.sqlite 'select time, symbol, side, price from fills'

      The database is made from the journals alone: new events are added, --rebuild makes it again from nothing and gives the same.
      """)

  @Option(help: "The folder with the journals.", completion: .directory)
  var folder = "runs"
  @Flag(help: "Make runs.sqlite again from the journals.")
  var rebuild = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    try RunFolder.require(folder)
    do throws(ProjectionError) {
      let database: RunsDatabase
      let update: RunsDatabase.Update
      if rebuild {
        (database, update) = try RunsDatabase.rebuild(folder: folder)
      } else {
        database = try RunsDatabase(folder: folder)
        update = try database.update()
      }
      for (path, error) in update.skipped {
        StandardError.write("warning: \(path) was left out: \(error)\n")
      }
      let runs = try database.runs()
      switch options.format {
      case .text: StandardOutput.write(RunsTable.text(runs))
      case .json: StandardOutput.write(RunsTable.json(runs))
      }
    } catch {
      throw Failure(error)
    }
  }
}

/// The folder in which runs are looked for by their id.
enum RunFolder {
  static func require(_ folder: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw Failure("there is no folder \(folder); `engine backtest` without --output writes runs into ./runs.")
    }
  }

  /// Files in ./runs that a run still writes, or that one left unfinished.
  private static func unfinished(ofRun prefix: String) throws -> [String] {
    var found: [(path: String, runID: String)] = []
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: "runs").sorted() } catch {
      throw Failure("./runs can't be listed: \(error.localizedDescription)")
    }
    for name in names where name.hasSuffix(".zst.partial") {
      do throws(ChainError) {
        let id = Hex.text(try JournalChain.Link(UnheldFile(path: "runs/" + name)).started.runID)
        if id.hasPrefix(prefix) { found.append(("runs/" + name, id)) }
      } catch {
        // What holds no whole first event is no run's yet.
        continue
      }
    }
    guard Set(found.map(\.runID)).count <= 1 else {
      throw Failure(
        "\(prefix) names several unfinished runs, \(found.map(\.path).joined(separator: ", ")); give more digits.")
    }
    return found.map(\.path)
  }

  static func paths(ofRun prefix: String) throws -> [String] {
    try require("runs")
    let unfinished = try unfinished(ofRun: prefix.lowercased())
    do throws(ProjectionError) {
      let database = try RunsDatabase(folder: "runs")
      _ = try database.update()
      return try database.journalPaths(runPrefix: prefix.lowercased()) + unfinished
    } catch {
      if case .runUnknown = error, !unfinished.isEmpty { return unfinished }
      throw Failure(error)
    }
  }
}
