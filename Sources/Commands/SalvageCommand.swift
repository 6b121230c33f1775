import ArgumentParser
import Journal
import Market
import Projections

struct SalvageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salvage",
    abstract: "Copy what is provably whole of a damaged journal, and name what is lost.",
    discussion: """
        engine salvage damaged.zst -o saved.zst

      saved.zst is the journal up to the first damage, sealed: verify, replay and report take it. Whole blocks behind the damage go into \
      saved.from-SEQUENCE.zst, one file for each unbroken part of the hash chain; export and inspect print their events. The live tail beside a \
      journal that was never closed is part of it. The damaged journal is only read, and no file is replaced. Exit code 0 where nothing is lost, 1 where something is, 2 where nothing could be saved.
      """)

  @Argument(help: "A journal's path, `-` for stdin, or the first digits of a run id.")
  var journal: JournalArgument
  @Option(name: .shortAndLong, help: "The journal to write.", completion: .file(extensions: ["zst"]))
  var output: String
  @OptionGroup var options: OutputOptions

  func run() throws {
    let file = try journal.file(watchedAs: "salvage")
    let report: SalvageReport
    do throws(SalvageError) {
      report = try salvageJournal(file, to: output)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(report.text)
    case .json: StandardOutput.write(report.json.text + "\n")
    }
    if !report.isComplete { throw ExitCode(1) }
  }
}

extension SalvageReport {
  fileprivate var text: String {
    var lines: [String] = []
    for piece in pieces {
      let summary = piece.summary
      lines.append(
        "saved     \(piece.path): events \(summary.firstSequence) to \(summary.nextSequence - 1)"
          + ", \(blocks(piece.firstBlock, piece.firstBlock + summary.blocks))"
          + (summary.isFragment ? ", a fragment" : ", a sealed journal"))
      lines.append("head      \(Hex.text(summary.head))")
      if piece.isDisputed {
        lines.append(
          "disputed  by number it belongs beside another piece, by hash it doesn't: one of them is not this journal's")
      }
    }
    for lost in lostEvents {
      let events = lost.firstSequence.map { "events \($0) to \(lost.nextSequence - 1)" }
      let blocks = lost.nextBlock > lost.firstBlock ? blocks(lost.firstBlock, lost.nextBlock) : nil
      lines.append(
        "lost      "
          + [events ?? "all events before \(lost.nextSequence)", blocks].compactMap(\.self).joined(separator: ", "))
    }
    if let tail {
      if let saved = tail.saved {
        lines.append("tail      events \(saved.lowerBound) to \(saved.upperBound - 1) stood in \(tail.path)")
      }
      if let place = tail.damagedAt {
        lines.append(
          "lost      the record at byte \(place) of \(tail.path) is not what was written; what stands behind it can't be put in order without it"
        )
      }
      if tail.tornBytes > 0 {
        lines.append(
          "torn      \(tail.tornBytes) bytes of \(tail.path): a write that a crash cut short, of events that nobody was told were safe"
        )
      }
    }
    if let torn = tornBytes {
      lines.append(
        "torn      bytes \(torn.lowerBound) to \(torn.upperBound - 1) of the file: a write that a crash cut short; the tail says that no event is lost with it"
      )
    }
    for gap in lostBytes {
      lines.append("lost      bytes \(gap.lowerBound) to \(gap.upperBound - 1) of the file: no whole block")
    }
    switch blocksMissingAtEnd {
    case nil: lines.append("lost      perhaps events behind the last piece: how many, nothing in the file tells")
    case 0?: break
    case let count?: lines.append("lost      the last \(count) blocks that the seek table lists")
    }
    if repeatedBlocks > 0 {
      lines.append("repeated  \(repeatedBlocks) blocks stood there more than once; one copy was taken")
    }
    if isComplete { lines.append("nothing is lost") }
    return lines.map { $0 + "\n" }.joined()
  }

  private func blocks(_ first: UInt64, _ next: UInt64) -> String {
    next == first + 1 ? "block \(first)" : "blocks \(first) to \(next - 1)"
  }

  fileprivate var json: JSONText {
    func integer(_ value: UInt64?) -> JSONText { value.map { .integer(Int64(clamping: $0)) } ?? .null }
    return .object([
      ("complete", .flag(isComplete)),
      (
        "pieces",
        .array(
          pieces.map { piece in
            .object([
              ("path", .string(piece.path)), ("fragment", .flag(piece.summary.isFragment)),
              ("first_sequence", integer(piece.summary.firstSequence)), ("events", integer(piece.summary.events)),
              ("first_block", integer(piece.firstBlock)), ("blocks", integer(piece.summary.blocks)),
              ("head", .string(Hex.text(piece.summary.head))), ("disputed", .flag(piece.isDisputed)),
            ])
          })
      ),
      (
        "lost_events",
        .array(
          lostEvents.map { lost in
            .object([
              ("first_sequence", integer(lost.firstSequence)), ("last_sequence", integer(lost.nextSequence - 1)),
              ("events", integer(lost.count)), ("first_block", integer(lost.firstBlock)),
              ("blocks", integer(lost.nextBlock - lost.firstBlock)),
            ])
          })
      ),
      (
        "lost_bytes",
        .array(lostBytes.map { .object([("offset", integer($0.lowerBound)), ("bytes", integer(UInt64($0.count)))]) })
      ),
      (
        "tail_events",
        tail?.saved.map { .array([integer($0.lowerBound), integer($0.upperBound - 1)]) } ?? .null
      ),
      ("blocks_missing_at_end", integer(blocksMissingAtEnd)), ("repeated_blocks", .integer(Int64(repeatedBlocks))),
    ])
  }
}
