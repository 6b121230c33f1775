public import Market

/// Derived at the end of each UTC day that had inputs, and at the end of the run: the account at last closes.
///
/// Version 1: as-of zigzag; equity, cash, gross exposure, realised, fees wide decimals.
public struct EquityMarked: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 42)
  public static let name: StaticString = "equity_marked"
  public static let role = EventRole.derived

  /// When the last bar that counts became known.
  public var asOf: Timestamp
  /// Cash + positions at their marks.
  public var equity: Int128
  public var cash: Int128
  /// Sum of the positions' absolute values.
  public var grossExposure: Int128
  /// Since the start, fees apart.
  public var realised: Int128
  /// Since the start.
  public var fees: Int128

  public init(asOf: Timestamp, equity: Int128, cash: Int128, grossExposure: Int128, realised: Int128, fees: Int128) {
    self.asOf = asOf
    self.equity = equity
    self.cash = cash
    self.grossExposure = grossExposure
    self.realised = realised
    self.fees = fees
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendZigzag(asOf.nanos)
    buffer.appendWideDecimal(equity)
    buffer.appendWideDecimal(cash)
    buffer.appendWideDecimal(grossExposure)
    buffer.appendWideDecimal(realised)
    buffer.appendWideDecimal(fees)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> EquityMarked {
    let asOf = Timestamp(nanos: try reader.readZigzag())
    let equity = try reader.readWideDecimal()
    let cash = try reader.readWideDecimal()
    let grossExposure = try reader.readWideDecimal()
    let realised = try reader.readWideDecimal()
    let fees = try reader.readWideDecimal()
    return EquityMarked(
      asOf: asOf, equity: equity, cash: cash, grossExposure: grossExposure, realised: realised, fees: fees)
  }

  public func list(into fields: inout FieldList) {
    fields.add("as_of", .time(asOf))
    fields.add("equity", .money(equity))
    fields.add("cash", .money(cash))
    fields.add("gross_exposure", .money(grossExposure))
    fields.add("realised", .money(realised))
    fields.add("fees", .money(fees))
  }
}
