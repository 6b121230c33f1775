import Testing

@testable import Runtime

/// Goal: what a profile says is what the run uses, to the last digit.
@Suite("Numbers in a profile")
struct ProfileNumberTests {
  @Test(
    "are read exactly or refused",
    arguments: [
      ("0", 9, .success(0)), ("-0", 9, .success(0)), ("1", 9, .success(1_000_000_000)),
      ("+1.5", 9, .success(1_500_000_000)), ("1_000", 0, .success(1000)), ("1_0.2_5", 2, .success(1025)),
      ("0.000000001", 9, .success(1)), ("-0.000000001", 9, .success(-1)), ("0.0000000010", 9, .success(1)),
      ("9223372036.854775808", 9, .success(9_223_372_036_854_775_808)), ("10.00", 0, .success(10)),
      ("0.0000000001", 9, .failure(.tooPrecise)), ("1.5", 0, .failure(.tooPrecise)),
      ("01", 9, .failure(.leadingZero)), ("00", 9, .failure(.leadingZero)), ("1__0", 9, .failure(.notNumber)),
      ("_1", 9, .failure(.notNumber)), ("1_", 9, .failure(.notNumber)), ("1_.5", 9, .failure(.notNumber)),
      ("1.", 9, .failure(.notNumber)), (".5", 9, .failure(.notNumber)), ("", 9, .failure(.notNumber)),
      ("-", 9, .failure(.notNumber)), ("1e3", 9, .failure(.notNumber)), ("0x10", 9, .failure(.notNumber)),
      ("1.2.3", 9, .failure(.notNumber)), ("١", 9, .failure(.notNumber)), (" 1", 9, .failure(.notNumber)),
      ("100000000000000000000000000", 9, .success(1_000_000_000_000_000_000 * 100_000_000_000_000_000)),
      ("1000000000000000000000000000", 9, .failure(.tooLarge)),
    ] as [(String, Int, Result<Int128, DecimalFault>)])
  func decimals(_ text: String, _ decimals: Int, _ expected: Result<Int128, DecimalFault>) {
    let found = Result { () throws(DecimalFault) in try ExactDecimal.scaled(text, decimals: decimals) }
    #expect(found == expected)
  }

  @Test(
    "with a unit are shares in millionths",
    arguments: [
      ("2 %", .success(20_000)), ("2%", .success(20_000)), ("0.5 %", .success(5_000)), ("5 bp", .success(500)),
      ("5bp", .success(500)), ("-0.01 bp", .success(-1)), ("0.0001 %", .success(1)), ("100.0 %", .success(1_000_000)),
      ("0.00001 %", .failure(.decimal(.tooPrecise))), ("0.001 bp", .failure(.decimal(.tooPrecise))),
      ("2", .failure(.unitMissing)), ("0.02", .failure(.unitMissing)), ("%", .failure(.decimal(.notNumber))),
      ("two %", .failure(.decimal(.notNumber))), ("2 % %", .failure(.decimal(.notNumber))),
      ("2 bps", .failure(.decimal(.notNumber))), ("", .failure(.decimal(.notNumber))),
    ] as [(String, Result<Int128, ShareFault>)])
  func shares(_ text: String, _ expected: Result<Int128, ShareFault>) {
    let found = Result { () throws(ShareFault) in try ShareText.micros(text) }
    #expect(found == expected)
  }

  @Test(
    "of shares print in one way and read back",
    arguments: [0, 1, -1, 99, 10_000, 123_456, -5_000, 1_000_000, 9_999_999])
  func sharesPrint(_ micros: Int64) throws {
    #expect(try ShareText.micros(ShareText.percent(micros: micros)) == Int128(micros))
  }
}
