import ArgumentParser
import Journal
import Runtime

struct CertifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract:
      "A day's parity certificate, from the journal alone: decisions, fills against the simulated twin, revised data, what is unexplained.",
    discussion: """
        engine certify runs/btc_eth-1f3a4c5d6e7f.zst
        engine certify live-2026-11-26.zst --bars later.zst

      Every derived event is recomputed. The run's inputs less its venue's answers are reduced again under the simulated venue: this twin decides alike on \
      every input as long as it holds, has working and has in cash what the run has, and each order's fills are compared with the twin's. What the venue filled otherwise is explained where \
      the bar of that time has the price; a refused, cancelled or expired order by the venue's word; a later decision by the state that these left. For a paper run or a backtest the twin is the run, \
      and all must be equal. Exit code 0 where nothing is unexplained, 1 where something is.
      """)

  @Argument(help: "A journal's path, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
  @Option(
    help: "A later journal of the same symbols: its bars are compared with those the run saw.",
    completion: .file(extensions: ["zst"]))
  var bars: JournalArgument?
  @Option(help: "How far beyond its bar's low … high a venue's fill may lie, in basis points.")
  var tolerance = 0
  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard (0...10_000).contains(tolerance) else {
      throw ValidationError("--tolerance is from 0 to 10000 basis points.")
    }
  }

  func run() throws {
    let chain = try journals.chain()
    let later = try bars?.chain()
    let certificate: Certificate
    do throws(RunError) {
      certificate = try Certificate.certify(
        chain, catalog: Registration.catalog, later: later, toleranceMicros: Int64(tolerance) * 100)
    } catch {
      throw Failure(error)
    }
    let view = CertificateView(certificate)
    switch options.format {
    case .text: StandardOutput.write(view.text)
    case .json: StandardOutput.write(view.json.text + "\n")
    }
    if !certificate.unexplained.isEmpty { throw ExitCode(1) }
  }
}
