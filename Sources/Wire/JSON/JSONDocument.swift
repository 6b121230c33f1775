/// A JSON text (RFC 8259), checked whole before anything of it is used: so a broken answer is never half read.
///
/// One pass lays the values out in an array, in the order of the text; nothing is allocated for a single value, and no text is made until it is asked for. Numbers
/// stay the text they were sent as, so that decimals are exact.
///
/// ```swift
/// let order = try JSONDocument(bytes).root
/// let price = try order.nanos("price")           // `"25000.00"` and `25000.00` alike
/// let trades = try order.array("fills").items
/// ```
///
/// Stricter than some: no byte order mark, no text behind the value, no lone surrogates, no invalid UTF-8. Where an object names a member twice, the first counts.
public struct JSONDocument: Sendable {
  let bytes: [UInt8]
  let nodes: [JSONNode]

  /// - Throws: `JSONError` where the text is not JSON or is beyond the limits.
  /// - Complexity: linear in bytes.
  public init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    guard bytes.count <= limits.byteCountMax else { throw .tooLong(byteCount: bytes.count) }
    var layout = JSONLayout(limits: limits)
    try layout.read(bytes.span)
    self.bytes = bytes
    nodes = layout.nodes
  }

  public var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// What a text may ask of this process's memory and stack.
public struct JSONLimits: Hashable, Sendable {
  public var byteCountMax: Int
  /// Arrays and objects inside one another.
  public var depthMax: Int
  /// Values and names together.
  public var valueCountMax: Int

  /// - Precondition: `byteCountMax` fits 31 bits.
  public init(byteCountMax: Int, depthMax: Int, valueCountMax: Int) {
    precondition(byteCountMax <= Int(Int32.max))
    self.byteCountMax = byteCountMax
    self.depthMax = depthMax
    self.valueCountMax = valueCountMax
  }

  /// 64 MiB, 64 deep, four million values: the longest honest answer known (all symbols of an exchange) has 15 MB.
  public static let standard = JSONLimits(byteCountMax: 64 << 20, depthMax: 64, valueCountMax: 4 << 20)
}

/// Why bytes are not a JSON text. Offsets count bytes from the start.
public enum JSONError: Error, Hashable, Sendable {
  case endOfText(offset: Int)
  case unexpectedByte(UInt8, offset: Int)
  /// A byte below 0x20 inside a string.
  case controlByte(UInt8, offset: Int)
  /// `\x`, or `\u` without four hex digits.
  case invalidEscape(offset: Int)
  /// Half of a surrogate pair.
  case loneSurrogate(offset: Int)
  case invalidUTF8
  case tooLong(byteCount: Int)
  case tooDeep(offset: Int)
  case tooManyValues(offset: Int)
}

extension JSONError: CustomStringConvertible {
  public var description: String {
    func byte(_ value: UInt8) -> String {
      value > 0x20 && value < 0x7F ? "\"\(Character(Unicode.Scalar(value)))\"" : "a byte of value \(value)"
    }
    switch self {
    case .endOfText(let offset): return "it ends in the middle, behind \(offset) bytes"
    case .unexpectedByte(let value, let offset): return "\(byte(value)) at byte \(offset) has no place there"
    case .controlByte(let value, let offset): return "\(byte(value)) at byte \(offset) can't stand in a string"
    case .invalidEscape(let offset): return "the escape at byte \(offset) is none"
    case .loneSurrogate(let offset): return "the escape at byte \(offset) is half of a character"
    case .invalidUTF8: return "it is no UTF-8"
    case .tooLong(let byteCount): return "it has \(byteCount) bytes, more than are taken"
    case .tooDeep(let offset): return "it is nested too deeply at byte \(offset)"
    case .tooManyValues(let offset): return "it has more values than are taken, at byte \(offset)"
    }
  }
}

public enum JSONKind: UInt8, BitwiseCopyable, Sendable {
  case null
  case boolTrue
  case boolFalse
  case number
  case string
  case array
  case object
}

/// One value or member name. Values of an array follow it; in an object names and values alternate.
struct JSONNode: BitwiseCopyable {
  /// First byte; of a string the one behind its quote.
  var start: UInt32
  /// Behind the last byte; of a string its closing quote.
  var end: UInt32
  /// Index of the node behind this value and all that is in it.
  var next: UInt32
  var kind: JSONKind
  /// A string with backslashes in it.
  var isEscaped: Bool
}
