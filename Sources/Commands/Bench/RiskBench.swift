import Core
import Events
import Journal
import Market
import Strategies

/// What the risk gate takes for one decision at 20 symbols, with every check on in all four scopes.
struct RiskBench {
  static let decisionCount = 200_000

  /// Nanoseconds a decision.
  static func decisionNanos() throws -> Double {
    var engine = try engine()
    var out = EventBuffer()
    var sequence: UInt64 = 1
    // Positions of both signs in most instruments, and orders that rest.
    for bar in RandomWalk(barCount: 40_000, symbolCount: BenchWork.symbolCount) {
      out.clear(nextSequence: sequence + 1)
      do throws(ReduceError) { try engine.reduce(bar, sequence: sequence, into: &out) } catch {
        throw Failure("the benchmark's bars were refused: \(error)")
      }
      sequence = out.nextSequence
    }
    let clock = ContinuousClock()
    let started = clock.now
    var passed: Int64 = 0
    for turn in 0..<decisionCount {
      let units = Int64(1 + turn % 97) * FixedPoint.unit
      passed &+=
        engine.allowed(
          Quantity(nanos: turn % 2 == 0 ? units : -units), index: turn % BenchWork.symbolCount, strategy: 0
        ).nanos
    }
    let seconds = (clock.now - started) / .seconds(1)
    // Reads the sum, so that no decision can be left out.
    guard passed != .min else { throw Failure("no decision was made.") }
    return seconds * 1_000_000_000 / Double(decisionCount)
  }

  private static func engine() throws -> Engine {
    var instruments: [Instrument] = []
    for index in 0..<BenchWork.symbolCount {
      do throws(InstrumentError) {
        instruments.append(
          try Instrument(
            symbol: "S\(index)", assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
            lotSize: Quantity(nanos: FixedPoint.unit), sector: "sector \(index % 5)", calendar: .always))
      } catch {
        throw Failure("\(error)")
      }
    }
    let million = Int128(1_000_000) * Int128(FixedPoint.unit)
    var set = LimitSet()
    set.hours = AllowedHours(fromMinute: 0, toMinute: 1_440)
    set.staleNanos = 60 * Timestamp.nanosPerSecond
    set.confidenceMinMicros = 100_000
    set.priceMin = Price(nanos: 1)
    set.priceMax = Price(nanos: .max)
    set.collarMicros = 500_000
    set.closeCollarMicros = 900_000
    set.orderRate = RateLimit(count: 100, windowNanos: 60 * Timestamp.nanosPerSecond)
    set.repeats = RateLimit(count: 5, windowNanos: 60 * Timestamp.nanosPerSecond)
    set.locatedQuantity = Quantity(nanos: 100_000 * FixedPoint.unit)
    set.orderQuantityMax = Quantity(nanos: 10_000 * FixedPoint.unit)
    set.orderNotionalMax = million
    set.volumeShareMicros = 1_000_000
    set.positionQuantityMax = Quantity(nanos: 20_000 * FixedPoint.unit)
    set.positionNotionalMax = 10 * million
    set.grossMax = 100 * million
    set.netMax = 100 * million
    set.dailyNetMax = 100 * million
    set.leverageMaxMicros = 10_000_000
    var risk = RiskLimits(isShortAllowed: true, isCashRequired: true)
    risk.forbidsSelfCrossing = true
    risk.account = set
    risk.strategies = [StrategyLimits(strategy: 0, limits: set)]
    risk.sectors = (0..<5).map { NamedLimits(name: "sector \($0)", limits: set) }
    risk.symbols = instruments.map { NamedLimits(name: $0.symbol, limits: set) }
    let parameters = ParameterValues(["fast": .integer(10), "slow": .integer(30), "allow_short": .flag(true)])
    let configuration = RunConfiguration(
      currency: .usd, initialCash: 100 * million,
      strategies: [StrategySpecification(name: "sma_cross", parameters: parameters)],
      sizing: .shares(Quantity(nanos: 100 * FixedPoint.unit)),
      execution: Execution(type: .limit, timeInForce: .goodTillCancelled, limitOffsetTicks: 5),
      exits: ProtectiveExits(stopLossMicros: 50_000), slippage: .none, fees: .none, volumeShareMicros: 1_000_000,
      lots: .averageCost, risk: risk)
    do throws(EngineError) {
      return try Engine(configuration: configuration, instruments: instruments, catalog: .builtIn)
    } catch {
      throw Failure("\(error)")
    }
  }
}
