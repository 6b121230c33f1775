import Market

/// What a run makes of an open that stands at a split's ratio to the last close, where no split is known.
public enum MissingSplit: UInt8, CaseIterable, Sendable {
  /// It is a jump like any other: an alert where it is large, and it counts.
  case jump = 1
  /// An alert asks whether a split is missing, and the bar counts.
  case alert = 2
  /// The instrument's bars are set aside, each with an alert, until a split, a spin-off, a merger or an end explains them, an open is within an eighth of the last close
  /// that counted, or a person resumes. Where the last bar is more than two weeks old they are asked about and count.
  case quarantine = 3
}

/// What a run makes of corporate actions.
public struct ActionRule: Hashable, Sendable {
  public var missingSplit = MissingSplit.alert
  public init() {}
}

/// Ratios that companies split by.
enum SplitRatios {
  /// New for old; each the other way round too.
  private static let usual: [(new: Int128, old: Int128)] = [
    (3, 2), (2, 1), (5, 2), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (10, 1), (12, 1), (15, 1), (20, 1), (25, 1),
    (30, 1), (40, 1), (50, 1), (100, 1),
  ]
  /// How far the open may be from the ratio, by what a night does to a price: one part in so many.
  private static let tolerance: Int128 = 25

  /// Whether `open` is about `last` × old ÷ new, or × new ÷ old, of a usual split. Prices are positive.
  static func explain(_ last: Price, _ open: Price) -> Bool {
    let (before, after) = (Int128(last.nanos), Int128(open.nanos))
    for ratio in usual {
      let down = before * ratio.old
      if (after * ratio.new - down).magnitude * UInt128(tolerance) <= down.magnitude { return true }
      let up = before * ratio.new
      if (after * ratio.old - up).magnitude * UInt128(tolerance) <= up.magnitude { return true }
    }
    return false
  }
}
