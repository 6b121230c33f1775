import Core
import Foundation
import Journal
import Projections
import Runtime

/// Where a new journal goes: written under another name, and given its own when it is whole.
struct RunDestination {
  let file: any JournalFile
  private let path: String
  private let partial: String?
  private let runID: [UInt8]

  /// - Parameter output: a path, `-` for stdout, or nil for `runs/NAME-RUNID.zst`.
  init(_ output: String?, name: String, runID: [UInt8], replace: Bool, writesSnapshots: Bool) throws {
    self.runID = runID
    if output == "-" {
      guard !writesSnapshots else { throw Failure("--snapshots needs a file beside it; --output - has none.") }
      path = "-"
      partial = nil
      file = StreamFile(descriptor: 1)
      return
    }
    // A default name holds the run's id, so what stands there already is the same run.
    path = output ?? "runs/\(name)-\(Hex.text(Array(runID.prefix(6)))).zst"
    if output != nil, !replace, FileManager.default.fileExists(atPath: path) {
      throw Failure("\(path) exists already; choose another --output, or pass --replace to write it anew.")
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw Failure("\(path) is no regular file; choose another --output, or `-` for stdout.")
    }
    if path.isEmpty { throw Failure("--output is empty; give a path, or `-` for stdout.") }
    if output == nil {
      do {
        try FileManager.default.createDirectory(atPath: "runs", withIntermediateDirectories: true)
      } catch {
        throw Failure("the folder runs can't be made: \(error.localizedDescription)")
      }
    }
    let partial = path + ".partial"
    self.partial = partial
    do throws(FileError) {
      file = try PosixFile.create(path: partial, replacing: true)
    } catch {
      throw Failure(error)
    }
  }

  /// Gives the whole journal its name; returns it.
  func publish() throws -> String {
    guard let partial else { return path }
    do throws(FileError) {
      try file.close()
      try PosixFile.rename(partial, to: path)
    } catch {
      throw Failure(error)
    }
    return path
  }

  /// Removes what a failed run has written.
  func abandon() {
    guard let partial else { return }
    unlink(partial)
  }

  func write(snapshotOf engine: borrowing Engine, sequence: UInt64) throws(RunError) {
    let bytes = Snapshot.encode(engine, runID: runID, sequence: sequence)
    let path = Snapshot.path(journal: path, sequence: sequence)
    do throws(FileError) {
      let file = try PosixFile.create(path: path, replacing: true)
      var failure: FileError?
      bytes.withUnsafeBytes { raw in
        do throws(FileError) { try file.append(raw) } catch { failure = error }
      }
      if let failure { throw failure }
      try file.close()
    } catch {
      throw .file(error)
    }
  }
}
