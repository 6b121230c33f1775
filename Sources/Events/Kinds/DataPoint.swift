/// Input: one value of a named series that is not a price. Written by feeds.
///
/// Version 1: series text; value decimal.
public struct DataPoint: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 4)
  public static let name: StaticString = "data_point"
  public static let role = EventRole.input

  public var series: String
  /// In units of 10⁻⁹.
  public var value: Int64

  public init(series: String, value: Int64) {
    self.series = series
    self.value = value
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendText(series)
    buffer.appendDecimal(value)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> DataPoint {
    let series = try reader.readText()
    let value = try reader.readDecimal()
    return DataPoint(series: series, value: value)
  }

  public func list(into fields: inout FieldList) {
    fields.add("series", .text(series))
    fields.add("value", .decimal(value))
  }
}
