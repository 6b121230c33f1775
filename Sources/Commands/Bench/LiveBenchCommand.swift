import ArgumentParser
import Foundation

struct LiveBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live",
    abstract: "Print how long a live run takes from a bar to its orders' bytes, durable commit included.",
    discussion: """
        engine bench live
        engine bench live --symbols 1 --slots 300 --disk /var/lib/engine
        engine bench live --disk /dev/shm --format json

      Two processes of this program: the rehearsal exchange and a live run at it over real sockets, on made bars. The figures are those that the run measures of itself and journals: from the step \
      that takes the message of a slot's last bar to the decision, to the commit's return, and to when all of the slot's orders, signed and encoded, were handed to the kernel. `per_order` is what the way from the durable decision to the kernel takes, divided by the slot's orders. Where there are several symbols, the same \
      follows with one of them (`live_one_…`): one bar, and an order at about half of the slots. In the same folder and \
      at the same time, once a slot, as many bytes as a commit has are written and synced bare: what the disk alone takes. The slots come at --speed times real time, so the whole takes \
      2 · slots / speed minutes, or half of that with one symbol. --disk names the disk to measure; in memory (/dev/shm) there is none.
      """)

  @Option(help: "Symbols, whose bars all close at the same instants.")
  var symbols = 20
  @Option(help: "Instants whose bars are decided on.")
  var slots = 100
  @Option(
    help: "How many times real time the exchange's clock runs: 60 is a slot a second; 600 is a burst of ten times that."
  )
  var speed = 60
  @Option(
    help: "A folder on the disk to measure. Default: the system's temporary folder.",
    completion: .directory)
  var disk: String?
  @Flag(help: "Measure runs with --busy, which keep a processor to themselves.")
  var busy = false
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if symbols < 1 || symbols > 500 { throw ValidationError("--symbols is 1 … 500.") }
    if slots < 10 || slots > 100_000 { throw ValidationError("--slots is 10 … 100000.") }
    if speed < 1 || speed > 6_000 { throw ValidationError("--speed is 1 … 6000.") }
  }

  func run() throws {
    let parent = disk ?? FileManager.default.temporaryDirectory.path
    var figures = try figures(in: parent, symbols, prefix: "live")
    if symbols > 1 { figures += try self.figures(in: parent, 1, prefix: "live_one") }
    BenchFigure.show(figures, options)
  }

  private func figures(in parent: String, _ symbolCount: Int, prefix: String) throws -> [BenchFigure] {
    let own = "\(parent)/engine-bench-live-\(getpid())"
    do {
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
    } catch {
      throw Failure("the folder \(own) can't be made: \(error.localizedDescription)")
    }
    defer { BenchWork.remove(own) }
    return try LiveBench(
      folder: own, symbolCount: symbolCount, slotCount: slots, speed: speed, isBusy: busy, prefix: prefix
    ).run()
  }
}
