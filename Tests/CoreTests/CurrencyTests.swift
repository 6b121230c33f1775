import Core
import Market
import Scenarios
import Strategies
import Testing

/// Goal: a book of several currencies is exact in each, and worth what the journaled rates say. Hand-checked.
@Suite("Currencies")
struct CurrencyTests {
  static let tables: [(name: String, table: String)] = [
    (
      "an instrument of another currency is paid for by turning the run's money at the last rate, and equity follows the rate",
      """
      profile foreign=EUR:EURUSD shares=100
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      EURUSD 1.1/1.1/1.1/1.1 0 |
      DAX 50/50/50/50 1000 long @= |
      DAX 50/51/50/51 1000 | DAX buy 100@50 ; EUR conversion 5000 ; conversion -5500 ; cash=994500 equity=1000110 purses=994500,0
      EURUSD 1.2/1.2/1.2/1.2 0 | equity=1000620 unrealised=120
      DAX 51/51/51/51 1000 flat |
      DAX 52/52/52/52 1000 | DAX sell 100@52 ; EUR conversion -5200 ; conversion 6240 ; cash=1000740 equity=1000740 realised=240
      """
    ),
    (
      "a rate may be quoted the other way round, and the cost of turning money is a fee",
      """
      profile foreign=JPY:USDJPY shares=100 convcost=0.1%
      instrument USDJPY tick=0.001 in=JPY
      instrument NKY in=JPY tick=1
      USDJPY 125/125/125/125 0 |
      NKY 1000/1000/1000/1000 1000 long @= |
      NKY 1000/1000/1000/1000 1000 | NKY buy 100@1000 ; JPY conversion 100000 ; conversion -800.8 ; cash=999199.2 equity=999999.2 feesPaid=0.8
      """
    ),
    (
      "where money isn't turned each currency pays for its own and may be owed",
      """
      profile foreign=EUR:EURUSD:2000:1.1 convert=never shares=100
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      DAX 50/50/50/50 1000 long | equity=1002200
      DAX 50/51/50/51 1000 | DAX buy 100@50 ; purses=1000000,-3000 cash=996700 equity=1002310
      EURUSD 1.2/1.2/1.2/1.2 0 | equity=1002520 purses=1000000,-3000
      """
    ),
    (
      "where cash is required, an order is cut to the cash of its own currency",
      """
      profile foreign=EUR:EURUSD:2000:1.1 convert=never shares=100 pay=yes
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      DAX 50/50/50/50 1000 long | risk=cut:insufficientCash:40
      """
    ),
    (
      "where money is turned at once, to the cash of the run's",
      """
      profile foreign=EUR:EURUSD pay=yes shares=100 cash=2200
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      EURUSD 1.1/1.1/1.1/1.1 0 |
      DAX 50/50/50/50 1000 long @= | risk=cut:insufficientCash:40
      """
    ),
    (
      "before there is a rate nothing is ordered, and the instrument that is the rate is never traded",
      """
      profile foreign=EUR:EURUSD shares=100
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      DAX 50/50/50/50 1000 long | risk=refused:rateUnknown:0
      EURUSD 1.1/1.1/1.1/1.1 0 long |
      DAX 50/50/50/50 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "the instrument that is the rate is traded where the profile says so, for money that isn't turned: a pair owes one currency and holds the other",
      """
      profile foreign=JPY:USDJPY! convert=never shares=1000
      instrument USDJPY tick=0.001 in=JPY
      USDJPY 125/125/125/125 1000000 |
      USDJPY 125/125/125/125 1000000 long | risk=passed:withinLimits:1000
      USDJPY 125/125/125/125 1000000 | buy 1000@125 ; purses=1000000,-125000 equity=1000000
      USDJPY 128/128/128/128 1000000 flat | equity=1000023.4375
      USDJPY 160/160/160/160 1000000 | sell 1000@160 ; purses=1000000,35000 equity=1000218.75
      """
    ),
    (
      "limits and sizes are in the run's currency",
      """
      profile foreign=EUR:EURUSD notional=11000 gross=5500
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      EURUSD 1.1/1.1/1.1/1.1 0 |
      DAX 50/50/50/50 1000 long @= | risk=cut:grossCap:100
      """
    ),
    (
      "a share of equity is as many units as its worth in the instrument's currency buys",
      """
      profile foreign=EUR:EURUSD equity=10%
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      EURUSD 1.25/1.25/1.25/1.25 0 |
      DAX 50/50/50/50 1000 long @= | risk=passed:withinLimits:1600
      """
    ),
    (
      "a dividend is paid in the instrument's currency",
      """
      profile foreign=EUR:EURUSD:1000:1.1 convert=never shares=100
      instrument EURUSD tick=0.0001
      instrument DAX in=EUR
      DAX 50/50/50/50 1000 long |
      DAX 50/50/50/50 1000 | DAX buy 100@50
      DAX dividend 0.5 | EUR dividend 50 ; purses=1000000,-3950
      """
    ),
  ]

  @Test("pay, earn and are limited as said", arguments: tables.indices)
  func table(_ index: Int) throws {
    let (name, table) = CurrencyTests.tables[index]
    let differences = try Scenario(table).differences()
    #expect(differences.isEmpty, "\(name):\n\(differences.joined(separator: "\n"))")
  }

  @Test("that don't fit the instruments are refused by name")
  func refusals() throws {
    func problem(_ table: String) throws -> EngineError? {
      let scenario = try Scenario(table)
      let catalog = try StrategyCatalog(adding: [ScriptedStrategy.self])
      do throws(EngineError) {
        _ = try Engine(
          configuration: scenario.configuration, instruments: scenario.instruments, catalog: catalog)
        return nil
      } catch { return error }
    }
    let eur = try #require(Currency("EUR"))
    let gbp = try #require(Currency("GBP"))
    #expect(
      try problem("instrument DAX in=EUR\nend |") == .currencies(.undeclared(symbol: "DAX", currency: eur, run: .usd)))
    #expect(
      try problem("profile foreign=EUR:EURUSD\ninstrument DAX in=EUR\nend |")
        == .currencies(.rateUnknown(symbol: "EURUSD", currency: eur)))
    #expect(
      try problem("profile foreign=EUR:EURGBP foreign=GBP:EURGBP\ninstrument EURGBP in=GBP\nend |")
        == .currencies(.rateUnfit(symbol: "EURGBP", currency: eur, quoted: gbp, run: .usd)))
  }
}
