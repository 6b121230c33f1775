/// Why a run has no trades: said instead of an empty table.
package enum Silence: Sendable, Hashable {
  /// The journal holds bars for other runs to read.
  case barsOnly
  case noBars
  /// No strategy was ready on any bar.
  case warmingUp(bars: UInt64)
  case noSignal(bars: UInt64)
  /// The gate let nothing through; `reason` is its most frequent.
  case refused(signals: UInt64, reason: String, count: UInt64)
  case neverFilled(orders: UInt64, expired: UInt64, cancelled: UInt64, rejected: UInt64, open: UInt64)

  /// The word in JSON.
  package var code: String {
    switch self {
    case .barsOnly: "bars_only"
    case .noBars: "no_bars"
    case .warmingUp: "warming_up"
    case .noSignal: "no_signal"
    case .refused: "refused"
    case .neverFilled: "never_filled"
    }
  }

  /// What happened and what to do.
  package var text: String {
    switch self {
    case .barsOnly:
      "this journal holds bars and no decisions: run `engine backtest --profile P --bars` on it"
    case .noBars:
      "no bars: none of the profile's universe and range is in the inputs; `engine inspect` the bars for symbols and times"
    case .warmingUp(let bars):
      "still warming up: no strategy was ready on any of \(bars) bars; give more bars or shorter periods"
    case .noSignal(let bars):
      "no signal: the strategies were ready and wanted nothing on \(bars) bars; check thresholds and rules"
    case .refused(let signals, let reason, let count):
      "all \(signals) signals refused by the risk gate, \(count) of them for \(reason); check the profile's risk section; "
        + "`engine export RUN --kind risk_decision` has the numbers compared"
    case .neverFilled(let orders, let expired, let cancelled, let rejected, let open):
      "none of \(orders) orders filled: \(expired) expired, \(cancelled) cancelled, \(rejected) rejected, \(open) still open; "
        + "check prices, time in force and volume share (bars without volume fill nothing unless fills.volume_share is none)"
    }
  }
}
