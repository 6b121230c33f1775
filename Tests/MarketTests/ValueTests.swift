import Market
import Testing

/// Arithmetic and invariants of the values, at their edges.
@Suite struct ValueTests {
  @Test(
    "values a quantity at a price, rounded once, half to even",
    arguments: [
      // price, quantity, multiplier, nanos
      (150_230_000_000, 100_000_000_000, 1, 15_023_000_000_000 as Int128),
      (1, 500_000_000, 1, 0), (3, 500_000_000, 1, 2), (-1, 500_000_000, 1, 0), (-3, 500_000_000, 1, -2),
      (1, 500_000_001, 1, 1), (1, 499_999_999, 1, 0), (-1, 500_000_001, 1, -1),
      // The multiplier comes before rounding: half a nano times 50 is 25 nanos.
      (1, 500_000_000, 50, 25), (1, 10_000_000, 50, 0), (3, 10_000_000, 50, 2), (-3, 10_000_000, 50, -2), (0, 1, 7, 0),
      (Int64.max, Int64.max, 1, 85_070_591_730_234_615_847_396_907_784),
      (Int64.max, Int64.max, 1_000_000, 85_070_591_730_234_615_847_396_907_784_232_501),
      (-Int64.max, Int64.max, 1_000_000, -85_070_591_730_234_615_847_396_907_784_232_501),
    ])
  func notional(_ price: Int64, _ quantity: Int64, _ multiplier: Int64, _ nanos: Int128) {
    let value = Price(nanos: price).notional(Quantity(nanos: quantity), multiplier: multiplier * FixedPoint.unit)
    #expect(value == nanos)
  }

  @Test("refuses a value beyond what money holds where nothing bounded it")
  func checkedNotional() throws {
    let most = Price(nanos: .max)
    #expect(try most.checkedNotional(Quantity(nanos: .max)) == most.notional(Quantity(nanos: .max)))
    #expect(
      throws: ArithmeticError.notionalOutOfRange(price: .max, quantity: -.max, multiplier: 1_000_000 * FixedPoint.unit)
    ) { try most.checkedNotional(Quantity(nanos: -.max), multiplier: 1_000_000 * FixedPoint.unit) }
  }

  @Test("divides half to even for every small numerator and divisor")
  func halfEven() {
    for divisor in Int128(1)...12 {
      for numerator in Int128(-100)...100 {
        // The nearest whole number by search; of two equally near ones the even.
        let expected = (Int128(-101)...101).min { left, right in
          let (near, far) = ((left * divisor - numerator).magnitude, (right * divisor - numerator).magnitude)
          return near < far || (near == far && left % 2 == 0)
        }
        #expect(numerator.dividedRoundingHalfEven(by: divisor) == expected)
      }
    }
    #expect(Int128.min.dividedRoundingHalfEven(by: 1) == .min)
    #expect(Int128.min.dividedRoundingHalfEven(by: .max) == -1)
    #expect(Int128.max.dividedRoundingHalfEven(by: .max) == 1)
  }

  @Test("rounds prices to ticks in every direction, for every small price and tick")
  func ticks() throws {
    for tick in Int64(1)...9 {
      for nanos in Int64(-40)...40 {
        let price = Price(nanos: nanos)
        let down = try price.rounded(toTick: Price(nanos: tick), .down).nanos
        let up = try price.rounded(toTick: Price(nanos: tick), .up).nanos
        let nearest = try price.rounded(toTick: Price(nanos: tick), .nearest).nanos
        #expect(down % tick == 0 && down <= nanos && nanos - down < tick)
        #expect(up % tick == 0 && up >= nanos && up - nanos < tick)
        #expect(Int128(nearest) == Int128(nanos).dividedRoundingHalfEven(by: Int128(tick)) * Int128(tick))
      }
    }
    let edge = Price(nanos: .max)
    #expect(try edge.rounded(toTick: edge, .up) == edge)
    #expect(throws: ArithmeticError.roundingOutOfRange(nanos: .max, step: 1000)) {
      try edge.rounded(toTick: Price(nanos: 1000), .up)
    }
    #expect(throws: ArithmeticError.roundingOutOfRange(nanos: -.max, step: 1000)) {
      try Price(nanos: -.max).rounded(toTick: Price(nanos: 1000), .down)
    }
  }

  @Test("adds quantities and instants exactly or says why not")
  func sums() throws {
    let most = Quantity(nanos: .max)
    #expect(try most.adding(-most) == .zero)
    #expect(throws: ArithmeticError.sumOutOfRange(.max, 1)) { try most.adding(Quantity(nanos: 1)) }
    #expect(throws: ArithmeticError.sumOutOfRange(-.max, -1)) { try (-most).adding(Quantity(nanos: -1)) }
    #expect(try Timestamp(nanos: .max).adding(nanos: .min) == Timestamp(nanos: -1))
    #expect(throws: ArithmeticError.sumOutOfRange(.max, 1)) { try Timestamp(nanos: .max).adding(nanos: 1) }
    #expect((-most).magnitude == most)
    #expect(most - most == .zero)
    var running = Quantity.zero
    running += most
    running -= most
    #expect(running == .zero)
  }

  @Test("rounds quantities towards zero in lots")
  func lots() {
    let lot = Quantity(nanos: 100)
    #expect(Quantity(nanos: 199).roundedDown(toLot: lot) == lot)
    #expect(Quantity(nanos: -199).roundedDown(toLot: lot) == -lot)
    #expect(Quantity(nanos: 99).roundedDown(toLot: lot) == .zero)
    #expect(Quantity(nanos: -.max).roundedDown(toLot: Quantity(nanos: .max)) == Quantity(nanos: -.max))
  }

  @Test("takes as a currency what is one to eight capitals or digits, and gives it back")
  func currencies() {
    for code in ["USD", "USDT", "1INCH", "ABCD1234", "X"] {
      let currency = Currency(code)
      #expect(currency?.description == code)
      #expect(currency.flatMap { Currency(packed: $0.packed) } == currency)
    }
    for code in ["", "usd", "US D", "ABCD12345", "ÄÖ", "US\u{0}"] { #expect(Currency(code) == nil, "\(code)") }
    // A hole in front or inside, a byte that is no ASCII.
    for packed: UInt64 in [0, 0x4100, 0x41_0041, 0xff, 0xc3] { #expect(Currency(packed: packed) == nil) }
    #expect(Currency("USD") == .usd)
  }

  @Test("adds money of one currency within its range")
  func money() throws {
    let euro = try #require(Currency("EUR"))
    let most = try Money(nanos: Money.nanosMax, currency: .usd)
    #expect(try most.adding(most.negated).nanos == 0)
    #expect(throws: MoneyError.outOfRange) { try most.adding(try Money(nanos: 1, currency: .usd)) }
    #expect(throws: MoneyError.outOfRange) { try Money(nanos: .min, currency: .usd) }
    #expect(throws: MoneyError.currenciesDiffer(.usd, euro)) { try most.adding(try Money(nanos: 1, currency: euro)) }
    #expect(try Money(nanos: -1_500_000_000, currency: euro).description == "-1.5 EUR")
  }

  @Test("refuses bars that no market can have traded")
  func bars() throws {
    func bar(
      open: Int64 = 10, high: Int64 = 12, low: Int64 = 8, close: Int64 = 11, volume: Int64 = 1, time: Int64 = 0,
      duration: Int64 = 60
    ) throws(BarError) -> Bar {
      try Bar(
        instrument: InstrumentIndex(0), openTime: Timestamp(nanos: time), durationNanos: duration,
        open: Price(nanos: open),
        high: Price(nanos: high), low: Price(nanos: low), close: Price(nanos: close), volume: Quantity(nanos: volume),
        source: .file)
    }
    #expect(try bar().knownAt.nanos == 60)
    #expect(try bar(open: -10, high: -8, low: -12, close: -8).low.nanos == -12)
    #expect(throws: BarError.durationNotPositive(nanos: 0)) { try bar(duration: 0) }
    #expect(throws: BarError.highBelow(high: 9, other: 11)) { try bar(high: 9) }
    #expect(throws: BarError.highBelow(high: 12, other: 13)) { try bar(low: 13) }
    #expect(throws: BarError.lowAbove(low: 11, other: 10)) { try bar(low: 11) }
    #expect(throws: BarError.volumeNegative(nanos: -1)) { try bar(volume: -1) }
    #expect(throws: BarError.timeOutOfRange) { try bar(time: .max - 59) }
    #expect(try bar(time: .max - 60).knownAt.nanos == .max)
    let moved = try bar().with(instrument: InstrumentIndex(7), closesSlot: false)
    #expect(moved.instrument.position == 7 && !moved.closesSlot && moved.source == .file && !moved.isHistorical)
  }

  @Test("refuses instruments whose steps or multiplier can't be traded")
  func instruments() throws {
    func instrument(
      symbol: String = "X", tick: Int64 = 1, lot: Int64 = 1, multiplier: Int64 = FixedPoint.unit
    ) throws(InstrumentError) -> Instrument {
      try Instrument(
        symbol: symbol, assetClass: .future, currency: .usd, tickSize: Price(nanos: tick),
        lotSize: Quantity(nanos: lot),
        multiplierNanos: multiplier, calendar: .always)
    }
    #expect(try instrument(multiplier: 1_000_000 * FixedPoint.unit).symbol == "X")
    #expect(throws: InstrumentError.symbolEmpty) { try instrument(symbol: "") }
    #expect(throws: InstrumentError.tickSizeNotPositive(nanos: 0)) { try instrument(tick: 0) }
    #expect(throws: InstrumentError.lotSizeNotPositive(nanos: -1)) { try instrument(lot: -1) }
    for multiplier in [0, -FixedPoint.unit, 1, FixedPoint.unit + 1, 1_000_001 * FixedPoint.unit] {
      #expect(throws: InstrumentError.multiplierNotWhole(nanos: multiplier)) { try instrument(multiplier: multiplier) }
    }
  }

  @Test("stops the process at values that break an invariant")
  func traps() async {
    await #expect(processExitsWith: .failure) { _ = Price(nanos: .min) }
    await #expect(processExitsWith: .failure) { _ = Quantity(nanos: .min) }
    await #expect(processExitsWith: .failure) { _ = Quantity(nanos: .max) + Quantity(nanos: 1) }
    await #expect(processExitsWith: .failure) { _ = Price(nanos: 1).notional(Quantity(nanos: 1), multiplier: 1) }
    await #expect(processExitsWith: .failure) { _ = Quantity(nanos: 1).roundedDown(toLot: .zero) }
    await #expect(processExitsWith: .failure) { _ = Int128(1).dividedRoundingHalfEven(by: 0) }
  }
}
