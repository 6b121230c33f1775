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
    let isSealed: Bool
    do throws(JournalError) { isSealed = try JournalReader(path: path).summary.isSealed } catch { throw Failure(error) }
    // Opening it for writing would take its seal off.
    if isSealed { throw Failure("\(path) is sealed: there is nothing to recover; `engine verify \(path)` checks it.") }
    let kept: UInt64
    let cuts: [CutTail]
    let first: UInt64
    do throws(JournalError) {
      let writer = try JournalWriter.resume(
        path: path, options: JournalOptions(durability: .commit, owner: "engine recover"), takingOver: takeOver)
      cuts = [writer.cutTail, writer.cutLiveTail].compactMap(\.self)
      kept = writer.nextSequence
      first = try JournalReader(path: path).summary.firstSequence
    } catch {
      throw Failure(error)
    }
    show(path, events: kept - min(first, kept), last: kept > 0 ? kept - 1 : nil, cuts)
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
