import Events

/// Mean of the last numbers, exact; nil until there are enough.
struct MeanWindow: Hashable, Sendable {
  private var values: [Int64]
  private var next = 0
  private var filled = 0
  private var sum: Int128 = 0

  /// - Parameter count: at least 1.
  init(count: Int) { values = [Int64](repeating: 0, count: max(count, 1)) }

  mutating func record(_ value: Int64) {
    sum += Int128(value) - Int128(values[next])
    values[next] = value
    next = next + 1 == values.count ? 0 : next + 1
    filled = min(filled + 1, values.count)
  }

  /// Rounded towards zero.
  var mean: Int64? { filled == values.count ? Int64(sum / Int128(filled)) : nil }

  mutating func reset() { self = MeanWindow(count: values.count) }

  func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(next))
    buffer.appendVarint(UInt64(filled))
    for value in values { buffer.appendZigzag(value) }
  }

  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    let (place, count) = (try reader.readVarint(), try reader.readVarint())
    guard place < UInt64(values.count), count <= UInt64(values.count) else { throw .inconsistent("window") }
    next = Int(place)
    filled = Int(count)
    sum = 0
    for index in values.indices {
      values[index] = try reader.readZigzag()
      sum += Int128(values[index])
    }
  }
}
