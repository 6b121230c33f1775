import ArgumentParser
import Core
import Events
import Foundation
import Journal
import Projections
import Runtime

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Look into a journal: what it holds, its events, or the engine's state right after one of them.",
    discussion: """
        engine inspect run.zst                          (an overview)
        engine inspect run.zst --kind fill --limit 20   (events)
        engine inspect run.zst --at 1206                (the state after event 1206)
      """)

  @Argument(help: "A journal's path, `-` for stdin, or the first digits of a run id.")
  var journal: JournalArgument
  @Option(help: "Show the state right after this event.")
  var at: UInt64?
  @Option(help: "List events of this kind.")
  var kind: KindArgument?
  @Option(help: "List at most this many events.")
  var limit: UInt64?
  @Option(help: "List from this sequence on.")
  var from: UInt64?
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if at != nil, kind != nil || limit != nil || from != nil {
      throw ValidationError("--at shows a state; --kind, --from and --limit list events: use one or the other.")
    }
  }

  func run() throws {
    if let at { return try showState(at) }
    let file = try journal.file(watchedAs: "inspect")
    do throws(ProjectionError) {
      if kind == nil, limit == nil, from == nil {
        let overview = try Projections.overview(file)
        StandardOutput.write(options.format == .text ? overview.text() : overview.json())
        return
      }
      let sink = DescriptorSink.standardOutput
      let selection = EventSelection(kind: kind?.kind, from: from ?? 0, limit: limit)
      try listEvents(file, selection, format: options.format == .text ? .text : .json, to: sink.write)
    } catch {
      throw Failure(error)
    }
  }

  private func showState(_ sequence: UInt64) throws {
    let (start, state) = try state(at: sequence, from: nearestSnapshot(before: sequence))
    let view = StateView(start: start, state: state, sequence: sequence)
    StandardOutput.write(options.format == .text ? view.text : view.json.text + "\n")
  }

  /// From a snapshot; where that is no good, as after the journal was written anew, from the start.
  private func state(
    at sequence: UInt64, from snapshot: (bytes: [UInt8], path: String)?
  ) throws -> (start: RunStarted, state: StateDescription) {
    let reader = try journal.open()
    do throws(RunError) {
      return try stateAt(
        sequence: sequence, reader: reader, path: journal.text, catalog: Registration.catalog, snapshot: snapshot)
    } catch {
      guard case .snapshotInvalid = error else { throw Failure(error) }
      FileHandle.standardError.write(Data("warning: \(error.text)\n".utf8))
      return try state(at: sequence, from: nil)
    }
  }

  /// The newest snapshot beside the journal that was taken at or before the event; nil where there is none.
  private func nearestSnapshot(before sequence: UInt64) -> (bytes: [UInt8], path: String)? {
    guard journal.text != "-" else { return nil }
    let url = URL(fileURLWithPath: journal.text)
    let folder = url.deletingLastPathComponent().path
    let prefix = url.lastPathComponent + ".snapshot-"
    // Only the folder itself: the enumerator would walk all below it too.
    guard let walk = FileManager.default.enumerator(atPath: folder) else { return nil }
    var names: [String] = []
    for case let name as String in walk {
      walk.skipDescendants()
      names.append(name)
    }
    let candidates = names.filter { $0.hasPrefix(prefix) }
      .compactMap { name in UInt64(name.dropFirst(prefix.count)).map { (sequence: $0, name: name) } }
      .filter { $0.sequence <= sequence + 1 }
    guard let best = candidates.max(by: { $0.sequence < $1.sequence }) else { return nil }
    let path = folder + "/" + best.name
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return (Array(data), path)
  }
}
