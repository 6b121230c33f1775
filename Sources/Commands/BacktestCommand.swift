import ArgumentParser
import Core
import Events
import Foundation
import Journal
import Market
import Projections
import Runtime

struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Run a profile over the bars of a journal and write every event into a new one.",
    discussion: """
      The journal of any run can be the bars of another: its inputs are taken, its decisions are made anew.

        engine backtest --profile config/profiles/sma_cross.yaml \\
          --bars bars.zst --output run.zst

      The same profile over the same bars gives the same bytes, on any machine with the same libzstd.
      """)

  @Option(help: "A profile in YAML.", completion: .file(extensions: ["yaml", "yml"]))
  var profile: String
  @Option(help: "The journal whose inputs are used; `-` reads it from stdin. Default: the profile's `bars`.")
  var bars: JournalArgument?
  @Option(help: "A journal of corporate actions, from `engine import actions`, to be taken beside bars as traded.")
  var actions: JournalArgument?
  @Option(help: "A journal of data points, from `engine import points`, such as funding rates.")
  var points: JournalArgument?
  @Option(help: "Where the journal goes; `-` writes it to stdout. Default: runs/NAME-RUNID.zst.", completion: .file())
  var output: String?
  @Flag(help: "Replace an existing output file.")
  var replace = false
  @Option(help: "1: everything on one thread. 2: compression on a second one. The bytes are the same.")
  var threads: Int?
  @Option(help: "Write the state beside the journal behind every N events, so that inspect --at is quick.")
  var snapshots: UInt64?
  @Option(help: "Begin another file with each UTC day (`day`), or behind every N events of one (`N`).")
  var roll: RollArgument?
  @Option(
    help:
      "When events are safe: with every slot (`commit`), every full block (`block`), or at the end (`close`, the default)."
  )
  var durability: Durability?
  @Flag(
    help:
      "Go on with the unfinished journal of this run that a crash or a full disk left; begin anew where there is none.")
  var resume = false
  @Flag(
    help:
      "Take requests while it runs, at NAME.zst.control beside the journal: `engine status`, `halt`, `kill`, `resume`.")
  var control = false
  @Option(
    help: "A file whose appearing is a kill. Default: the profile's `risk: kill: file`.", completion: .file())
  var killFile: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let profile = try ProfileFile.load(self.profile)
    guard let source = bars ?? profile.barsPath.map(JournalArgument.init(text:)) else {
      throw Failure("\(self.profile) names no bars: add `bars: FILE` to it, or pass --bars FILE.")
    }
    let chain = try source.chain()
    let reader: ChainReader
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw Failure(error) }
    let actionChain = try actions?.chain()
    let pointChain = try points?.chain()
    let threads = threads ?? profile.threads
    guard threads == 1 || threads == 2 else { throw Failure("--threads is 1 or 2, not \(threads).") }
    let snapshotEvents = snapshots ?? profile.snapshotEvents.map { UInt64($0) }
    if let snapshotEvents, snapshotEvents < 1 { throw Failure("--snapshots is at least 1.") }
    let roll = roll?.roll ?? profile.roll
    let durability = durability ?? profile.durability ?? (resume ? .commit : RunMode.backtest.durability)
    if output == "-", durability != .close || resume {
      throw Failure("a stream can't be made safe event by event: with --output - leave out --durability and --resume.")
    }
    let watch = try RunWatch.begin(file: killFile ?? profile.configuration.risk.kill.file)
    defer { watch.stop() }
    let request = BacktestRequest(
      profile: profile, catalog: Registration.catalog, snapshotEvents: snapshotEvents, roll: roll,
      threads: threads, durability: durability, resumes: resume, owner: "engine backtest, process \(getpid())",
      desk: watch.desk, actions: actionChain, points: pointChain)
    var destination = try RunDestination(
      output, name: profile.name,
      runID: RunIdentity.runID(
        profileDigest: profile.digest,
        inputsDigest: RunIdentity.inputsDigest(
          bars: reader.summary.head, actions: actionChain?.summary.head,
          points: pointChain?.summary.head),
        roll: roll),
      inputs: [self.profile] + (chain.links + (actionChain?.links ?? []) + (pointChain?.links ?? [])).map(\.path),
      roll: roll, replace: replace,
      resumes: resume,
      writesSnapshots: snapshotEvents != nil, watch: control ? watch : nil)
    if let finished = destination.finished {
      let last = finished.paths[finished.paths.count - 1]
      StandardError.write("finished  \(last) was whole already: nothing is left to do\n")
      return show(try BacktestOutcome(result: finished.result, paths: finished.paths))
    }
    let bar = ProgressBar("backtest", unit: "bars")
    let result: BacktestResult
    do throws(RunError) {
      result = try runBacktest(
        request, bars: reader, into: &destination, progress: { bar.update($0, of: $1) })
    } catch {
      bar.finish()
      // What was acknowledged is kept: `--resume` goes on with it.
      if durability == .close { destination.abandon() }
      throw Failure(error)
    }
    bar.finish()
    watch.stop()
    for line in destination.resumption + RunWatch.lines(watch) { StandardError.write(line + "\n") }
    let paths = try destination.publish()
    show(try BacktestOutcome(result: result, paths: paths))
  }

  private func show(_ outcome: BacktestOutcome) {
    let text =
      switch options.format {
      case .text: outcome.text
      case .json: outcome.json.text + "\n"
      }
    // Where the journal itself goes to stdout, what there is to say about it goes to stderr.
    if outcome.paths == ["-"] { StandardError.write(text) } else { StandardOutput.write(text) }
  }
}
