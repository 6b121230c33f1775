/// Derived: the account has less equity than its positions require. Cause: the bar whose marks show it.
///
/// Version 1: equity, requirement, deficit wide decimals. The deficit is the difference of the two, and above zero.
public struct MarginCalled: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 56)
  public static let name: StaticString = "margin_called"
  public static let role = EventRole.derived

  /// Cash and positions at their marks.
  public var equity: Int128
  /// Maintenance margin of all positions at their marks.
  public var requirement: Int128

  /// - Precondition: `requirement` is more than `equity`.
  public init(equity: Int128, requirement: Int128) {
    self.equity = equity
    self.requirement = requirement
  }

  /// What is lacking.
  public var deficit: Int128 { requirement - equity }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendWideDecimal(equity)
    buffer.appendWideDecimal(requirement)
    buffer.appendWideDecimal(deficit)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> MarginCalled {
    let equity = try reader.readWideDecimal()
    let requirement = try reader.readWideDecimal()
    let stored = try reader.readWideDecimal()
    let (deficit, overflowed) = requirement.subtractingReportingOverflow(equity)
    guard !overflowed, deficit == stored, deficit > 0 else { throw .inconsistent("deficit") }
    return MarginCalled(equity: equity, requirement: requirement)
  }

  public func list(into fields: inout FieldList) {
    fields.add("equity", .money(equity))
    fields.add("requirement", .money(requirement))
    fields.add("deficit", .money(deficit))
  }
}
