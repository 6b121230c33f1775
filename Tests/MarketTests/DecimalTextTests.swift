import Market
import Testing

/// Decimal numbers as text. Python's `decimal` checks the same on 200,000 vectors (tools/parity/decimal_vectors.py); these are the
/// edges by name, and the round trip.
@Suite struct DecimalTextTests {
  @Test(
    "reads decimal text exactly",
    arguments: [
      ("0", 0), ("-0", 0), ("+1", 1_000_000_000), ("450.44", 450_440_000_000), ("-37.63", -37_630_000_000),
      (".5", 500_000_000),
      ("5.", 5_000_000_000), ("0.000000001", 1), ("000123.4500", 123_450_000_000),
      ("1.00000000000000000000", 1_000_000_000),
      ("9223372036.854775807", Int64.max), ("-9223372036.854775807", -Int64.max),
    ])
  func reads(_ text: String, _ nanos: Int64) throws {
    #expect(try Price(text).nanos == nanos)
    #expect(try Quantity(text).nanos == nanos)
  }

  @Test(
    "refuses what is no decimal and says where",
    arguments: [
      ("", FixedPointError.noDigits), ("-", .noDigits), (".", .noDigits), ("+.", .noDigits),
      ("1e5", .unexpectedByte(UInt8(ascii: "e"), offset: 1)), ("1.2.3", .unexpectedByte(UInt8(ascii: "."), offset: 3)),
      (" 1", .unexpectedByte(UInt8(ascii: " "), offset: 0)), ("1,000", .unexpectedByte(UInt8(ascii: ","), offset: 1)),
      ("--1", .unexpectedByte(UInt8(ascii: "-"), offset: 1)), ("1-", .unexpectedByte(UInt8(ascii: "-"), offset: 1)),
      ("٣", .unexpectedByte(0xd9, offset: 0)), ("0.0000000001", .tooPrecise(offset: 11)),
      ("9223372036.854775808", .outOfRange), ("-9223372036.854775808", .outOfRange), ("18446744074", .outOfRange),
      ("99999999999999999999999999", .outOfRange),
    ])
  func refuses(_ text: String, _ error: FixedPointError) {
    #expect(throws: error) { try Price(text) }
    #expect(throws: error) { try Quantity(text) }
  }

  @Test(
    "rounds digits behind the ninth half to even where asked to",
    arguments: [
      ("0.30000001192092896", 300_000_012), ("0.0000000005", 0), ("0.0000000015", 2), ("0.0000000025", 2),
      ("0.00000000250000001", 3), ("-0.0000000015", -2), ("0.0000000004999", 0), ("0.9999999999", 1_000_000_000),
    ])
  func rounds(_ text: String, _ nanos: Int64) throws {
    let bytes = Array(text.utf8)
    #expect(try FixedPoint.nanosRounding(bytes.span) == nanos)
  }

  @Test("shifts the point by the decimals that a file implies")
  func impliedDecimals() throws {
    let bytes = Array("1676500".utf8)
    #expect(try FixedPoint.nanos(bytes.span, impliedDecimals: 4) == 167_650_000_000)
    #expect(try FixedPoint.nanos(bytes.span, impliedDecimals: 9) == 1_676_500)
    #expect(try FixedPoint.nanos(bytes.span) == 1_676_500_000_000_000)
    let pointed = Array("-1.5".utf8)
    #expect(try FixedPoint.nanos(pointed.span, impliedDecimals: 2) == -15_000_000)
    #expect(throws: FixedPointError.tooPrecise(offset: 3)) { try FixedPoint.nanos(pointed.span, impliedDecimals: 9) }
  }

  @Test(
    "prints the shortest text",
    arguments: [
      (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (1_000_000_000, "1"), (450_440_000_000, "450.44"),
      (-100_000_000, "-0.1"), (Int64.max, "9223372036.854775807"), (Int64.min, "-9223372036.854775808"),
    ])
  func prints(_ nanos: Int64, _ text: String) {
    #expect(FixedPoint.text(nanos: nanos) == text)
    #expect(FixedPoint.text(nanos: Int128(nanos)) == text)
  }

  @Test("prints amounts of 128 bits")
  func printsWide() {
    #expect(FixedPoint.text(nanos: Int128.max) == "170141183460469231731687303715.884105727")
    #expect(FixedPoint.text(nanos: Int128.min) == "-170141183460469231731687303715.884105728")
    // Zeros in the middle, where the text is put together from two parts.
    #expect(FixedPoint.text(nanos: Money.nanosMax) == "1000000000000000000000")
    #expect(FixedPoint.text(nanos: Money.nanosMax + 1) == "1000000000000000000000.000000001")
    #expect(FixedPoint.text(nanos: Int128(UInt64.max) * 1_000_000_000) == "18446744073709551615")
    #expect(FixedPoint.text(nanos: (Int128(UInt64.max) + 1) * 1_000_000_000) == "18446744073709551616")
  }

  @Test("reads back every number it prints, in the same order")
  func roundTrip() throws {
    var random = SeededRandom.reported()
    var last = Price.zero
    for _ in 0..<20_000 {
      let scale = FixedPoint.powerOfTen(Int(random.next() % 12))
      let price = Price(nanos: random.nextSpread() / scale * scale)
      let again = try Price(price.description)
      #expect(again == price)
      #expect((last < price) == (last.nanos < price.nanos))
      last = price
    }
  }

  @Test("stops at decimals no file can imply")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      let bytes = Array("1".utf8)
      _ = try FixedPoint.nanos(bytes.span, impliedDecimals: 10)
    }
  }
}
