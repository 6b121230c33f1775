import ArgumentParser
import Foundation
import Journal
import Projections
import Runtime

/// A run that takes requests at its control socket.
struct RunningEngine {
  /// Of the socket.
  let path: String

  /// The run that `text` names: by its journal's path, or by the first digits of its id among the runs in ./runs that listen.
  ///
  /// - Throws: where `text` names nothing, or several runs.
  static func named(_ text: String) throws -> RunningEngine {
    guard let found = try listening(named: text) else {
      throw Failure("no run in ./runs whose id begins with \(text) takes requests. " + RunningEngine.otherWays)
    }
    return found
  }

  /// The same; nil where none of the runs in ./runs that listen is meant.
  ///
  /// - Throws: where `text` names nothing, or several runs.
  static func listening(named text: String) throws -> RunningEngine? {
    let path = ControlClient.path(ofJournal: text)
    let isJournal = FileManager.default.fileExists(atPath: text)
    if isJournal || FileManager.default.fileExists(atPath: path)
      || FileManager.default.fileExists(atPath: text + ".partial")
    {
      return RunningEngine(path: path)
    }
    guard text.count >= 4, text.allSatisfy(\.isHexDigit) else {
      throw Failure("there is no journal \(text); give its path, or at least four digits of the id of a run in ./runs.")
    }
    let found = try listening(in: "runs").filter { $0.runID.hasPrefix(text.lowercased()) }
    guard found.count <= 1 else {
      throw Failure(
        "\(text) names \(found.count) runs, \(found.map(\.path).joined(separator: ", ")); give more digits.")
    }
    return found.first.map { RunningEngine(path: $0.path) }
  }

  private static func listening(in folder: String) throws -> [(path: String, runID: String)] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    var found: [(path: String, runID: String)] = []
    do {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".control")
      {
        let path = folder + "/" + name
        do throws(ControlError) {
          let answer = try ControlClient.ask(.status, at: path, answerSeconds: 2)
          if let runID = try Answer(answer, from: path).runID { found.append((path, runID)) }
        } catch {
          // What a dead process left, and what is another user's, is nobody's run here.
          continue
        }
      }
    } catch {
      throw Failure("\(folder) can't be listed: \(error.localizedDescription)")
    }
    return found
  }

  /// What there is besides the socket.
  static let otherWays = """
    Paper and live runs listen while they run, a backtest where it was started with --control. Any run is killed by the kill file that its profile names (risk: kill: file), \
    by `kill -USR1 PID`, and where it is started with KILL_SWITCH=1.
    """

  /// Asks; nil where no process answers.
  func ask(_ request: ControlRequest) throws -> Answer? {
    do throws(ControlError) {
      return try Answer(try ControlClient.ask(request, at: path), from: path)
    } catch {
      if case .nobodyListens = error { return nil }
      throw Failure(error.text)
    }
  }

  /// Asks, prints the answer and leaves with what it means: 1 where it was taken and did not do what was wanted.
  func tell(_ request: ControlRequest, _ options: OutputOptions) throws {
    guard let answer = try ask(request) else {
      throw Failure("no process answers at \(path). " + RunningEngine.otherWays)
    }
    try answer.write(options)
  }

  /// What a run answered.
  struct Answer: Decodable {
    var ok: Bool
    var request: String?
    var error: String?
    var sequence: UInt64?
    var time: String?
    var durable: Bool?
    var caused: Int?
    var alerts: [String]?
    var alreadyKilled: Bool?
    var runID: String?
    /// As it came.
    private(set) var line = ""

    private enum CodingKeys: String, CodingKey {
      case ok, request, error, sequence, time, durable, caused, alerts
      case alreadyKilled = "already_killed"
      case runID = "run_id"
    }

    init(_ line: String, from path: String) throws(ControlError) {
      do {
        self = try JSONDecoder().decode(Answer.self, from: Foundation.Data(line.utf8))
      } catch {
        throw .noAnswer(path: path, seconds: 0)
      }
      self.line = line
    }

    /// - Throws: what the run refused; exit code 1 where it took the request and warns that it did not do what was wanted.
    func write(_ options: OutputOptions) throws {
      guard ok else { throw Failure((error ?? line) + ".") }
      switch options.format {
      case .json: StandardOutput.write(line + "\n")
      case .text: StandardOutput.write(text)
      }
      if alerts?.contains("resume_refused") == true || isKillWithheld { throw ExitCode(1) }
    }

    private var isKillWithheld: Bool { alerts?.contains("kill_withheld") == true }

    private var text: String {
      let word = (request ?? "done").padding(toLength: 10, withPad: " ", startingAt: 0)
      guard let sequence else { return line + "\n" }
      if alreadyKilled == true { return "\(word)on already, by event \(sequence)\n" }
      var out = "\(word)event \(sequence)\(time.map { " at \($0)" } ?? "")\(durable == true ? ", durable" : "")\n"
      if let caused { out += "caused    \(caused) events\n" }
      for alert in alerts ?? [] { out += "alert     \(alert)\n" }
      if isKillWithheld {
        out +=
          "NOT DONE  the run is in monitor mode: no cancel and no order was sent. What is held stays held, and orders rest at the venue as before "
        out +=
          "(`engine status` counts both). The run is killed: where the same command is begun with ALLOW_SUBMIT=1, it cancels and closes; else do it at the venue.\n"
      }
      return out
    }
  }
}
