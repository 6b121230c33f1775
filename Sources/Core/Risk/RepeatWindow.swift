import Events
import Market

/// Counts equal orders within a sliding window: the last ones that a limit set saw, by what makes them equal.
struct RepeatWindow: Hashable, Sendable {
  private struct Entry: BitwiseCopyable, Hashable {
    var time: Int64
    var key: OrderKey
  }
  private var entries: [Entry]
  private var next = 0
  private let windowNanos: Int64

  /// What makes two orders equal.
  struct OrderKey: BitwiseCopyable, Hashable, Sendable {
    var instrument: UInt16
    var side: UInt8
    var type: UInt8
    var quantity: Int64
    var limit: Int64
    var stop: Int64

    init(_ intent: OrderIntent) {
      self.init(
        instrument: intent.instrument.rawValue, side: intent.side, type: intent.type, quantity: intent.quantity,
        limit: intent.limitPrice, stop: intent.stopPrice)
    }

    init(instrument: UInt16, side: Side, type: OrderType, quantity: Quantity, limit: Price?, stop: Price?) {
      self.instrument = instrument
      self.side = side.rawValue
      self.type = type.rawValue
      self.quantity = quantity.nanos
      self.limit = limit?.nanos ?? .min
      self.stop = stop?.nanos ?? .min
    }

    fileprivate init(instrument: UInt16, side: UInt8, type: UInt8, quantity: Int64, limit: Int64, stop: Int64) {
      self.instrument = instrument
      self.side = side
      self.type = type
      self.quantity = quantity
      self.limit = limit
      self.stop = stop
    }
  }

  /// The last orders that are looked at: what lies further back is no repetition.
  static let depth = 256

  init(_ limit: RateLimit) {
    windowNanos = limit.windowNanos
    let none = Entry(
      time: .min, key: OrderKey(instrument: 0, side: 0, type: 0, quantity: 0, limit: 0, stop: 0))
    entries = [Entry](repeating: none, count: max(RepeatWindow.depth, limit.count))
  }

  mutating func record(_ key: OrderKey, at time: Timestamp) {
    entries[next] = Entry(time: time.nanos, key: key)
    next = next + 1 == entries.count ? 0 : next + 1
  }

  /// Orders equal to `key` within the window that ends at `time`.
  func count(_ key: OrderKey, at time: Timestamp) -> Int {
    var count = 0
    var place = next
    // From the newest back: behind the first that is too old there are only older ones.
    for _ in entries.indices {
      place = place == 0 ? entries.count - 1 : place - 1
      let (age, overflowed) = time.nanos.subtractingReportingOverflow(entries[place].time)
      if overflowed || age >= windowNanos { break }
      if entries[place].key == key { count += 1 }
    }
    return count
  }

  func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(next))
    for entry in entries {
      buffer.appendZigzag(entry.time)
      buffer.appendVarint(UInt64(entry.key.instrument))
      buffer.append(entry.key.side)
      buffer.append(entry.key.type)
      buffer.appendZigzag(entry.key.quantity)
      buffer.appendZigzag(entry.key.limit)
      buffer.appendZigzag(entry.key.stop)
    }
  }

  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    let place = try reader.readVarint()
    guard place < UInt64(entries.count) else { throw .inconsistent("window") }
    next = Int(place)
    for index in entries.indices {
      let time = try reader.readZigzag()
      let instrument = try reader.readInstrument().rawValue
      let (side, type) = (try reader.readByte(), try reader.readByte())
      entries[index] = Entry(
        time: time,
        key: OrderKey(
          instrument: instrument, side: side, type: type, quantity: try reader.readZigzag(),
          limit: try reader.readZigzag(), stop: try reader.readZigzag()))
    }
  }
}
