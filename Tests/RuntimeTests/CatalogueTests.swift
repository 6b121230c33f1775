// Goal: who picks instruments from the catalogue gets what it says, in the profile's order, and a run that was made so never changes with it.
// Method: the files of config/instruments against what is compiled in; profiles with every way to pick; canonical texts compared whole.
import Events
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Testing

@Suite("The catalogue of instruments")
struct CatalogueTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "config/instruments")

  /// The sample profile with a list of instruments, a universe that takes them all.
  static func profile(_ instruments: String) throws -> Profile {
    var lines = ProfileSample.lines
    lines[1] = "universe: all"
    let yaml = lines.joined(separator: "\n") + "\ninstruments: \(instruments)\n"
    return try Profile.parse(yaml: yaml, file: "p.yaml", catalog: try ProfileSample.catalog())
  }

  static func picked(_ instruments: String) throws -> [Instrument] {
    try profile(instruments).live?.instruments.map(\.instrument) ?? []
  }

  @Test("is what lies in config/instruments, byte for byte, and nothing else lies there")
  func isInConfig() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(files == InstrumentCatalogue.builtInNames.map { "\($0).yaml" }.sorted())
    for name in InstrumentCatalogue.builtInNames {
      let text = try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
      #expect(InstrumentCatalogue.builtInText(name) == text, "\(name)")
    }
    #expect(InstrumentCatalogue.builtIn.lists == InstrumentCatalogue.builtInNames)
  }

  @Test(
    "has large caps of all eleven sectors, index funds, the sector funds, coins, the euro future and two pairs of currencies"
  )
  func has() throws {
    let catalogue = InstrumentCatalogue.builtIn
    let stocks = catalogue.members(ofList: "us_stocks")
    #expect(stocks.count >= 20)
    let sectors = Set(catalogue.members(ofList: "spdr").map(\.instrument.sector))
    #expect(sectors.count == 11 && catalogue.members(ofList: "spdr").count == 11)
    #expect(Set(stocks.map(\.instrument.sector)) == sectors)
    let symbols = [
      "SPY", "QQQ", "IWM", "DIA", "EEM", "BTCUSD", "ETHUSD", "BTCUSDT", "ETHUSDT", "6E", "EURUSD", "USDJPY",
    ]
    for symbol in symbols { #expect(catalogue[symbol] != nil, "\(symbol)") }
    #expect(Set(catalogue.symbols).count == catalogue.symbols.count)
    let euro = try #require(catalogue["6E"]?.instrument)
    #expect((euro.tickSize, euro.multiplierNanos) == (try Price("0.00005"), 125_000 * FixedPoint.unit))
    #expect((euro.assetClass, euro.calendar, euro.currency) == (.future, .cmeFx, .usd))
    let coin = try #require(catalogue["BTCUSDT"]?.instrument)
    #expect((coin.lotSize, coin.currency.description, coin.calendar) == (try Quantity("0.00001"), "USDT", .always))
    #expect(catalogue["EURUSD"]?.symbol(at: "yahoo") == "EURUSD=X")
  }

  @Test("gives instruments in the profile's order, each once, lists and sectors in their own")
  func order() throws {
    let picked = try Self.picked("[GOOG, 'sector:energy', XLE, 'list:futures', list:forex]").map(\.symbol)
    #expect(picked == ["GOOG", "CVX", "RRC", "XOM", "XLE", "6E", "EURUSD", "USDJPY"])
    #expect(
      try Self.picked("[sector:energy]").map(\.symbol) == ["CVX", "RRC", "XOM", "XLE"], "a fund has its sector, too")
    #expect(try Self.picked("[{list: us_stocks, sector: energy}]").map(\.symbol) == ["CVX", "RRC", "XOM"])
    #expect(try Self.picked("[{list: forex}]").map(\.symbol) == ["EURUSD", "USDJPY"])
    #expect(try Self.picked("[sector:technology, list:spdr]").map(\.symbol).filter { $0 == "XLK" } == ["XLK"])
  }

  @Test("yields to what a profile says itself, wherever a list has the instrument, and gives what it leaves out")
  func ownWords() throws {
    let picked = try Self.picked("[list:spdr, {symbol: XLK, tick: 0.005, sector: mine}]")
    #expect(picked.count == 11)
    let own = try #require(picked.first { $0.symbol == "XLK" })
    #expect((own.tickSize, own.sector, own.venue, own.assetClass) == (try Price("0.005"), "mine", "ARCX", .etf))
    #expect(picked.first?.symbol == "XLC")
    let before = try Self.picked("[{symbol: XLK, tick: 0.005}, list:spdr]")
    #expect(before.map(\.symbol).prefix(2) == ["XLK", "XLC"])
    #expect(before[0].tickSize == (try Price("0.005")))
  }

  @Test("isn't asked about an instrument that is written out whole")
  func whole() throws {
    let picked = try Self.picked("[{symbol: 6E, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}]")
    #expect(picked[0].multiplierNanos == FixedPoint.unit)
    #expect((picked[0].venue, picked[0].sector) == ("", ""))
  }

  @Test("stands resolved in the canonical profile, which reads back the same without it")
  func canonical() throws {
    let profile = try Self.profile("[6E, {symbol: SPY, lot: 10}]")
    let written = """
      "instruments":[{"calendar":"cme_fx","class":"future","currency":"USD","lot":1,"market":"XCME","multiplier":125000,"sector":"currencies",\
      "symbol":"6E","tick":0.00005},{"calendar":"xnys","class":"etf","currency":"USD","lot":10,"market":"ARCX","sector":"broad",\
      "symbol":"SPY","tick":0.01}]
      """
    #expect(profile.canonicalText.contains(written), "\(profile.canonicalText)")
    let out = try Self.profile(
      """
      [{symbol: 6E, market: XCME, class: future, currency: USD, tick: 0.00005, lot: 1, multiplier: 125_000, calendar: cme_fx, sector: currencies},
        {symbol: SPY, market: ARCX, class: etf, currency: USD, tick: 0.01, lot: 10, calendar: xnys, sector: broad}]
      """)
    #expect(out.canonicalText == profile.canonicalText && out.digest == profile.digest)
    let again = try Profile.parse(
      yaml: profile.canonicalText, file: "journal", catalog: try ProfileSample.catalog())
    #expect(again.canonicalText == profile.canonicalText)
    #expect(again.live?.instruments.map(\.instrument) == profile.live?.instruments.map(\.instrument))
  }

  @Test("is refused as a whole where a symbol stands twice in it or a value is wrong")
  func wrongCatalogue() throws {
    let line = "{symbol: A, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}"
    func message(_ files: (name: String, yaml: String)...) -> String? {
      do throws(ProfileError) {
        _ = try InstrumentCatalogue(files)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(message(("a", "list: a\ninstruments: [\(line)]")) == nil)
    let twice = message(("a", "list: a\ninstruments: [\(line)]"), ("b", "list: b\ninstruments:\n  - \(line)"))
    #expect(twice == "b:3:5: instruments[0]: `A` is among the instruments already; remove one")
    let wrong = message(("a", "list: a\neach: {tik: 1}\ninstruments: [{symbol: A, class: equty}]"))
    #expect(
      wrong == """
        a:2:8: each: unknown key `tik`; did you mean `tick`?
        a:3:15: instruments[0]: `currency` is missing; add a currency's code in capitals, such as `USD`
        a:3:15: instruments[0]: `tick` is missing; add a number above 0 and at most 1_000_000
        a:3:15: instruments[0]: `lot` is missing; add a number above 0 and at most 1_000_000
        a:3:15: instruments[0]: `calendar` is missing; add `always`, `xnys`, `cme_fx` or `fx`
        a:3:34: instruments[0].class: unknown word `equty`; did you mean `equity`?
        """)
  }
}

/// What a backtest makes of instruments that its profile describes.
@Suite("A backtest whose profile describes instruments")
struct DescribedInstrumentTests {
  static let strategy = StageProfile.text(strategies: ["buy_and_hold"], volume: "none")

  private func run(_ profile: String, symbols: [String]) throws -> StagedRun {
    try RunStage.run(
      profile, over: try RunStage.journal(RunStage.walk(20, symbols: symbols.count, seed: 3), symbols: symbols))
  }

  private func instruments(_ run: StagedRun) throws -> [Instrument] {
    let reader = try run.reader()
    return reader.chain.started.instruments
  }

  @Test("runs those alone, in its order, as it describes them; the run replays, and its own journal gives the same run")
  func described() throws {
    let profile = Self.strategy + "instruments: [XLE, {symbol: SPY, lot: 5}]\n"
    let run = try run(profile, symbols: ["A", "SPY", "XLE"])
    let found = try instruments(run)
    #expect(found.map(\.symbol) == ["XLE", "SPY"])
    #expect(found.map(\.sector) == ["energy", "broad"])
    #expect(found.map(\.lotSize) == [try Quantity("1"), try Quantity("5")])
    #expect(run.result.ended.fills == 2)
    #expect(try run.replay().isEqual)
    #expect(try RunStage.run(profile, over: run.file).result.ended == run.result.ended)
  }

  @Test("takes from the bars what the profile doesn't describe, where its universe names it")
  func mixed() throws {
    let profile = StageProfile.text(universe: "[A, SPY]", strategies: ["buy_and_hold"], volume: "none")
    let found = try instruments(try run(profile + "instruments: [list:etfs]\n", symbols: ["A", "SPY"]))
    #expect(found.map(\.symbol) == ["A", "SPY"])
    #expect(found.map(\.sector) == ["", "broad"])
    #expect(found.map(\.assetClass) == [.equity, .etf])
  }

  @Test("is refused where the bars lack one of them, by name")
  func missing() throws {
    let error = #expect(throws: RunError.self) {
      _ = try run(Self.strategy + "instruments: [SPY, QQQ]\n", symbols: ["A", "SPY"])
    }
    #expect(
      error?.text
        == "the profile names QQQ, but bars.zst holds A, SPY; change its universe or instruments, or import the missing symbols."
    )
  }

  @Test("holds limits of the catalogue's sectors")
  func sectors() throws {
    let profile = StageProfile.text(
      strategies: ["buy_and_hold"], volume: "none",
      risk: "{allow_short: true, require_cash: false, sectors: {energy: {max_gross: 1}}}")
    let run = try run(profile + "instruments: [XLE, SPY]\n", symbols: ["XLE", "SPY"])
    #expect((run.result.ended.refused, run.result.ended.fills) == (1, 1))
  }
}
