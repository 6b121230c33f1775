import Market

/// A value in a `JSONDocument`. Cheap to pass: it copies nothing of the text.
public struct JSONValue: Sendable {
  let document: JSONDocument
  let index: Int

  private var node: JSONNode { document.nodes[index] }
  public var kind: JSONKind { node.kind }

  /// The text of a string; nil for everything else.
  public var string: String? { kind == .string ? text(of: node) : nil }

  /// Text of a string, digits of a number as they were sent; nil for everything else. What decimals are read from.
  public var scalarText: String? {
    switch kind {
    case .string, .number: text(of: node)
    case .null, .boolTrue, .boolFalse, .array, .object: nil
    }
  }

  public var bool: Bool? {
    switch kind {
    case .boolTrue: true
    case .boolFalse: false
    case .null, .number, .string, .array, .object: nil
    }
  }

  public var isNull: Bool { kind == .null }

  /// A number, or the text of one, that is whole and fits; nil for everything else.
  public var integer: Int64? {
    guard kind == .number || kind == .string else { return nil }
    return document.bytes.span.extracting(Int(node.start)..<Int(node.end)).wholeNumber
  }

  /// A number, or the text of one, in units of 10⁻⁹; nil for everything else, and where digits behind the ninth decimal aren't zero.
  public var nanos: Int64? { decimal(.refusing) }

  /// As `nanos`, rounded half to even behind the ninth decimal: for sources that print binary floating point.
  public var nanosRounded: Int64? { decimal(.halfToEven) }

  private func decimal(_ excess: ExcessDigits) -> Int64? {
    guard kind == .number || kind == .string else { return nil }
    let text = document.bytes.span.extracting(Int(node.start)..<Int(node.end))
    do throws(FixedPointError) {
      return try DecimalText.nanos(text, excess)
    } catch {
      return nil
    }
  }

  /// The values of an array, in order; nothing for everything else.
  public var items: JSONItems {
    JSONItems(document: document, place: index + 1, end: kind == .array ? Int(node.next) : 0)
  }

  /// Names and values of an object, in order; nothing for everything else.
  public var members: JSONMembers {
    JSONMembers(document: document, place: index + 1, end: kind == .object ? Int(node.next) : 0)
  }

  /// The first member of that name; nil where there is none, or this is no object.
  /// - Complexity: linear in members.
  public subscript(name: StaticString) -> JSONValue? {
    guard kind == .object else { return nil }
    let end = Int(node.next)
    var place = index + 1
    while place < end {
      if document.matches(document.nodes[place], name) { return JSONValue(document: document, index: place + 1) }
      place = Int(document.nodes[place + 1].next)
    }
    return nil
  }

  /// The item at a position of an array; nil where there is none, or this is no array.
  /// - Complexity: linear in `position`.
  public subscript(position: Int) -> JSONValue? {
    guard kind == .array, position >= 0 else { return nil }
    let end = Int(node.next)
    var place = index + 1
    var left = position
    while place < end {
      if left == 0 { return JSONValue(document: document, index: place) }
      left -= 1
      place = Int(document.nodes[place].next)
    }
    return nil
  }

  private func text(of node: JSONNode) -> String { document.text(of: node) }
}

public struct JSONItems: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var place: Int
  let end: Int

  public mutating func next() -> JSONValue? {
    guard place < end else { return nil }
    defer { place = Int(document.nodes[place].next) }
    return JSONValue(document: document, index: place)
  }
}

public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var place: Int
  let end: Int

  public mutating func next() -> (name: String, value: JSONValue)? {
    guard place < end else { return nil }
    let name = document.text(of: document.nodes[place])
    let value = JSONValue(document: document, index: place + 1)
    place = Int(document.nodes[place + 1].next)
    return (name, value)
  }
}

extension JSONDocument {
  func text(of node: JSONNode) -> String {
    let content = bytes[Int(node.start)..<Int(node.end)]
    if !node.isEscaped { return String(decoding: content, as: UTF8.self) }
    return String(decoding: Self.unescaped(content), as: UTF8.self)
  }

  func matches(_ node: JSONNode, _ name: StaticString) -> Bool {
    let start = Int(node.start)
    let count = name.utf8CodeUnitCount
    if node.isEscaped {
      let content = Self.unescaped(bytes[start..<Int(node.end)])
      return content.count == count && (0..<count).allSatisfy { content[$0] == name.utf8Start[$0] }
    }
    guard Int(node.end) - start == count else { return false }
    for offset in 0..<count where bytes[start + offset] != name.utf8Start[offset] { return false }
    return true
  }

  /// - Precondition: the pass over the text has found every escape to be whole.
  private static func unescaped(_ content: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(content.count)
    var place = content.startIndex
    while place < content.endIndex {
      guard content[place] == UInt8(ascii: "\\") else {
        out.append(content[place])
        place += 1
        continue
      }
      let mark = content[place + 1]
      place += 2
      switch mark {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0c)
      case UInt8(ascii: "n"): out.append(0x0a)
      case UInt8(ascii: "r"): out.append(0x0d)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        var scalar = unit(content, at: place)
        place += 4
        if scalar & 0xfc00 == 0xd800 {
          scalar = 0x10000 + (scalar & 0x3ff) << 10 + unit(content, at: place + 2) & 0x3ff
          place += 6
        }
        // Never the fallback: surrogates come in pairs here.
        out.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{fffd}").utf8)
      default: out.append(mark)
      }
    }
    return out
  }

  private static func unit(_ content: ArraySlice<UInt8>, at place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | UInt32(Hex.value(content[place + $1]) ?? 0) }
  }
}
