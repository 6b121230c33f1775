public import Market

/// What was measured. Raw values are stored and never change meaning.
public enum MeasurementSubject: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Of the slot that event `about` closed, from its last bar's arrival on, in nanoseconds; first: decided, second: durable, third: its orders whole, signed and framed, as the socket is given them (0 where none was).
  case decisionLatency = 1
  /// Of the process; first: resident bytes, second: open descriptors, third: threads.
  case process = 2
  /// From the request's hand-over to the venue's answer, in nanoseconds; about: the order. First: the time.
  case venueLatency = 3
  /// Of the slot that event `about` closed, in nanoseconds; first: what the kernel took to take its orders' bytes from the socket's owner.
  case socketWrite = 4
}

/// Input: the runtime measured itself. It changes no state: gates and reports read it.
///
/// Version 1: subject u8; about distance varint (0: none); first, second, third zigzag.
public struct Measurement: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 14)
  public static let name: StaticString = "measurement"
  public static let role = EventRole.input

  public var subject: MeasurementSubject
  /// An earlier event's sequence; nil where it is about none.
  public var about: UInt64?
  public var first: Int64
  public var second: Int64
  public var third: Int64

  public init(subject: MeasurementSubject, about: UInt64?, first: Int64, second: Int64 = 0, third: Int64 = 0) {
    self.subject = subject
    self.about = about
    self.first = first
    self.second = second
    self.third = third
  }

  public var references: [UInt64] { about.map { [$0] } ?? [] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(subject.rawValue)
    if let about { buffer.appendReference(about, from: sequence) } else { buffer.appendVarint(0) }
    buffer.appendZigzag(first)
    buffer.appendZigzag(second)
    buffer.appendZigzag(third)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Measurement {
    let subject = try reader.readCase("subject", as: MeasurementSubject.self)
    let distance = try reader.readVarint()
    guard distance <= sequence else { throw .valueOutOfRange(field: "about", value: Int64(clamping: distance)) }
    return Measurement(
      subject: subject, about: distance == 0 ? nil : sequence - distance, first: try reader.readZigzag(),
      second: try reader.readZigzag(), third: try reader.readZigzag())
  }

  public func list(into fields: inout FieldList) {
    fields.add("subject", .word(subject.word))
    fields.add("about", about.map { .sequence($0) } ?? .absent)
    fields.add("first", .integer(first))
    fields.add("second", .integer(second))
    fields.add("third", .integer(third))
  }
}
