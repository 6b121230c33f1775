public import Market

/// Raw values are stored and never change meaning.
public enum RearmCause: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case nextSession = 1
  case operatorCommand = 2
}

/// Derived: a tripped breaker watches again.
///
/// Version 1: breaker varint; what u8; scope u8, subject varint; by u8.
public struct BreakerRearmed: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 48)
  public static let name: StaticString = "breaker_rearmed"
  public static let role = EventRole.derived

  /// Place in the profile's list, from 0.
  public var breaker: UInt16
  public var watches: BreakerKind
  public var subject: RiskSubject
  public var by: RearmCause

  public init(breaker: UInt16, watches: BreakerKind, subject: RiskSubject, by: RearmCause) {
    self.breaker = breaker
    self.watches = watches
    self.subject = subject
    self.by = by
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(breaker))
    buffer.append(watches.rawValue)
    subject.encode(into: &buffer)
    buffer.append(by.rawValue)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> BreakerRearmed {
    let breaker = try reader.readInstrument().rawValue
    let watches = try reader.readCase("watches", as: BreakerKind.self)
    let subject = try RiskSubject.decode(&reader)
    let by = try reader.readCase("by", as: RearmCause.self)
    return BreakerRearmed(breaker: breaker, watches: watches, subject: subject, by: by)
  }

  public func list(into fields: inout FieldList) {
    fields.add("breaker", .integer(Int64(breaker)))
    fields.add("watches", .word(watches.word))
    subject.list(into: &fields)
    fields.add("by", .word(by.word))
  }
}
