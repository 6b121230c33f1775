public import Market

/// The number of an event kind in the journal; written out, never reordered, never reused.
///
/// Each kind's file declares its own constant; `EventRegistry` is the one list of all of them.
public struct EventKind: RawRepresentable, BitwiseCopyable, Hashable, Comparable, Sendable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  @inlinable
  public static func < (left: EventKind, right: EventKind) -> Bool { left.rawValue < right.rawValue }
}

/// Who can write an event of a kind.
public enum EventRole: Sendable {
  /// Something the engine can't compute.
  case input
  /// Computed by the reducer from inputs alone.
  case derived
  /// A venue's answer: derived where the venue is simulated, an input where it is real.
  case venueAnswer
}

/// One kind of event: its fields, and the only functions that turn them into canonical bytes and back.
public protocol EventBody: Sendable {
  static var kind: EventKind { get }
  /// Name in exports, `--kind` and documents.
  static var name: StaticString { get }
  static var role: EventRole { get }
  /// The version that `encode` writes, 1 … 127. Older ones are decoded by frozen functions for ever.
  static var version: UInt8 { get }

  /// Writes the fields. `sequence` is the event's own, so that references to other events are stored as distances.
  func encode(into buffer: inout ByteBuffer, sequence: UInt64)
  /// Reads the fields and validates each.
  static func decode(_ reader: inout ByteReader, version: UInt8, sequence: UInt64) throws(DecodeError) -> Self
  /// Names and values for people: what inspect, export, diff and explain show.
  func list(into fields: inout FieldList)
  /// The numbers of events this one refers to, besides its cause; checked to lie before it.
  var references: [UInt64] { get }
}

extension EventBody {
  public static var version: UInt8 { 1 }
  public var references: [UInt64] { [] }
}

extension ByteBuffer {
  /// A reference to an earlier event, as the distance back to it.
  @inlinable
  public mutating func appendReference(_ target: UInt64, from sequence: UInt64) {
    invariant(
      target < sequence, "an event refers to earlier ones only", Int64(clamping: target), Int64(clamping: sequence))
    appendVarint(sequence - target)
  }
}

extension ByteReader {
  public mutating func readReference(from sequence: UInt64) throws(DecodeError) -> UInt64 {
    let distance = try readVarint()
    guard distance >= 1, distance <= sequence else {
      throw .valueOutOfRange(field: "reference", value: Int64(clamping: distance))
    }
    return sequence - distance
  }
}
