import Events
import Market

/// The times of a block's events, walked in order: the one place that knows which events carry one.
struct EventTimes {
  /// Time in force at the first and after the last event.
  private(set) var first: Timestamp?
  private(set) var last: Timestamp?

  /// What `walk` stopped at.
  enum Stop: Error, Hashable {
    case decreases(sequence: UInt64, time: Timestamp, previous: Timestamp)
    case row(sequence: UInt64, kind: EventKind, bytes: Int)
    case decode(DecodeError)
  }

  /// - Parameter before: time of the last input before the block; nil at the start of a journal.
  init(before: Timestamp?) { last = before }

  mutating func walk(
    runs: [Int], bars: UnsafePointer<Bar>, rows: UnsafeRawBufferPointer, firstSequence: UInt64
  ) throws(Stop) {
    var reader = ByteReader(rows)
    var nextBar = bars
    var sequence = firstSequence
    for (position, count) in runs.enumerated() {
      if position % 2 == 0 {
        for _ in 0..<count {
          try note(nextBar.pointee.knownAt, sequence)
          nextBar += 1
          sequence += 1
        }
      } else {
        for _ in 0..<count {
          let row = try RowHeader(reading: &reader)
          guard row.kind != BarObserved.kind, row.bytes <= JournalFormat.rowBytesMax else {
            throw .row(sequence: sequence, kind: row.kind, bytes: row.bytes)
          }
          if let time = row.time { try note(time, sequence) } else if first == nil { first = last }
          sequence += 1
        }
      }
    }
  }

  @inline(__always)
  private mutating func note(_ time: Timestamp, _ sequence: UInt64) throws(Stop) {
    if let last, time < last { throw .decreases(sequence: sequence, time: time, previous: last) }
    last = time
    if first == nil { first = time }
  }
}

extension RowHeader {
  fileprivate init(reading reader: inout ByteReader) throws(EventTimes.Stop) {
    do throws(DecodeError) {
      try self.init(&reader)
    } catch {
      throw .decode(error)
    }
  }
}
