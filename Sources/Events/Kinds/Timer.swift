/// Input: the clock was read. The only way in which time passes without a bar. Written by the runtime.
///
/// Version 1: number varint.
public struct Timer: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 5)
  public static let name: StaticString = "timer"
  public static let role = EventRole.input

  /// Counts up from 0 within a run.
  public var number: UInt64

  public init(number: UInt64) {
    self.number = number
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(number)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Timer {
    let number = try reader.readVarint()
    return Timer(number: number)
  }

  public func list(into fields: inout FieldList) {
    fields.add("number", .integer(Int64(clamping: number)))
  }
}
