import Market

/// A bar's source and flags in one byte: source in bits 0–5, historical in bit 6, closes its slot in bit 7.
struct BarMark {
  let source: BarSource
  let isHistorical: Bool
  let closesSlot: Bool

  @inline(__always)
  static func byte(of bar: Bar) -> UInt8 {
    bar.source.rawValue | (bar.isHistorical ? 0x40 : 0) | (bar.closesSlot ? 0x80 : 0)
  }

  /// Nil where the source is none that this program knows.
  @inline(__always)
  init?(byte: UInt8) {
    guard let source = BarSource(rawValue: byte & 0x3f) else { return nil }
    self.source = source
    isHistorical = byte & 0x40 != 0
    closesSlot = byte & 0x80 != 0
  }
}
