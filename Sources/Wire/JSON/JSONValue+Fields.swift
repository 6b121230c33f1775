public import Market

/// Why a member of an object is not what a protocol says it is.
public struct JSONFieldError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    case missing
    /// Of another kind, or no number of the wanted range and precision.
    case notA(FieldType)
  }

  public enum FieldType: String, Hashable, Sendable {
    case text
    case wholeNumber
    case decimal
    case flag
    case array
    case object
    case time
    /// One of a closed list of words.
    case word
  }

  /// The member's name.
  public var field: String
  public var reason: Reason

  public init(_ field: String, _ reason: Reason) {
    self.field = field
    self.reason = reason
  }
}

extension JSONFieldError: CustomStringConvertible {
  public var description: String {
    switch reason {
    case .missing: "\(field) is missing"
    case .notA(let type): "\(field) is no \(type.rawValue)"
    }
  }
}

/// Members as a protocol wants them; a member that is absent and one that is `null` are both missing.
extension JSONValue {
  public func string(_ name: StaticString) throws(JSONFieldError) -> String {
    guard let text = try member(name).string else { throw JSONFieldError("\(name)", .notA(.text)) }
    return text
  }

  public func integer(_ name: StaticString) throws(JSONFieldError) -> Int64 {
    guard let number = try member(name).integer else { throw JSONFieldError("\(name)", .notA(.wholeNumber)) }
    return number
  }

  /// A decimal in units of 10⁻⁹, sent as a number or as text.
  public func nanos(_ name: StaticString) throws(JSONFieldError) -> Int64 {
    guard let number = try member(name).nanos else { throw JSONFieldError("\(name)", .notA(.decimal)) }
    return number
  }

  public func bool(_ name: StaticString) throws(JSONFieldError) -> Bool {
    guard let flag = try member(name).bool else { throw JSONFieldError("\(name)", .notA(.flag)) }
    return flag
  }

  public func array(_ name: StaticString) throws(JSONFieldError) -> JSONItems {
    let value = try member(name)
    guard value.kind == .array else { throw JSONFieldError("\(name)", .notA(.array)) }
    return value.items
  }

  public func object(_ name: StaticString) throws(JSONFieldError) -> JSONValue {
    let value = try member(name)
    guard value.kind == .object else { throw JSONFieldError("\(name)", .notA(.object)) }
    return value
  }

  /// Milliseconds since 1970.
  public func milliseconds(_ name: StaticString) throws(JSONFieldError) -> Timestamp {
    guard let time = Timestamp(milliseconds: try integer(name)) else { throw JSONFieldError("\(name)", .notA(.time)) }
    return time
  }

  /// The member where it is there and not `null`.
  public func present(_ name: StaticString) -> JSONValue? {
    guard let value = self[name], !value.isNull else { return nil }
    return value
  }

  private func member(_ name: StaticString) throws(JSONFieldError) -> JSONValue {
    guard let value = present(name) else { throw JSONFieldError("\(name)", .missing) }
    return value
  }
}

extension Timestamp {
  /// Nil where 64 bits of nanoseconds don't hold it.
  public init?(milliseconds: Int64) {
    let (nanos, overflowed) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    if overflowed { return nil }
    self.init(nanos: nanos)
  }

  /// Whole milliseconds since 1970, rounded towards the past.
  public var milliseconds: Int64 {
    let (quotient, rest) = nanos.quotientAndRemainder(dividingBy: 1_000_000)
    return rest < 0 ? quotient - 1 : quotient
  }
}
