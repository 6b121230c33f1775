public import Market

/// Input: the clock was read. The only way in which time passes without a bar. Written by the runtime.
///
/// A bar that arrives late is older than the clock: the event's own time is that of the inputs, which never goes back, and the
/// reading is a field. What it tells the reducer is how old the next bar is.
///
/// Version 1: number varint. Version 2 appends: reading zigzag.
public struct Timer: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 5)
  public static let name: StaticString = "timer"
  public static let role = EventRole.input
  public static let version: UInt8 = 2

  /// Counts up from 0 within a run.
  public var number: UInt64
  /// What the clock showed; nil in version 1, where the event's time was it.
  public var reading: Timestamp?

  /// - Parameter reading: nil for the event's own time.
  public init(number: UInt64, reading: Timestamp? = nil) {
    self.number = number
    self.reading = reading
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(number)
    // Nobody reads a clock at the first instant there is.
    buffer.appendZigzag(reading?.nanos ?? .min)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Timer {
    let number = try reader.readVarint()
    if version == 1 { return Timer(number: number) }
    let nanos = try reader.readZigzag()
    return Timer(number: number, reading: nanos == .min ? nil : Timestamp(nanos: nanos))
  }

  public func list(into fields: inout FieldList) {
    fields.add("number", .integer(Int64(clamping: number)))
    fields.add("reading", reading.map { .time($0) } ?? .absent)
  }
}
