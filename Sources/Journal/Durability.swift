/// When events are acknowledged: from then on they survive the process, the machine's power and a full disk.
package enum Durability: String, Hashable, Sendable, CaseIterable {
  /// With every `commit`, by one `fdatasync` for all that was appended since the last: what live trading needs.
  case commit
  /// With every full block.
  case block
  /// When the journal is sealed; before that a crash may leave any part of it. What a backtest needs, which can be run again.
  case close
}
