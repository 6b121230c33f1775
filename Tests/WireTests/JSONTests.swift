import Foundation
import Market
import Testing
import Wire

/// Goal: what is no JSON is refused, and what is JSON is read as others read it. Edges are written out; then seeded random texts, whole and mutated, are
/// compared with Foundation's JSONSerialization, value by value.
@Suite struct JSONTests {
  static func refusal(_ text: String, limits: JSONLimits = .standard) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONDocument(Array(text.utf8), limits: limits)
      return nil
    } catch {
      return error
    }
  }

  static func root(_ text: String) throws -> JSONValue { try JSONDocument(Array(text.utf8)).root }

  @Test(
    "refuses what RFC 8259 does, naming the byte",
    arguments: [
      ("", JSONError.endOfText(offset: 0)), ("  ", .endOfText(offset: 2)), ("{", .endOfText(offset: 1)),
      ("[1,]", .unexpectedByte(UInt8(ascii: "]"), offset: 3)), ("{,}", .unexpectedByte(UInt8(ascii: ","), offset: 1)),
      ("{\"a\":1,}", .unexpectedByte(UInt8(ascii: "}"), offset: 7)),
      ("01", .unexpectedByte(UInt8(ascii: "1"), offset: 1)),
      ("-", .endOfText(offset: 1)), ("+1", .unexpectedByte(UInt8(ascii: "+"), offset: 0)),
      ("1.", .endOfText(offset: 2)),
      (".5", .unexpectedByte(UInt8(ascii: "."), offset: 0)), ("1e", .endOfText(offset: 2)),
      ("NaN", .unexpectedByte(UInt8(ascii: "N"), offset: 0)), ("nul", .endOfText(offset: 3)),
      ("\"a", .endOfText(offset: 2)), ("\"\n\"", .controlByte(10, offset: 1)), ("\"\\x\"", .invalidEscape(offset: 1)),
      ("\"\\u12g4\"", .invalidEscape(offset: 1)), ("\"\\ud800\"", .loneSurrogate(offset: 1)),
      ("\"\\udc00\"", .loneSurrogate(offset: 1)), ("\"\\ud800\\u0041\"", .loneSurrogate(offset: 1)),
      ("1 2", .unexpectedByte(UInt8(ascii: "2"), offset: 2)), ("<html>", .unexpectedByte(UInt8(ascii: "<"), offset: 0)),
      ("[1}", .unexpectedByte(UInt8(ascii: "}"), offset: 2)),
      ("{\"a\" 1}", .unexpectedByte(UInt8(ascii: "1"), offset: 5)),
      ("{1:2}", .unexpectedByte(UInt8(ascii: "1"), offset: 1)), ("\u{feff}1", .unexpectedByte(0xef, offset: 0)),
    ])
  func refuses(text: String, expected: JSONError) { #expect(Self.refusal(text) == expected) }

  @Test("refuses bytes that are no UTF-8 inside a string")
  func invalidUTF8() {
    for bytes in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]] as [[UInt8]] {
      #expect(throws: JSONError.invalidUTF8) {
        _ = try JSONDocument([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
      }
    }
  }

  @Test("asks for no more bytes, depth and values than it was allowed")
  func limits() {
    let limits = JSONLimits(byteCountMax: 20, depthMax: 2, valueCountMax: 5)
    #expect(Self.refusal("[[1]]", limits: limits) == nil)
    #expect(Self.refusal("[[[1]]]", limits: limits) == .tooDeep(offset: 2))
    #expect(Self.refusal("[1,1,1,1]", limits: limits) == nil)
    #expect(Self.refusal("[1,1,1,1,1]", limits: limits) == .tooManyValues(offset: 9))
    #expect(Self.refusal(String(repeating: " ", count: 21), limits: limits) == .tooLong(byteCount: 21))
    // A million brackets must not reach the thread's stack.
    #expect(Self.refusal(String(repeating: "[", count: 1_000_000)) == .tooDeep(offset: 64))
  }

  @Test("keeps decimals exact, sent as numbers or as text, with or without an exponent")
  func decimals() throws {
    let root = try Self.root(
      #"[0.1, "25000.00", 1e-9, 1.5E3, -0.000000001, 1e30, 0.1234567891, "x", null, 9007199254740993, 0e999, "-12"]"#)
    let read = root.items.map(\.nanos)
    #expect(
      read
        == [
          100_000_000, 25_000_000_000_000, 1, 1_500_000_000_000, -1, nil, nil, nil, nil,
          9_007_199_254_740_993_000_000_000,
          0, -12_000_000_000,
        ].map { (wide: Int128?) in wide.flatMap { Int64(exactly: $0) } })
    #expect(try Self.root("0.12345678951").nanosRounded == 123_456_790)
    #expect(try Self.root("3.0000001192092896e-1").nanosRounded == 300_000_012)
    #expect(root[9]?.integer == 9_007_199_254_740_993)
    #expect(root[11]?.integer == -12)
    #expect(try Self.root("9223372036854775808").integer == nil)
    #expect(try Self.root("-9223372036854775808").integer == .min)
  }

  @Test("finds a member by its name, escaped or not, the first of two, and nothing in other kinds")
  func members() throws {
    let root = try Self.root(#"{"a":{"b":[10,20]},"\u0063ode":-1013,"a":1,"n":null,"e":""}"#)
    #expect(root["a"]?["b"]?[1]?.integer == 20)
    #expect(root["code"]?.integer == -1013)
    #expect(root["b"] == nil && root[0] == nil && root["code"]?["x"] == nil)
    #expect(root.members.map(\.name) == ["a", "code", "a", "n", "e"])
    #expect(root["n"]?.isNull == true && root.present("n") == nil && root["e"]?.string == "")
  }

  @Test("names the member that is missing or of another kind")
  func fieldErrors() throws {
    let root = try Self.root(#"{"price":"x","n":null,"list":[]}"#)
    #expect(throws: JSONFieldError("price", .notA(.decimal))) { try root.nanos("price") }
    #expect(throws: JSONFieldError("n", .missing)) { try root.string("n") }
    #expect(throws: JSONFieldError("list", .notA(.object))) { try root.object("list") }
    #expect(throws: JSONFieldError("q", .missing)) { try root.array("q") }
    #expect("\(JSONFieldError("price", .notA(.decimal)))" == "price is no decimal")
  }

  @Test("writes what it reads: names, escapes and decimals come back")
  func output() throws {
    var json = JSONOutput()
    json.openObject()
    json.string("text", "a\"b\\c\n\u{1}é🦊")
    json.decimal("price", nanos: 25_000_500_000_000)
    json.openArray("list")
    json.integer(nil, -5)
    json.bool(nil, true)
    json.null()
    json.openObject()
    json.closeObject()
    json.number(nil, nanos: 1)
    json.closeArray()
    json.string(named: "é", "x")
    json.raw("raw", Array("[1]".utf8))
    json.closeObject()
    let root = try JSONDocument(json.bytes).root
    #expect(root["text"]?.string == "a\"b\\c\n\u{1}é🦊")
    #expect(root["price"]?.string == "25000.5")
    #expect(root["list"]?.items.map(\.kind) == [.number, .boolTrue, .null, .object, .number])
    #expect(root["list"]?[4]?.nanos == 1)
    #expect(root.members.map(\.name) == ["text", "price", "list", "é", "raw"])
    #expect(try JSONSerialization.jsonObject(with: Data(json.bytes)) is [String: Any])
  }
}
