import Glibc
import Market

/// Compares Market's decimal arithmetic with vectors that Python's `decimal` made (tools/parity/decimal_vectors.py) on standard
/// input. Prints `N vectors, 0 failed`; exits 1 where one failed or the input is no vectors.
@main
struct DecimalCheck {
  static func main() {
    var count = 0
    var failed = 0
    while let line = readLine() {
      count += 1
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let found = Vector(fields: fields).map { $0.result() } ?? "no vector"
      if fields.last != found {
        failed += 1
        if failed <= 20 { print("line \(count): \(line): found \(found)") }
      }
    }
    print("\(count) vectors, \(failed) failed")
    if count == 0 || failed > 0 { exit(1) }
  }
}

/// One line: an operation, its operands, and behind them what Python expects.
struct Vector {
  let operation: String
  let operands: [String]

  init?(fields: [String]) {
    guard fields.count >= 3 else { return nil }
    operation = fields[0]
    operands = Array(fields[1..<fields.count - 1])
  }

  func result() -> String {
    switch operation {
    case "parse", "round": read() ?? "no vector"
    case "print": Int128(operands[0]).map { print(nanos: $0) } ?? "no vector"
    case "notional": notional() ?? "no vector"
    case "divide": divide() ?? "no vector"
    case "average": average() ?? "no vector"
    case "tick": tick() ?? "no vector"
    default: "no vector"
    }
  }

  private func read() -> String? {
    guard operands.count == 2, let implied = Int(operands[1]) else { return nil }
    let bytes = Array(operands[0].utf8)
    do throws(FixedPointError) {
      return operation == "parse"
        ? String(try FixedPoint.nanos(bytes.span, impliedDecimals: implied))
        : String(try FixedPoint.nanosRounding(bytes.span, impliedDecimals: implied))
    } catch {
      return "error"
    }
  }

  /// Both widths where both apply: they must agree.
  private func print(nanos: Int128) -> String {
    let wide = FixedPoint.text(nanos: nanos)
    guard let narrow = Int64(exactly: nanos) else { return wide }
    return FixedPoint.text(nanos: narrow) == wide ? wide : "64 and 128 bits differ"
  }

  private func notional() -> String? {
    guard operands.count == 3, let price = Int64(operands[0]), let quantity = Int64(operands[1]),
      let multiplier = Int64(operands[2])
    else { return nil }
    return String(
      Price(nanos: price).notional(Quantity(nanos: quantity), multiplier: multiplier * FixedPoint.unit))
  }

  private func divide() -> String? {
    guard operands.count == 2, let numerator = Int128(operands[0]), let divisor = Int128(operands[1]) else {
      return nil
    }
    return String(numerator.dividedRoundingHalfEven(by: divisor))
  }

  /// As the ledger averages: an exact sum of products, divided and rounded once.
  private func average() -> String? {
    var products: Int128 = 0
    var quantities: Int128 = 0
    for pair in operands.dropFirst() {
      let parts = pair.split(separator: ":")
      guard parts.count == 2, let price = Int128(parts[0]), let quantity = Int128(parts[1]) else { return nil }
      products += price * quantity
      quantities += quantity
    }
    return String(products.dividedRoundingHalfEven(by: quantities))
  }

  private func tick() -> String? {
    guard operands.count == 3, let price = Int64(operands[0]), let tick = Int64(operands[1]) else { return nil }
    let rules: [String: TickRounding] = ["down": .down, "up": .up, "nearest": .nearest]
    guard let rule = rules[operands[2]] else { return nil }
    do throws(ArithmeticError) {
      return String(try Price(nanos: price).rounded(toTick: Price(nanos: tick), rule).nanos)
    } catch {
      return "error"
    }
  }
}
