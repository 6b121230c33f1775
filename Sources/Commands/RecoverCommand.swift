import ArgumentParser
import Journal

struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Make a journal whole after a crash, without closing it.",
    discussion: """
        engine recover run.zst

      Does what opening the journal for writing does, and nothing else: keeps everything that was acknowledged, cuts off what a write left torn, and \
      says how much was kept and cut. Doing it twice changes nothing. Damage that a crash can't explain is refused, and the files are left as they are: \
      `engine salvage` copies what is whole of those. --take-over doesn't ask for the lock, for a file system whose locks outlive their owner: a \
      writer that still lives is refused from then on.
      """)

  @Argument(help: "A journal's path, or the first digits of a run id.")
  var journal: JournalArgument
  @Flag(help: "Don't ask for the lock.")
  var takeOver = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    let path = try journal.namedPath()
    do throws(JournalError) {
      // Locked before it is looked at: what a writer is just writing looks torn.
      let held = try HeldJournal(
        path: path, options: JournalOptions(durability: .commit, owner: "engine recover"), takingOver: takeOver)
      if try JournalReader.isSealed(held.file) {
        // Opening it for writing would take its seal off.
        return showSealed(path, removedTail: try held.removeOldTail())
      }
      let summary = try JournalReader(file: held.file).summary
      if summary.events > 0 || held.hasTail {
        let writer = try JournalWriter.resume(held)
        let next = writer.nextSequence
        let cuts = [writer.cutTail, writer.cutLiveTail].compactMap(\.self)
        return show(
          path, events: next - min(summary.firstSequence, next), last: next > 0 ? next - 1 : nil, cuts)
      }
    } catch {
      throw Failure(error)
    }
    throw Failure(
      "\(path): no event of it is whole, so there is nothing to recover, and nothing was changed; name another file, or remove it."
    )
  }

  private func showSealed(_ path: String, removedTail: Bool) {
    let tail =
      removedTail ? "removed   \(JournalFormat.tailPath(of: path)), of which every event is in the journal\n" : ""
    switch options.format {
    case .text:
      StandardOutput.write(
        tail + "sealed    \(path): there is nothing to recover; `engine verify \(path)` checks it\n")
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("path", .string(path)), ("sealed", .flag(true)), ("removed_tail", .flag(removedTail)), ("cut", .array([])),
        ]).text + "\n")
    }
  }

  private func show(_ path: String, events: UInt64, last: UInt64?, _ cuts: [CutTail]) {
    switch options.format {
    case .text:
      var text = cuts.map { "cut       \($0.text)\n" }.joined()
      text += "recovered \(path)\nevents    \(events)" + (last.map { ", the last is event \($0)" } ?? "") + "\n"
      StandardOutput.write(text)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("path", .string(path)), ("events", .integer(Int64(events))),
          ("last_sequence", last.map { .integer(Int64($0)) } ?? .null), ("cut", .array(cuts.map(\.json))),
        ]).text + "\n")
    }
  }
}

extension CutTail {
  var text: String {
    "\(bytes) bytes of \(path) from byte \(offset) on: a write that a crash cut short; "
      + (lastKeptSequence.map { "event \($0) is the last before them" } ?? "no event is before them")
  }

  var json: JSONText {
    .object([
      ("path", .string(path)), ("offset", .integer(Int64(offset))), ("bytes", .integer(Int64(bytes))),
      ("last_kept_sequence", lastKeptSequence.map { .integer(Int64($0)) } ?? .null),
    ])
  }
}
