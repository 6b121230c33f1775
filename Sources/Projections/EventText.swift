package import Events
import Journal
package import Market

/// One event ready to be printed: its envelope and its fields, the client order id in front where it speaks of an order.
package struct EventText: Sendable {
  package let sequence: UInt64
  package let time: Timestamp
  package let kind: EventKind
  package let cause: UInt64?
  package let fields: [Field]

  init(_ event: borrowing CursorEvent, context: RunContext) throws(ProjectionError) {
    self.init(
      sequence: event.sequence, time: event.time, kind: event.kind, cause: event.cause, body: try event.body(),
      context: context)
  }

  package init(
    sequence: UInt64, time: Timestamp, kind: EventKind, cause: UInt64?, body: any EventBody, context: RunContext
  ) {
    self.sequence = sequence
    self.time = time
    self.kind = kind
    self.cause = cause
    var list = FieldList()
    body.list(into: &list)
    if let order = EventText.order(kind: kind, sequence: sequence, list) {
      var id = FieldList()
      id.add("client_order_id", context.isFragment ? .absent : .text(context.clientOrderID(order)))
      fields = id.fields + list.fields
    } else {
      fields = list.fields
    }
  }

  /// The first event of what is read of a run.
  init(started context: RunContext) {
    self.init(
      sequence: context.startSequence, time: context.startedAt, kind: RunStarted.kind, cause: nil,
      body: context.started, context: context)
  }

  /// The sequence of the order that an event is or speaks of.
  static func order(kind: EventKind, sequence: UInt64, _ fields: FieldList) -> UInt64? {
    if kind == OrderIntent.kind { return sequence }
    guard case .sequence(let order)? = fields["order"] else { return nil }
    return order
  }

  /// The event as one line of text, without a line end: `1206  2013-10-04T00:00:00Z  order_intent  cause=1205  side=buy …`.
  package func line(_ context: RunContext) -> String {
    var buffer = TextBuffer(capacity: 512)
    write(text: context, into: &buffer)
    return buffer.string
  }

  func write(text context: RunContext, into buffer: inout TextBuffer) {
    buffer.append(integer: sequence)
    buffer.append("  ")
    buffer.append(time: time)
    buffer.append("  ")
    buffer.append(KindNames.bytes(kind))
    if let cause {
      buffer.append("  cause=")
      buffer.append(integer: cause)
    }
    for (index, field) in fields.enumerated() {
      buffer.append(index == 0 && cause == nil ? "  " : " ")
      buffer.append(text: field.name)
      buffer.append(UInt8(ascii: "="))
      if case .text(let text) = field.value, text.utf8.contains(where: { $0 <= 32 }) || text.isEmpty {
        buffer.append(json: text)
      } else {
        buffer.append(plain: field.value, context)
      }
    }
  }

  /// The event as `engine export` writes it, without a line end.
  package func json(_ context: RunContext) -> String {
    var buffer = TextBuffer(capacity: 512)
    write(json: context, into: &buffer)
    return buffer.string
  }

  /// The event as one JSON object, without a line end. Exact decimals are strings; sequences and counts are numbers.
  func write(json context: RunContext, into buffer: inout TextBuffer) {
    buffer.append("{\"sequence\":")
    buffer.append(integer: sequence)
    buffer.append(",\"time\":\"")
    buffer.append(time: time)
    buffer.append("\",\"kind\":\"")
    buffer.append(KindNames.bytes(kind))
    buffer.append("\",\"cause\":")
    if let cause { buffer.append(integer: cause) } else { buffer.append("null") }
    for field in fields {
      buffer.append(",\"")
      buffer.append(text: field.name)
      buffer.append("\":")
      buffer.append(json: field.value, context)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  /// The event as one CSV row with its line end.
  func write(csv context: RunContext, into buffer: inout TextBuffer) {
    buffer.append(integer: sequence)
    buffer.append(UInt8(ascii: ","))
    buffer.append(time: time)
    buffer.append(UInt8(ascii: ","))
    if let cause { buffer.append(integer: cause) }
    for field in fields {
      buffer.append(UInt8(ascii: ","))
      buffer.append(csv: field.value, context)
    }
    buffer.append(UInt8(ascii: "\n"))
  }
}

extension FieldValue {
  /// The value as people read it: names for indices, exact decimals, `-` for what is absent, `never` for the end of time.
  package func text(_ context: RunContext) -> String {
    var buffer = TextBuffer(capacity: 64)
    buffer.append(plain: self, context)
    return buffer.string
  }
}

extension TextBuffer {
  mutating func append(plain value: FieldValue, _ context: RunContext) {
    switch value {
    case .integer(let integer): append(integer: integer)
    case .price(let price): append(nanos: price.nanos)
    case .quantity(let quantity): append(nanos: quantity.nanos)
    case .money(let nanos): append(nanos: nanos)
    case .micros(let micros): append(decimal: micros, decimals: 6)
    case .decimal(let nanos): append(nanos: nanos)
    case .time(let time): if time.nanos == .max { append("never") } else { append(time: time) }
    case .sequence(let sequence): append(integer: sequence)
    case .instrument(let instrument): append(text: context.name(of: instrument))
    case .strategy(let strategy): append(text: context.strategyName(strategy))
    case .word(let word): append(text: word)
    case .text(let text): append(text: text)
    case .flag(let isSet): append(isSet ? "true" : "false")
    case .digest(let bytes): append(hex: bytes)
    case .absent: append(UInt8(ascii: "-"))
    }
  }

  mutating func append(csv value: FieldValue, _ context: RunContext) {
    switch value {
    case .absent: return
    case .time(let time) where time.nanos == .max: return
    case .instrument(let instrument): append(csv: context.name(of: instrument))
    case .strategy(let strategy): append(csv: context.strategyName(strategy))
    case .text(let text): append(csv: text)
    case .integer, .price, .quantity, .money, .micros, .decimal, .time, .sequence, .word, .flag, .digest:
      append(plain: value, context)
    }
  }

  mutating func append(json value: FieldValue, _ context: RunContext) {
    switch value {
    case .absent: append("null")
    case .time(let time) where time.nanos == .max: append("null")
    case .integer, .sequence, .flag: append(plain: value, context)
    case .instrument(let instrument): append(json: context.name(of: instrument))
    case .strategy(let strategy): append(json: context.strategyName(strategy))
    case .text(let text): append(json: text)
    case .price, .quantity, .money, .micros, .decimal, .time, .word, .digest:
      append(UInt8(ascii: "\""))
      append(plain: value, context)
      append(UInt8(ascii: "\""))
    }
  }
}

/// The kinds' names as bytes, made once: events are printed by the million. Names are words that need no quoting.
enum KindNames {
  private static let table: [[UInt8]] = (0...255).map { number in
    Array(EventRegistry.name(of: EventKind(rawValue: UInt8(number))).utf8)
  }

  static func bytes(_ kind: EventKind) -> [UInt8] { table[Int(kind.rawValue)] }
}
