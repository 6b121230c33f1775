public import Market

/// Raw values are stored and never change meaning.
public enum FeedEndReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case exhausted = 1
  /// The profile's `end` was reached.
  case rangeEnd = 2
  case stopped = 3
}

/// Input: nothing more will come. Written by the runtime; the run is marked and closed on it.
///
/// Version 1: reason u8.
public struct FeedEnded: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 7)
  public static let name: StaticString = "feed_ended"
  public static let role = EventRole.input

  public var reason: FeedEndReason

  public init(reason: FeedEndReason) {
    self.reason = reason
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(reason.rawValue)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> FeedEnded {
    let reason = try reader.readCase("reason", as: FeedEndReason.self)
    return FeedEnded(reason: reason)
  }

  public func list(into fields: inout FieldList) {
    fields.add("reason", .word(reason.word))
  }
}
