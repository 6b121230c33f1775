import Events
import Foundation
import Journal
import Runtime

/// What stands already under the name that a run is to write: nothing that was acknowledged is replaced unless somebody says so.
struct ExistingRun {
  let path: String
  private var partial: String { path + ".partial" }
  private var tail: String { JournalFormat.tailPath(of: partial) }

  init(_ path: String) { self.path = path }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  func refuseFinished() throws {
    if exists(path) {
      throw Failure("\(path) exists already; choose another --output, or pass --replace to write it anew.")
    }
  }

  /// The same for a run at a live feed, whose journal nothing replaces.
  func refuseFinishedLive() throws {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw Failure(
          "\(path) is no regular file; a live journal is one that a restart finds again: choose another --output.")
      }
      throw Failure("\(path) is a run that has ended; choose another --output, or move the file away.")
    }
  }

  /// Refuses to go on, or to begin, where half of what was acknowledged is gone: a live journal and its tail are one.
  func refuseTornApart() throws {
    if exists(tail), !exists(partial) {
      throw Failure(
        "\(tail) is the live tail of a journal, \(partial), that is missing: put that back to go on with the run, or move the tail away to begin another."
      )
    }
    var status = stat()
    guard !exists(tail), stat(partial, &status) == 0 else { return }
    // So looks what a power cut left of a run's first moment, too, and that must not hold up a restart.
    if status.st_size == 0 {
      return StandardError.write(
        "begun     anew: \(partial) is empty and has no live tail; where it had one, \(tail), put it back to go on with that run\n"
      )
    }
    do throws(JournalError) { if try JournalReader(path: partial).summary.isSealed { return } } catch {
      throw Failure("\(partial) is in the way (\(error)); move it away, or choose another --output.")
    }
    throw Failure(
      "\(partial) is an unfinished run whose live tail, \(tail), is missing: what was acknowledged last is in it. Put it back to go on with the run, or move \(partial) away to begin another."
    )
  }

  /// What the run of that id ended in, where it is finished: killed behind its last step it may be asked for once more. Nil where there is no file.
  ///
  /// - Throws: where the file is of another run, or of none.
  func finished(_ runID: [UInt8]) throws -> BacktestResult? {
    guard exists(path) else { return nil }
    let found = try ExistingRun.ended(try JournalArgument(text: path).chain(), runID)
    guard let found else {
      throw Failure(
        "\(path) exists already and is of another run; choose another --output, or pass --replace to write it anew.")
    }
    return found
  }

  /// What a run of several files ended in; nil where its last file is not its end.
  static func finished(_ paths: [String], _ runID: [UInt8]) throws -> BacktestResult? {
    if paths.isEmpty { return nil }
    return try ended(try paths.map(JournalArgument.init(text:)).chain(), runID)
  }

  private static func ended(_ chain: JournalChain, _ runID: [UInt8]) throws -> BacktestResult? {
    var last: JournalEvent?
    do throws(JournalError) {
      var reader = try ChainReader(chain)
      if chain.summary.events > 0 { try reader.seek(toSequence: chain.summary.nextSequence - 1) }
      last = try reader.next()
    } catch {
      throw Failure(error)
    }
    guard chain.started.runID == runID, chain.summary.isSealed, let last, last.kind == RunEnded.kind else { return nil }
    do throws(DecodeError) {
      return BacktestResult(
        runID: runID, files: chain.links.map(\.summary), ended: try last.decode(RunEnded.self))
    } catch {
      let path = chain.last.path
      throw Failure("\(path): event \(last.sequence) can't be read (\(error)); run `engine verify \(path)`.")
    }
  }

  private func holdsEvents() throws -> Bool {
    do throws(JournalError) { return try JournalReader(path: partial).summary.events > 0 } catch {
      throw Failure(
        "\(partial) is in the way (\(error)); choose another --output, or pass --replace to write over it.")
    }
  }

  /// Refuses to write over what an earlier run left and somebody may have been told was safe.
  ///
  /// A journal without a live tail that was never sealed is none of that: with durability `close` nothing in it was acknowledged.
  /// - Parameter isDefaultName: the name holds the run's id, so that the same events would be written; only what may be ahead counts.
  func refuseUnfinished(resumes: Bool, isDefaultName: Bool) throws {
    if exists(tail) {
      if !exists(partial) {
        throw Failure(
          "\(tail) is the live tail of a journal, \(partial), that is missing: put that back and pass --resume, or pass --replace to begin anew."
        )
      }
      if resumes { return }
      // A process that died between a journal's making and its first commit left a tail in which nothing was acknowledged.
      if try !holdsEvents() { return }
      throw Failure(
        "\(partial) is an unfinished run, and its events were acknowledged; pass --resume to go on with it, or --replace to begin anew."
      )
    }
    guard !resumes, !isDefaultName, exists(partial) else { return }
    var status = stat()
    if stat(partial, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { return }
    let isSealed: Bool
    do throws(JournalError) { isSealed = try JournalReader(path: partial).summary.isSealed } catch {
      throw Failure(
        "\(partial) is in the way (\(error)); choose another --output, or pass --replace to write over it.")
    }
    if isSealed {
      throw Failure(
        "\(partial) is a whole journal that was not given its name; pass --resume to finish it, or --replace to begin anew."
      )
    }
  }
}
