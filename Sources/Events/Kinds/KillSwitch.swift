public import Market

/// Where a kill came from. Raw values are stored and never change meaning.
public enum KillSource: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// The file that the profile names was there.
  case file = 1
  /// `KILL_SWITCH=1` in the environment.
  case environment = 2
  /// SIGUSR1.
  case signal = 3
  /// `engine kill`.
  case command = 4
  /// A breaker whose action is to flatten; never an input: the reducer trips it itself.
  case breaker = 5
}

/// Input: a kill switch was seen. From here on no order leaves but what cancels and flattens.
///
/// Version 1: source u8; reason text.
public struct KillSwitch: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 9)
  public static let name: StaticString = "kill_switch"
  public static let role = EventRole.input

  public var source: KillSource
  /// A path, a person's words; may be empty.
  public var reason: String

  public init(source: KillSource, reason: String) {
    self.source = source
    self.reason = reason
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(source.rawValue)
    buffer.appendText(reason)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> KillSwitch {
    let source = try reader.readCase("source", as: KillSource.self)
    let reason = try reader.readText()
    return KillSwitch(source: source, reason: reason)
  }

  public func list(into fields: inout FieldList) {
    fields.add("source", .word(source.word))
    fields.add("reason", .text(reason))
  }
}
