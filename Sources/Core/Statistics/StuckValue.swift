package import Events

/// Says that a series has shown the same value for `limit` observations on end: a model whose confidence no longer moves is most likely dead.
package struct StuckValue: BitwiseCopyable, Sendable {
  /// Equal observations on end at which it is stuck.
  package let limit: Int
  private var last: Int64 = 0
  /// How often the last value has been seen on end, counted up to `limit`.
  package private(set) var run = 0

  /// - Parameter limit: 2 … 1,000,000.
  package init(limit: Int64) throws(StatisticsError) {
    try Setting.require(limit, in: 2...1_000_000, "limit")
    self.limit = Int(limit)
  }

  /// True from the `limit`th equal observation on, until another value comes.
  package var isStuck: Bool { run == limit }

  /// Takes the next observation: exact integers, such as a confidence in millionths.
  /// - Returns: true for the one observation with which it gets stuck.
  package mutating func update(_ value: Int64) -> Bool {
    if run > 0, value == last {
      if isStuck { return false }
      run += 1
      return isStuck
    }
    (last, run) = (value, 1)
    return false
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(run))
    buffer.appendZigzag(last)
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    let readRun = try reader.readCount("run", upTo: limit)
    let readLast = try reader.readZigzag()
    guard readRun > 0 || readLast == 0 else { throw .inconsistent("run") }
    (run, last) = (readRun, readLast)
  }
}
