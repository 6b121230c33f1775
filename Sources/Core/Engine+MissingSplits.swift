import Events
import Market

/// Opens that look as if nobody had journaled a split.
extension Engine {
  /// Whether an open is further from the last close than nights usually take it: one comparison for nearly all.
  func isFar(_ open: Price, from last: Price) -> Bool {
    let (step, overflowed) = open.nanos.subtractingReportingOverflow(last.nanos)
    return overflowed || step.magnitude >= last.nanos.magnitude >> 2
  }

  enum SplitQuestion {
    case none
    /// It was asked, and the bar counts.
    case asked
    case setAside
  }

  /// Asks whether a split is missing, where an open stands at a split's ratio to another session's last close; or whether one that was asked about is none.
  ///
  /// Call it for bars whose open is far from the last close, and where bars may be set aside for all.
  @inline(never)
  mutating func askForSplit(_ bar: Bar, _ index: Int, sequence: UInt64, into out: inout EventBuffer) -> SplitQuestion {
    let rule = configuration.actions.missingSplit
    let doubt = risk.books[index].splitDoubt
    if rule == .jump || !books[index].hasBar { return .none }
    if doubt == .missing {
      // What no split explained was a wrong price, or the bars of another one.
      if isBack(bar.open, at: books[index].mark) {
        risk.books[index].splitDoubt = .none
        alert(.pricesAreBack, .warning, bar, index, sequence, into: &out)
        return .none
      }
      alert(.missingSplit, .information, bar, index, sequence, into: &out)
      return .setAside
    }
    if doubt == .accepted {
      risk.books[index].splitDoubt = .none
      return .none
    }
    guard isFar(bar.open, from: books[index].mark), looksSplit(bar, index) else { return .none }
    let setsAside = rule == .quarantine && !isLongAgo(bar, index)
    alert(.missingSplit, setsAside ? .error : .warning, bar, index, sequence, into: &out)
    if !setsAside { return .asked }
    risk.books[index].splitDoubt = .missing
    return .setAside
  }

  /// Whether a bar that follows another session's stands at a split's ratio to the last close.
  private func looksSplit(_ bar: Bar, _ index: Int) -> Bool {
    guard books[index].mark.nanos > 0, bar.open.nanos > 0 else { return false }
    // Within a session a price falls by itself: splits happen at night.
    let end = TradingCalendar(instruments[index].calendar).sessionEnd(after: books[index].lastOpenTime)
    return bar.openTime >= end && SplitRatios.explain(books[index].mark, bar.open)
  }

  /// Over weeks without a bar a price goes anywhere by itself.
  private func isLongAgo(_ bar: Bar, _ index: Int) -> Bool {
    let (gap, overflowed) = bar.openTime.nanos.subtractingReportingOverflow(books[index].lastOpenTime.nanos)
    return overflowed || gap > 14 * Timestamp.nanosPerDay
  }

  /// Within an eighth, which is less than any split.
  private func isBack(_ open: Price, at mark: Price) -> Bool {
    mark.nanos > 0 && (Int128(open.nanos) - Int128(mark.nanos)).magnitude * 8 <= UInt128(mark.nanos)
  }

  private func alert(
    _ code: AlertCode, _ severity: AlertSeverity, _ bar: Bar, _ index: Int, _ sequence: UInt64,
    into out: inout EventBuffer
  ) {
    out.append(
      Alert(
        code: code, severity: severity, instrument: bar.instrument, first: books[index].mark.nanos,
        second: bar.open.nanos), cause: sequence)
  }

  /// A person says that the prices are what they are.
  mutating func acceptPrices() {
    for index in books.indices where risk.books[index].splitDoubt == .missing {
      risk.books[index].splitDoubt = .accepted
    }
  }
}

/// Whether an instrument's price waits for a split.
enum SplitDoubt: UInt8, BitwiseCopyable, Sendable {
  case none = 0
  /// Its bars are set aside until a corporate action explains its price, it is back, or a person accepts it.
  case missing = 1
  /// The next bar counts whatever its price.
  case accepted = 2
}
