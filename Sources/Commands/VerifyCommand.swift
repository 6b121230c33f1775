import ArgumentParser
import Journal
import Market
import Projections

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of a journal: hashes, chain, seek table, and that each event is spelled as it must be.",
    discussion: """
        engine verify run.zst
        engine verify run.zst --key engine.key.pub       (is it what was signed?)
        engine verify run.zst --same-prefix backup.zst   (is the copy one of its beginning?)

      The head that it prints names the whole journal: note it elsewhere, and a later verify shows that nothing was changed. Exit code 1 where \
      something is damaged (the message names the block and the byte), and where the journal was never closed.
      """)

  @Argument(
    help:
      "A journal's path, `-` for stdin, or the first digits of a run id; of several paths the links between them are checked too."
  )
  var journals: [JournalArgument]
  @Option(
    help: "Check the journal's .seal file, too: the public key of whoever signed it, as `engine key new` wrote it.",
    completion: .file())
  var key: String?
  @Option(help: "Check, too, that the events of this journal are the first of the other's.")
  var samePrefix: JournalArgument?
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if journals.count > 1, key != nil || samePrefix != nil {
      throw ValidationError("--key and --same-prefix look at one journal: name one.")
    }
    if key != nil, samePrefix != nil { throw ValidationError("--key or --same-prefix: use one at a time.") }
  }

  func run() throws {
    if let samePrefix {
      return try PrefixVerification(whole: journals[0], copy: samePrefix, format: options.format).run()
    }
    if let key { return try SealVerification(journal: journals[0], key: key, format: options.format).run() }
    if journals.count > 1 { return try ChainVerification(journals: journals, format: options.format).run() }
    let journal = journals[0]
    let file = try journal.file(watchedAs: "verify")
    let report: VerifyReport
    do throws(JournalError) {
      report = try verifyJournal(file: file)
    } catch {
      throw Failure(error)
    }
    if let damage = report.damage {
      switch options.format {
      case .text: Failure.report("\(damage)")
      case .json:
        StandardOutput.write(
          JSONText.object([
            ("intact", .flag(false)), ("events_before", .integer(Int64(report.summary.events))),
            ("problem", .string("\(damage)")),
          ]).text + "\n")
      }
      throw ExitCode(1)
    }
    let summary = report.summary
    guard summary.events > 0 else {
      throw Failure("\(journal.text) is empty: not even the start of a run is in it; name another file.")
    }
    switch options.format {
    case .text:
      StandardOutput.write(
        """
        intact    \(journal.text)
        events    \(summary.events)
        bars      \(summary.bars)
        blocks    \(summary.blocks)
        sealed    \(summary.isSealed ? "yes" : "NO: its events are whole, but it was never closed, or its end was cut off")
        head      \(Hex.text(summary.head))

        """)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("intact", .flag(true)), ("events", .integer(Int64(summary.events))), ("bars", .integer(Int64(summary.bars))),
          ("blocks", .integer(Int64(summary.blocks))), ("sealed", .flag(summary.isSealed)),
          ("head", .string(Hex.text(summary.head))),
        ]).text + "\n")
    }
    // Blocks cut off at the end leave no other trace: a script must see it.
    if !summary.isSealed { throw ExitCode(1) }
  }
}
