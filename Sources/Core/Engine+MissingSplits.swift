import Events
import Market

/// Opens that look as if nobody had journaled a split: only where the profile asks for it.
extension Engine {
  /// Whether a bar that follows another session's stands at a split's ratio to the last close.
  func looksSplit(_ bar: Bar, _ index: Int) -> Bool {
    guard books[index].hasBar, books[index].mark.nanos > 0, bar.open.nanos > 0 else { return false }
    // Within a session a price falls by itself: splits happen at night.
    let end = TradingCalendar(instruments[index].calendar).sessionEnd(after: books[index].lastOpenTime)
    return bar.openTime >= end && SplitRatios.explain(books[index].mark, bar.open)
  }

  /// Asks whether a split is missing; true where the bar is set aside.
  @inline(never)
  mutating func asksForSplit(_ bar: Bar, _ index: Int, sequence: UInt64, into out: inout EventBuffer) -> Bool {
    let isKnown = risk.books[index].isSplitMissing
    let setsAside = configuration.actions.missingSplit == .quarantine
    out.append(
      Alert(
        code: .missingSplit, severity: isKnown ? .information : setsAside ? .error : .warning,
        instrument: bar.instrument, first: books[index].mark.nanos, second: bar.open.nanos), cause: sequence)
    if setsAside { risk.books[index].isSplitMissing = true }
    return setsAside
  }

  /// A person says that the prices are what they are.
  mutating func acceptPrices() {
    for index in books.indices { risk.books[index].isSplitMissing = false }
  }
}
