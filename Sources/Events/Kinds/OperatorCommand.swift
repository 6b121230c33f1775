public import Market

/// Raw values are stored and never change meaning.
public enum OperatorCommandType: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// No new orders from now on.
  case halt = 1
  /// Ends a halt, and a kill that is done; arms every breaker again.
  case resume = 2
  case cancelAll = 3
  /// Only orders that make a position smaller from now on.
  case reduceOnly = 4
  /// Arms tripped breakers again, but for a kill.
  case rearm = 5
  /// Takes the drawdown schedule's sizes back up to the full one.
  case restoreSize = 6
  /// Orders are made, and marked as withheld: none leaves from now on.
  case withhold = 7
  /// Orders leave again.
  case submit = 8
}

/// Input: what a person told the engine while it ran.
///
/// Version 1: command u8; reason text.
public struct OperatorCommand: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 6)
  public static let name: StaticString = "operator_command"
  public static let role = EventRole.input

  public var command: OperatorCommandType
  public var reason: String

  public init(command: OperatorCommandType, reason: String) {
    self.command = command
    self.reason = reason
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(command.rawValue)
    buffer.appendText(reason)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OperatorCommand {
    let command = try reader.readCase("command", as: OperatorCommandType.self)
    let reason = try reader.readText()
    return OperatorCommand(command: command, reason: reason)
  }

  public func list(into fields: inout FieldList) {
    fields.add("command", .word(command.word))
    fields.add("reason", .text(reason))
  }
}
