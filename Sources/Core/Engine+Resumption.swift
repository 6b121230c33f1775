package import Market

/// What a live run asks the state when it is taken up again.
extension Engine {
  /// When the newest bar of each instrument opened; nil for those without one.
  package var lastOpenTimes: [Timestamp?] { books.map { $0.hasBar ? $0.lastOpenTime : nil } }

  /// The trade that was booked last, of each instrument; nil where none was.
  package var lastTrades: [String?] { books.map(\.reports.trades.last) }
}
