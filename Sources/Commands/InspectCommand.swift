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

  @Argument(
    help: "A journal's path, `-` for stdin, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
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
    let chain = try journals.chain(watchedAs: "inspect", allowsFragments: true)
    do throws(ProjectionError) {
      if kind == nil, limit == nil, from == nil {
        let overview = try Projections.overview(chain)
        StandardOutput.write(options.format == .text ? overview.text() : overview.json())
        return
      }
      let sink = DescriptorSink.standardOutput
      let selection = EventSelection(kind: kind?.kind, from: from ?? 0, limit: limit)
      try listEvents(chain, selection, format: options.format == .text ? .text : .json, to: sink.write)
    } catch {
      throw Failure(error)
    }
  }

  private func showState(_ sequence: UInt64) throws {
    let chain = try journals.chain()
    let (start, state) = try InspectCommand.state(at: sequence, in: chain)
    let view = StateView(start: start, state: state, sequence: sequence)
    StandardOutput.write(options.format == .text ? view.text : view.json.text + "\n")
  }

  /// From the nearest snapshot; where that is no good, as after the journal was written anew, from the one before it, at last from the start.
  static func state(
    at sequence: UInt64, in chain: JournalChain
  ) throws -> (start: RunStarted, state: StateDescription) {
    // Those of the event's own file, then those of the files before it.
    let snapshots = chain.links[...chain.place(of: sequence)].reversed().lazy.flatMap { link in
      let files = SnapshotFiles(link)
      return files.paths(through: sequence).lazy.compactMap { files.read($0) }
    }
    for snapshot in snapshots {
      do throws(RunError) {
        return try stateAt(
          sequence: sequence, reader: try reader(chain), catalog: Registration.catalog, snapshot: snapshot)
      } catch {
        guard case .snapshotInvalid = error else { throw Failure(error) }
        StandardError.write("warning: \(error.text)\n")
      }
    }
    do throws(RunError) {
      return try stateAt(
        sequence: sequence, reader: try reader(chain), catalog: Registration.catalog, snapshot: nil)
    } catch {
      throw Failure(error)
    }
  }

  private static func reader(_ chain: JournalChain) throws(RunError) -> ChainReader {
    do throws(JournalError) { return try ChainReader(chain) } catch { throw .journal(error) }
  }
}
