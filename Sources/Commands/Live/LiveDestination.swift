import Events
import Foundation
import Journal
import Market
import Runtime

/// Where a live run's journal is, or is to be: found again by the instance's name, because the run's id is not known before its first bar.
struct LiveDestination {
  let instance: String
  /// As the command line gives it.
  let output: String?
  let roll: JournalRoll?
  let inputs: [String]
  let watch: KillWatch

  /// The journal that a new run begins.
  func begin(_ start: RunStarted) throws(RunError) -> RunDestination {
    try destination(base: output, runID: start.runID, resumes: false)
  }

  /// What another process of this run left unfinished; nil where there is nothing.
  ///
  /// - Throws: where several runs of the instance are unfinished: which one is meant has to be said.
  func unfinished() throws -> UnfinishedRun? {
    let bases = output.map { [$0] } ?? basesOfInstance()
    if roll == nil { for base in bases { try ExistingRun(base).refuseTornApart() } }
    let found = try bases.compactMap { try unfinished($0) }
    guard found.count <= 1 else {
      throw Failure(
        "\(found.count) runs of \(instance) are unfinished, \(found.map(\.base).joined(separator: ", ")); name one with --output, or move the others away."
      )
    }
    return found.first
  }

  func destination(_ run: UnfinishedRun) throws(RunError) -> RunDestination {
    try destination(base: run.base, runID: run.start.runID, resumes: true)
  }

  private func destination(base: String?, runID: [UInt8], resumes: Bool) throws(RunError) -> RunDestination {
    do {
      return try RunDestination(
        base, name: instance, runID: runID, inputs: inputs, roll: roll, replace: false, resumes: resumes, watch: watch,
        isLive: true)
    } catch let failure as Failure {
      throw .output(failure.text)
    } catch {
      throw .output("\(error)")
    }
  }

  private func unfinished(_ base: String) throws -> UnfinishedRun? {
    var paths: [String] = []
    if roll != nil {
      let names = RolledNames(base)
      paths = names.existing() + names.unfinished().map { $0 + ".partial" }
    } else if FileManager.default.fileExists(atPath: base + ".partial") {
      paths = [base + ".partial"]
    }
    if paths.isEmpty { return nil }
    let files: [any JournalFile] = paths.map { UnheldFile(path: $0) }
    do throws(ChainError) {
      // A file in which nothing was safe says nothing of its run: it is begun anew.
      if paths.count == 1, try isEmpty(files[0]) { return nil }
      let chain = try JournalChain(files)
      if chain.summary.isSealed, try isEnded(chain) { return nil }
      return UnfinishedRun(base: base, start: chain.started, files: files)
    } catch {
      throw Failure(error)
    }
  }

  private func isEmpty(_ file: any JournalFile) throws(ChainError) -> Bool {
    do throws(JournalError) { return try JournalReader(file: file).summary.events == 0 } catch {
      throw .journal(error)
    }
  }

  private func isEnded(_ chain: JournalChain) throws(ChainError) -> Bool {
    do throws(JournalError) {
      var reader = try ChainReader(chain)
      try reader.seek(toSequence: chain.summary.nextSequence - 1)
      return try reader.next()?.kind == RunEnded.kind
    } catch {
      throw .journal(error)
    }
  }

  /// What the journals of this instance in ./runs begin with: `runs/INSTANCE-` and twelve digits of a run's id.
  private func basesOfInstance() -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: "runs") else { return [] }
    var bases: Set<String> = []
    for case let name as String in walk {
      walk.skipDescendants()
      guard name.hasPrefix(instance + "-"),
        name.hasSuffix(".zst.partial") || name.hasSuffix(".zst.partial.tail")
          || (roll != nil && name.hasSuffix(".zst"))
      else { continue }
      let digits = name.dropFirst(instance.count + 1).prefix(12)
      let rest = name.dropFirst(instance.count + 13)
      guard digits.count == 12, digits.allSatisfy(\.isHexDigit), rest.hasPrefix(".zst") || rest.hasPrefix("-") else {
        continue
      }
      bases.insert("runs/\(instance)-\(digits).zst")
    }
    return bases.sorted()
  }
}

/// A run that a crash or a kill broke off.
struct UnfinishedRun {
  /// What its files' names begin with.
  let base: String
  let start: RunStarted
  let files: [any JournalFile]
}
