import Events

/// What four conditions ask for on one bar, and the position that follows: one table for rules and built-in strategies.
///
/// | wanted so far | first condition that holds | wanted now |
/// |---|---|---|
/// | flat | enter, and not exit | long |
/// | flat | enter short, and not exit short | short |
/// | long | enter short, and not exit short | short |
/// | long | exit | flat |
/// | short | enter, and not exit | long |
/// | short | exit short | flat |
///
/// An entry whose own exit holds on the same bar is not taken: it would be left on the next one.
struct PositionWishes: BitwiseCopyable {
  var enter: Bool
  var exit: Bool
  var enterShort: Bool
  var exitShort: Bool

  @inline(__always)
  func next(after direction: Direction) -> Direction {
    let mayEnter = enter && !exit
    let mayEnterShort = enterShort && !exitShort
    switch direction {
    case .flat: return mayEnter ? .long : mayEnterShort ? .short : .flat
    case .long: return mayEnterShort ? .short : exit ? .flat : .long
    case .short: return mayEnter ? .long : exitShort ? .flat : .short
    }
  }
}
