import Events
import Market
struct RateWindow: Hashable, Sendable {
  private var times: [Int64]; private var next = 0; private let windowNanos: Int64
  init(capacity: Int, windowNanos: Int64) { times = .init(repeating: .min, count: capacity); self.windowNanos = windowNanos }
  mutating func record(at time: Timestamp) { times[next] = time.nanos; next = (next + 1) % times.count }
  func count(at time: Timestamp) -> Int {
    var n = 0
    for t in times where t != .min && Int128(time.nanos) - Int128(t) < Int128(windowNanos) { n += 1 }
    return n
  }
  mutating func reset() { for i in times.indices { times[i] = .min } }
  func encodeState(into buffer: inout ByteBuffer) { buffer.appendVarint(UInt64(next)); for t in times { buffer.appendZigzag(t) } }
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) { next = Int(try reader.readVarint()); for i in times.indices { times[i] = try reader.readZigzag() } }
}
struct PopulationStability: Hashable, Sendable {
  init(windowCount: Int) {}
  mutating func record(_ micros: Int64) {}
  var index: Int64? { nil }
  mutating func reset() {}
  func encodeState(into buffer: inout ByteBuffer) {}
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {}
}
struct PageHinkley: Hashable, Sendable {
  init(minimum: Int) {}
  mutating func record(_ micros: Int64) {}
  var statistic: Int64 { 0 }
  var count: Int64 { 0 }
  mutating func reset() {}
  func encodeState(into buffer: inout ByteBuffer) {}
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {}
}
extension Engine {
  mutating func restoreSize(cause: UInt64, into out: inout EventBuffer) {}
}
