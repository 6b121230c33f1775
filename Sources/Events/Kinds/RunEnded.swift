import Market

/// Derived, always last: the run is complete. The counts say why a run without trades had none.
///
/// Version 1: state digest 32 bytes; bars, warm-up bars, signals, refused, cut, orders, fills varints.
public struct RunEnded: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 44)
  public static let name: StaticString = "run_ended"
  public static let role = EventRole.derived

  /// SHA-256 of the final state's canonical bytes.
  public var stateDigest: [UInt8]
  public var bars: UInt64
  /// Bars on which no strategy was ready.
  public var warmingUp: UInt64
  public var signals: UInt64
  /// Signals of which the gate let nothing through.
  public var refused: UInt64
  public var cut: UInt64
  public var orders: UInt64
  public var fills: UInt64

  public init(
    stateDigest: [UInt8], bars: UInt64, warmingUp: UInt64, signals: UInt64, refused: UInt64, cut: UInt64,
    orders: UInt64, fills: UInt64
  ) {
    invariant(stateDigest.count == 32, "a digest has 32 bytes", Int64(stateDigest.count))
    self.stateDigest = stateDigest
    self.bars = bars
    self.warmingUp = warmingUp
    self.signals = signals
    self.refused = refused
    self.cut = cut
    self.orders = orders
    self.fills = fills
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(stateDigest)
    buffer.appendVarint(bars)
    buffer.appendVarint(warmingUp)
    buffer.appendVarint(signals)
    buffer.appendVarint(refused)
    buffer.appendVarint(cut)
    buffer.appendVarint(orders)
    buffer.appendVarint(fills)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> RunEnded {
    let stateDigest = Array(try reader.readBytes(32))
    let bars = try reader.readVarint()
    let warmingUp = try reader.readVarint()
    let signals = try reader.readVarint()
    let refused = try reader.readVarint()
    let cut = try reader.readVarint()
    let orders = try reader.readVarint()
    let fills = try reader.readVarint()
    return RunEnded(
      stateDigest: stateDigest, bars: bars, warmingUp: warmingUp, signals: signals, refused: refused, cut: cut,
      orders: orders, fills: fills)
  }

  public func list(into fields: inout FieldList) {
    fields.add("state_digest", .digest(stateDigest))
    fields.add("bars", .integer(Int64(clamping: bars)))
    fields.add("warming_up", .integer(Int64(clamping: warmingUp)))
    fields.add("signals", .integer(Int64(clamping: signals)))
    fields.add("refused", .integer(Int64(clamping: refused)))
    fields.add("cut", .integer(Int64(clamping: cut)))
    fields.add("orders", .integer(Int64(clamping: orders)))
    fields.add("fills", .integer(Int64(clamping: fills)))
  }
}
