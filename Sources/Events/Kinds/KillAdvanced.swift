public import Market

/// How far a kill has come. Raw values are stored and never change meaning.
public enum KillPhase: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// No kill, or one that an operator's resume has ended.
  case none = 0
  /// Orders are being cancelled and positions closed.
  case flattening = 1
  /// What is left to close waits for a market to open or to resume.
  case armed = 2
  /// Every position is zero and no order works: the proof is in the event's counts.
  case flatAndHalted = 3
}

/// Derived: a kill began, changed its phase, or was ended by an operator.
///
/// Version 1: phase, source u8; positions, orders varint; opens zigzag.
public struct KillAdvanced: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 49)
  public static let name: StaticString = "kill_advanced"
  public static let role = EventRole.derived

  public var phase: KillPhase
  public var source: KillSource
  /// Instruments with a position that isn't zero.
  public var openPositions: UInt64
  /// Orders that may still fill.
  public var workingOrders: UInt64
  /// When the first of the markets that are waited for opens, where its calendar says; nil where nothing waits, or for a halt's end.
  public var opensAt: Timestamp?

  public init(phase: KillPhase, source: KillSource, openPositions: UInt64, workingOrders: UInt64, opensAt: Timestamp?) {
    self.phase = phase
    self.source = source
    self.openPositions = openPositions
    self.workingOrders = workingOrders
    self.opensAt = opensAt
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(phase.rawValue)
    buffer.append(source.rawValue)
    buffer.appendVarint(openPositions)
    buffer.appendVarint(workingOrders)
    // No market opens at the last instant there is.
    buffer.appendZigzag(opensAt?.nanos ?? .max)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> KillAdvanced {
    let phase = try reader.readCase("phase", as: KillPhase.self)
    let source = try reader.readCase("source", as: KillSource.self)
    let openPositions = try reader.readVarint()
    let workingOrders = try reader.readVarint()
    let nanos = try reader.readZigzag()
    return KillAdvanced(
      phase: phase, source: source, openPositions: openPositions, workingOrders: workingOrders,
      opensAt: nanos == .max ? nil : Timestamp(nanos: nanos))
  }

  public func list(into fields: inout FieldList) {
    fields.add("phase", .word(phase.word))
    fields.add("source", .word(source.word))
    fields.add("open_positions", .integer(Int64(clamping: openPositions)))
    fields.add("working_orders", .integer(Int64(clamping: workingOrders)))
    fields.add("opens_at", opensAt.map { .time($0) } ?? .absent)
  }
}
