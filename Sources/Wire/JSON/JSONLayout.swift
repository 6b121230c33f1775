import Market

/// The pass over a JSON text: checks it and notes where its values stand. Its stack is an array, so depth can't exhaust the thread's.
struct JSONLayout {
  let limits: JSONLimits
  var nodes: [JSONNode] = []
  /// Indices of the containers that are open.
  private var open: [UInt32] = []
  private var offset = 0
  private var hasWideBytes = false

  init(limits: JSONLimits) { self.limits = limits }

  mutating func read(_ text: Span<UInt8>) throws(JSONError) {
    // Nearly all texts met have a value or name in ten bytes.
    nodes.reserveCapacity(min(text.count / 10 + 4, limits.valueCountMax))
    skipBlanks(text)
    try readValue(text)
    while let container = open.last { try readNext(text, in: Int(container)) }
    skipBlanks(text)
    if offset < text.count { throw .unexpectedByte(text[offset], offset: offset) }
    if hasWideBytes { try checkUTF8(text) }
  }

  /// Reads what follows in an open container: its next value, or its end.
  private mutating func readNext(_ text: Span<UInt8>, in container: Int) throws(JSONError) {
    let isObject = nodes[container].kind == .object
    let isFirst = nodes.count == container + 1
    skipBlanks(text)
    var byte = try peek(text)
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      offset += 1
      nodes[container].end = UInt32(offset)
      nodes[container].next = UInt32(nodes.count)
      open.removeLast()
      return
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw .unexpectedByte(byte, offset: offset) }
      offset += 1
      skipBlanks(text)
      byte = try peek(text)
    }
    if isObject {
      guard byte == UInt8(ascii: "\"") else { throw .unexpectedByte(byte, offset: offset) }
      try readString(text)
      skipBlanks(text)
      let colon = try peek(text)
      guard colon == UInt8(ascii: ":") else { throw .unexpectedByte(colon, offset: offset) }
      offset += 1
      skipBlanks(text)
    }
    try readValue(text)
  }

  private mutating func readValue(_ text: Span<UInt8>) throws(JSONError) {
    let byte = try peek(text)
    switch byte {
    case UInt8(ascii: "{"): try openContainer(.object)
    case UInt8(ascii: "["): try openContainer(.array)
    case UInt8(ascii: "\""): try readString(text)
    case UInt8(ascii: "t"): try readWord(text, "true", .boolTrue)
    case UInt8(ascii: "f"): try readWord(text, "false", .boolFalse)
    case UInt8(ascii: "n"): try readWord(text, "null", .null)
    default:
      guard byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10 else {
        throw .unexpectedByte(byte, offset: offset)
      }
      try readNumber(text)
    }
  }

  private mutating func openContainer(_ kind: JSONKind) throws(JSONError) {
    guard open.count < limits.depthMax else { throw .tooDeep(offset: offset) }
    open.append(UInt32(nodes.count))
    try append(kind, start: offset, end: offset)
    offset += 1
  }

  private mutating func readWord(
    _ text: Span<UInt8>, _ word: StaticString, _ kind: JSONKind
  ) throws(JSONError) {
    let start = offset
    for index in 0..<word.utf8CodeUnitCount {
      let byte = try peek(text)
      guard byte == word.utf8Start[index] else { throw .unexpectedByte(byte, offset: offset) }
      offset += 1
    }
    try append(kind, start: start, end: offset)
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func readNumber(_ text: Span<UInt8>) throws(JSONError) {
    let start = offset
    if text[offset] == UInt8(ascii: "-") { offset += 1 }
    if try peek(text) == UInt8(ascii: "0") { offset += 1 } else { try readDigits(text) }
    if offset < text.count, text[offset] == UInt8(ascii: ".") {
      offset += 1
      try readDigits(text)
    }
    if offset < text.count, text[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      let sign = try peek(text)
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
      try readDigits(text)
    }
    try append(.number, start: start, end: offset)
  }

  /// At least one.
  private mutating func readDigits(_ text: Span<UInt8>) throws(JSONError) {
    let first = try peek(text)
    guard first &- UInt8(ascii: "0") < 10 else { throw .unexpectedByte(first, offset: offset) }
    offset += 1
    while offset < text.count, text[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
  }

  private mutating func readString(_ text: Span<UInt8>) throws(JSONError) {
    offset += 1
    let start = offset
    var isEscaped = false
    while true {
      let byte = try peek(text)
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        try readEscape(text)
        continue
      }
      if byte < 0x20 { throw .controlByte(byte, offset: offset) }
      if byte >= 0x80 { hasWideBytes = true }
      offset += 1
    }
    try append(.string, start: start, end: offset, isEscaped: isEscaped)
    offset += 1
  }

  private mutating func readEscape(_ text: Span<UInt8>) throws(JSONError) {
    let start = offset
    offset += 1
    switch try peek(text) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 1
    case UInt8(ascii: "u"):
      let first = try readUnit(text, escape: start)
      guard first & 0xf800 == 0xd800 else { return }
      guard first < 0xdc00, offset + 1 < text.count, text[offset] == UInt8(ascii: "\\"),
        text[offset + 1] == UInt8(ascii: "u")
      else { throw .loneSurrogate(offset: start) }
      offset += 1
      guard try readUnit(text, escape: offset - 1) & 0xfc00 == 0xdc00 else { throw .loneSurrogate(offset: start) }
    default: throw .invalidEscape(offset: start)
    }
  }

  /// `u` and four hex digits, as a number.
  private mutating func readUnit(_ text: Span<UInt8>, escape: Int) throws(JSONError) -> UInt16 {
    offset += 1
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Hex.value(try peek(text)) else { throw .invalidEscape(offset: escape) }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  private mutating func append(
    _ kind: JSONKind, start: Int, end: Int, isEscaped: Bool = false
  ) throws(JSONError) {
    guard nodes.count < limits.valueCountMax else { throw .tooManyValues(offset: start) }
    nodes.append(
      JSONNode(
        start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1), kind: kind, isEscaped: isEscaped))
  }

  private func peek(_ text: Span<UInt8>) throws(JSONError) -> UInt8 {
    guard offset < text.count else { throw .endOfText(offset: offset) }
    return text[offset]
  }

  private mutating func skipBlanks(_ text: Span<UInt8>) {
    while offset < text.count {
      let byte = text[offset]
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
      offset += 1
    }
  }

  /// Outside strings every byte was found to be ASCII, so the whole text is asked at once.
  private func checkUTF8(_ text: Span<UInt8>) throws(JSONError) {
    do {
      _ = try UTF8Span(validating: text)
    } catch {
      throw .invalidUTF8
    }
  }
}
