package import Market

/// The largest loss from a peak of daily equity, as a share of that peak; the starting capital counts as the first peak.
package struct Drawdown: Hashable, Sendable {
  /// Peak less trough, in nanos of currency.
  package let amount: Int128
  /// `amount` as a share of the peak, 0 … 1 and above where equity went below zero.
  package let share: Double
  package let peak: Timestamp
  package let trough: Timestamp
  /// When equity was back at the peak; nil where it never was.
  package let recovered: Timestamp?
}

/// Finds the largest drawdown of marks that come one by one.
struct DrawdownSearch {
  private var peak: (time: Timestamp, equity: Int128)
  private var worst: (amount: Int128, share: Double, peak: Timestamp, peakEquity: Int128, trough: Timestamp)?
  private var recovered: Timestamp?

  init(start: Timestamp, equity: Int128) { peak = (start, equity) }

  mutating func add(_ time: Timestamp, _ equity: Int128) {
    if let worst, recovered == nil, equity >= worst.peakEquity { recovered = time }
    if equity >= peak.equity {
      peak = (time, equity)
      return
    }
    let amount = peak.equity - equity
    let share = peak.equity > 0 ? Double(amount) / Double(peak.equity) : 0
    if share > worst?.share ?? 0 {
      worst = (amount, share, peak.time, peak.equity, time)
      recovered = nil
    }
  }

  /// Nil where equity never fell below a peak.
  var drawdown: Drawdown? {
    worst.map {
      Drawdown(amount: $0.amount, share: $0.share, peak: $0.peak, trough: $0.trough, recovered: recovered)
    }
  }
}
