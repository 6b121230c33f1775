import Foundation
import Testing
import Wire

/// Method: random JSON texts with every kind of value, blanks and escapes, then the same with bytes changed, dropped and doubled. Foundation and we must agree on
/// whether it is JSON and on every value in it.
@Suite struct JSONPropertyTests {
  /// Where Foundation is known to be more generous: other encodings, strings it repairs, a comma before the closing bracket.
  private static func isBeyondComparison(_ bytes: [UInt8], _ error: JSONError) -> Bool {
    switch error {
    case .loneSurrogate, .invalidUTF8: return true
    case .unexpectedByte(UInt8(ascii: "]"), let offset), .unexpectedByte(UInt8(ascii: "}"), let offset):
      let before = bytes[..<offset].last { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
      if before == UInt8(ascii: ",") { return true }
    default: break
    }
    // Foundation guesses UTF-16 and UTF-32 from zero bytes and byte order marks.
    return bytes.contains(0) || bytes.starts(with: [0xef, 0xbb, 0xbf])
  }

  /// Foundation makes doubles of numbers, and refuses what is none.
  private static func fitsDoubles(_ value: JSONValue) -> Bool {
    if value.kind == .number {
      guard let double = value.scalarText.flatMap(Double.init) else { return false }
      // A number so small that it is zero as a double, but isn't written as one.
      return double.isFinite && (double.isNormal || value.scalarText?.contains { "eE".contains($0) } == false)
    }
    return value.items.allSatisfy(fitsDoubles) && value.members.allSatisfy { fitsDoubles($0.value) }
  }

  @Test("agrees with Foundation on random and on damaged texts")
  func agreesWithFoundation() throws {
    var random = SeededRandom.reported()
    var takenCount = 0
    var refusedCount = 0
    for _ in 0..<4_000 {
      var bytes: [UInt8] = []
      Self.write(&bytes, depth: 0, &random)
      if random.next() % 2 == 0 { Self.damage(&bytes, &random) }
      let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(JSONError) {
        let ours = try JSONDocument(bytes).root
        takenCount += 1
        if theirs == nil, !Self.fitsDoubles(ours) { continue }
        let same = theirs.map { Self.isSame(ours, $0) }
        #expect(same == true, "ours read, theirs: \(theirs.map { "\($0)" } ?? "refused"): \(text)")
      } catch {
        refusedCount += 1
        if Self.isBeyondComparison(bytes, error) { continue }
        #expect(theirs == nil, "ours refused (\(error)), theirs did not: \(text)")
      }
    }
    #expect(takenCount > 1_500 && refusedCount > 500)
  }

  @Test("answers any bytes at all with a value or an error")
  func anyBytes() {
    var random = SeededRandom.reported()
    let alphabet = Array("{}[]\",:\\u0123eE+-. tfn\n".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int(random.next() % 24)).map { _ in
        random.next() % 8 == 0 ? UInt8(truncatingIfNeeded: random.next()) : alphabet.picked(by: &random)
      }
      if let document = try? JSONDocument(bytes) { Self.walk(document.root) }
    }
  }

  private static func walk(_ value: JSONValue) {
    for item in value.items { walk(item) }
    for member in value.members { walk(member.value) }
    _ = (value.nanos, value.nanosRounded, value.integer, value.scalarText, value.bool)
  }

  private static func isSame(_ ours: JSONValue, _ theirs: Any) -> Bool {
    switch ours.kind {
    case .null: return theirs is NSNull
    case .boolTrue, .boolFalse: return (theirs as? Bool) == ours.bool
    case .string: return (theirs as? String) == ours.string
    case .number:
      guard let number = theirs as? NSNumber, let text = ours.scalarText, let double = Double(text) else {
        return false
      }
      if let whole = ours.integer { return number.int64Value == whole }
      return number.doubleValue == double || abs(number.doubleValue - double) <= abs(double) * 1e-14
    case .array:
      guard let list = theirs as? [Any] else { return false }
      let items = Array(ours.items)
      return items.count == list.count && zip(items, list).allSatisfy { isSame($0, $1) }
    case .object:
      guard let object = theirs as? [String: Any] else { return false }
      let members = Array(ours.members)
      // A damaged text may name a member twice; which one counts is nobody's promise but ours.
      if Set(members.map(\.name)).count < members.count { return true }
      return members.count == object.count
        && members.allSatisfy { member in object[member.name].map { isSame(member.value, $0) } ?? false }
    }
  }

  private static func write(_ out: inout [UInt8], depth: Int, _ random: inout SeededRandom) {
    blanks(&out, &random)
    switch random.next() % (depth < 5 ? 9 : 6) {
    case 0: out += Array("null".utf8)
    case 1: out += Array((random.next() & 1 == 0 ? "true" : "false").utf8)
    case 2, 3: number(&out, &random)
    case 4, 5: string(&out, &random)
    case 6, 7:
      out.append(UInt8(ascii: "{"))
      let count = random.next() % 5
      for index in 0..<count {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        blanks(&out, &random)
        out += Array("\"k\(index)".utf8)
        out += Array(["", "é", "\\n", "\\u00e9", "\\ud83e\\udd8a"].picked(by: &random).utf8)
        out.append(UInt8(ascii: "\""))
        blanks(&out, &random)
        out.append(UInt8(ascii: ":"))
        write(&out, depth: depth + 1, &random)
      }
      out.append(UInt8(ascii: "}"))
    default:
      out.append(UInt8(ascii: "["))
      let count = random.next() % 5
      for index in 0..<count {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(&out, depth: depth + 1, &random)
      }
      blanks(&out, &random)
      out.append(UInt8(ascii: "]"))
    }
    blanks(&out, &random)
  }

  private static func number(_ out: inout [UInt8], _ random: inout SeededRandom) {
    if random.next() & 3 == 0 { out.append(UInt8(ascii: "-")) }
    out += Array(String(random.next() >> (24 + random.next() % 40)).utf8)
    if random.next() & 1 == 0 { out += Array(".\(random.next() % 100_000)".utf8) }
    if random.next() & 7 == 0 { out += Array(["e5", "E-3", "e+2", "e0"].picked(by: &random).utf8) }
  }

  private static func string(_ out: inout [UInt8], _ random: inout SeededRandom) {
    let pieces = [
      "a", "BTC", "é", "🦊", "\\\"", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u0041", "\\u00e9", "\\ud83e\\udd8a", " ",
    ]
    out.append(UInt8(ascii: "\""))
    for _ in 0..<(random.next() % 6) { out += Array(pieces.picked(by: &random).utf8) }
    out.append(UInt8(ascii: "\""))
  }

  private static func blanks(_ out: inout [UInt8], _ random: inout SeededRandom) {
    for _ in 0..<(random.next() % 3) { out.append([0x20, 0x0a, 0x0d, 0x09].picked(by: &random)) }
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    for _ in 0...(random.next() % 2) {
      guard !bytes.isEmpty else { return }
      let place = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(bytes[place], at: place)
      case 2: bytes[place] = Array("{}[]\",:\\0e-.t".utf8).picked(by: &random)
      default: bytes[place] ^= UInt8(1 << (random.next() % 8))
      }
    }
  }
}
