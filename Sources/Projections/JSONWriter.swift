/// Writes one JSON document with stable key order, indented by two blanks, so that two of them can be compared by line.
struct JSONWriter: ~Copyable {
  private var buffer = TextBuffer(capacity: 8 * 1024)
  private var depth = 0
  private var isFirst = true

  /// The document, with a line end.
  consuming func text() -> String { buffer.string + "\n" }

  private mutating func separate(_ key: StaticString?) {
    if !isFirst { buffer.append(UInt8(ascii: ",")) }
    if depth > 0 { newLine() }
    isFirst = false
    if let key {
      buffer.append(UInt8(ascii: "\""))
      buffer.append(key)
      buffer.append("\": ")
    }
  }

  private mutating func newLine() {
    buffer.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { buffer.append("  ") }
  }

  private mutating func open(_ key: StaticString?, _ bracket: StaticString) {
    separate(key)
    buffer.append(bracket)
    depth += 1
    isFirst = true
  }

  private mutating func close(_ bracket: StaticString) {
    depth -= 1
    if !isFirst { newLine() }
    buffer.append(bracket)
    isFirst = false
  }

  mutating func openObject(_ key: StaticString? = nil) { open(key, "{") }
  mutating func closeObject() { close("}") }
  mutating func openArray(_ key: StaticString? = nil) { open(key, "[") }
  mutating func closeArray() { close("]") }

  mutating func string(_ key: StaticString?, _ value: String?) {
    separate(key)
    if let value { buffer.append(json: value) } else { buffer.append("null") }
  }

  mutating func integer(_ key: StaticString?, _ value: UInt64?) {
    separate(key)
    if let value { buffer.append(integer: value) } else { buffer.append("null") }
  }

  mutating func flag(_ key: StaticString?, _ value: Bool) {
    separate(key)
    buffer.append(value ? "true" : "false")
  }

  /// An exact amount: a string, because a JSON number would be read as binary floating point.
  mutating func money(_ key: StaticString?, _ nanos: Int128?) {
    separate(key)
    guard let nanos else {
      buffer.append("null")
      return
    }
    buffer.append(UInt8(ascii: "\""))
    buffer.append(nanos: nanos)
    buffer.append(UInt8(ascii: "\""))
  }

  /// A computed ratio as a number with nine decimals at most; null where it has no value.
  mutating func ratio(_ key: StaticString?, _ value: Double?) {
    separate(key)
    if let nanos = Statistic.nanos(value) { buffer.append(nanos: nanos) } else { buffer.append("null") }
  }

  /// A member whose value the closure of the caller writes, such as one event.
  mutating func event(_ key: StaticString?, _ event: EventText?, _ context: RunContext) {
    separate(key)
    if let event { event.write(json: context, into: &buffer) } else { buffer.append("null") }
  }
}
