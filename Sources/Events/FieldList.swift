public import Market

/// The value of one field, in the terms in which it is printed.
public enum FieldValue: Hashable, Sendable {
  case integer(Int64)
  case price(Price)
  case quantity(Quantity)
  /// Nanos of the run's currency.
  case money(Int128)
  /// Millionths, printed as a decimal.
  case micros(Int64)
  /// A feature's value in units of 10⁻⁹.
  case decimal(Int64)
  case time(Timestamp)
  /// The sequence of another event.
  case sequence(UInt64)
  case instrument(InstrumentIndex)
  /// Index into the run's strategies.
  case strategy(UInt16)
  /// A word from a closed list.
  case word(String)
  case text(String)
  case flag(Bool)
  case digest([UInt8])
  case absent
}

public struct Field: Hashable, Sendable {
  public let name: String
  public let value: FieldValue
}

/// The fields of one event in their printed order.
public struct FieldList: Sendable {
  public private(set) var fields: [Field] = []
  public init() {}
  public mutating func add(_ name: String, _ value: FieldValue) { fields.append(Field(name: name, value: value)) }
  public mutating func add(_ name: String, _ price: Price?) {
    add(name, price.map { .price($0) } ?? .absent)
  }
  public subscript(_ name: String) -> FieldValue? { fields.first { $0.name == name }?.value }
}
