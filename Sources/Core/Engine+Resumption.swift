import Events
package import Market

/// What a live run asks the state when it is taken up again.
extension Engine {
  /// When the newest bar of each instrument opened; nil for those without one.
  package var lastOpenTimes: [Timestamp?] { books.map { $0.hasBar ? $0.lastOpenTime : nil } }

  /// The trade that was booked last, of each instrument; nil where none was.
  package var lastTrades: [String?] { books.map(\.reports.trades.last) }

  /// Orders that are over, of which the venue has counted more filled than was booked. Their fills may lie before the last trade that was, so nothing but asking for
  /// each order finds them.
  package var ordersLackingFills: [OrderID] {
    books.flatMap { book in book.reports.ended.filter { $0.reported > $0.filled }.map(\.id) }
  }
}
