import ArgumentParser
import Core
import Foundation
import Journal
import Market
import Network
import Rehearsal
import Runtime

struct RehearseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract:
      "Serve a journal's bars on this machine as Yahoo's chart endpoint and Binance's exchange, and match orders.",
    discussion: """
        engine rehearse --bars bars.zst --speed 60 --history 200
        engine rehearse --bars bars.zst --faults faults.yaml --port 8080 --minutes 10
        engine rehearse --bars bars.zst --profile config/profiles/sma_cross.yaml

      Prints one line of JSON with the addresses and a key pair made for tests, and serves until Ctrl-C. REST, streams, WebSocket API and charts are on \
      one port of 127.0.0.1. All times, in answers and in checks, are of the exchange's clock, which runs --speed times real time. \
      GET /rehearsal/book shows every order ever accepted, by client order id. docs/rehearsal.md says when orders fill and which faults there are.
      """)

  @Option(help: "The journal whose bars are played: a file, or a run id (any unique prefix).")
  var bars: JournalArgument
  @Option(help: "Whose words it speaks: yahoo, binance, or both with a comma between.")
  var speaks = "yahoo,binance"
  @Option(help: "How many times as fast as real time the exchange's clock runs; up to three decimals.")
  var speed = "1"
  @Option(help: "So many instants of bars are past when it starts. Default: half of them, at most 1000.")
  var history: Int?
  @Option(
    help:
      "now: times are shifted by whole bars, so that the first bar that isn't past runs now. none: as in the journal.")
  var rebase = RehearsalRebase.now
  @Option(help: "A plan of faults in YAML.", completion: .file(extensions: ["yaml"]))
  var faults: String?
  @Option(help: "Match and charge as this profile's simulated venue does, and refuse nothing for want of money.")
  var profile: String?
  @Option(
    help: "What the account starts with, such as BTC=0.5; can be given again. Default: 100000 of each quote asset.")
  var balance: [String] = []
  @Option(
    name: .customLong("fees-in"),
    help:
      "Pay fees with this asset, 25 % less, at its price of the moment (BNB's is that of BNBUSDT), as long as --balance of it lasts; then as without."
  )
  var feeAsset: String?
  @Option(help: "TCP port; 0 takes any that is free.")
  var port = 0
  @Option(help: "Stop by itself after so many minutes of real time; decimals are allowed.")
  var minutes: String?
  @Option(help: "Write the book to this file at the end.", completion: .file(extensions: ["json"]))
  var book: String?

  func run() throws {
    guard (0...65_535).contains(port) else {
      throw Failure("--port \(port): a TCP port is from 1 to 65535, or 0 for any.")
    }
    let signals = StopSignals.block()
    let plan = try faults.map { path in try RehearsalFiles.plan(path) } ?? FaultPlan()
    let (tape, clock, origin) = try tape()
    var settings = try settings(tape)
    (settings.servesYahoo, settings.servesBinance) = try spoken()
    let speedMillis = try RehearsalFiles.thousandths(speed, option: "--speed")
    let limit = try minutes.map { try RehearsalFiles.thousandths($0, option: "--minutes") * 60 }
    let exchange = Exchange(
      tape: tape, settings: settings, faults: plan, startedAt: clock.now, origin: origin, speedMillis: speedMillis)
    let server = WireServer(exchange, clock: clock)
    let bound: Int
    do {
      bound = try server.start(port: port)
    } catch {
      throw Failure("\(error); give another --port, or 0 for any.")
    }
    StandardOutput.write(RehearsalAddresses(port: bound, settings: settings, speed: speed).line + "\n")
    signals.wait(millis: limit)
    let end = try server.read { exchange in (exchange.book(), exchange.summary) }
    try server.stop()
    if let book { try RehearsalFiles.write(end.0, to: book) }
    StandardError.write(end.1 + "\n")
  }

  private func spoken() throws -> (yahoo: Bool, binance: Bool) {
    let words = speaks.split(separator: ",").map(String.init)
    guard !words.isEmpty, words.allSatisfy({ ["yahoo", "binance"].contains($0) }) else {
      throw Failure("--speaks \(speaks): write yahoo, binance or yahoo,binance.")
    }
    return (words.contains("yahoo"), words.contains("binance"))
  }

  private func tape() throws -> (MarketTape, LiveClock, origin: Timestamp) {
    let read: (instruments: [Instrument], bars: [Bar])
    let chain = try bars.chain()
    do throws(JournalError) {
      read = try MarketTape.read(chain)
    } catch {
      throw Failure(error)
    }
    // Goes on evenly whatever the system's clock does.
    let now = LiveClock.systemTime()
    let clock = LiveClock.scaled(origin: now, speedMillis: 1_000)
    let count = Set(read.bars.map(\.openTime)).count
    let past = history ?? min(count / 2, 1_000)
    let start = rebase == .now ? now : nil
    guard
      let tape = MarketTape(instruments: read.instruments, bars: read.bars, historyCount: past, start: start)
    else {
      throw Failure("the journal has bars of \(count) instants, and --history \(past) leaves none to play; give less.")
    }
    return (tape, clock, rebase == .now ? now : tape.firstLive)
  }

  private func settings(_ tape: MarketTape) throws -> ExchangeSettings {
    var settings = ExchangeSettings()
    if let profile {
      let run = try ProfileFile.load(profile).configuration
      settings = .twin(
        slippage: run.slippage, fees: run.fees, feePayment: run.feePayment, volumeShareMicros: run.volumeShareMicros)
    }
    if let feeAsset {
      guard tape.listings.contains(where: { $0.baseAsset == feeAsset }) else {
        throw Failure("--fees-in \(feeAsset): the journal has no pair of it, whose price a fee would be paid at.")
      }
      settings.feeAsset = feeAsset
    }
    settings.balances = try balance.map { try RehearsalFiles.balance($0) }
    if balance.isEmpty {
      for listing in tape.listings where !settings.balances.contains(where: { $0.asset == listing.quoteAsset }) {
        settings.balances.append(
          StartingBalance(asset: listing.quoteAsset, amount: 100_000 * Int128(FixedPoint.unit)))
      }
    }
    return settings
  }
}

/// How the bars' times become the exchange's.
enum RehearsalRebase: String, CaseIterable, ExpressibleByArgument {
  case now
  case none
}
