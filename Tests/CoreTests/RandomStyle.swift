import Market

extension OrderStyle {
  /// Any style whose parts fit together.
  static func random(_ random: inout SeededRandom) -> OrderStyle {
    var style = OrderStyle(
      type: OrderType.allCases.picked(by: &random), timeInForce: TimeInForce.allCases.picked(by: &random),
      limitOffsetTicks: Int64(random.next() % 60) - 20, stopOffsetTicks: Int64(random.next() % 60) - 10)
    if style.type.isTrailing { style.trail = .random(&random) }
    if style.type.isOnOpen || style.type.isOnClose { style.timeInForce = .day }
    if style.timeInForce == .goodTillDate {
      style.lifeNanos = Int64(1 + random.next() % 200) * 60 * Timestamp.nanosPerSecond
    }
    if style.type == .limit, !style.timeInForce.isImmediate { style.isPostOnly = random.next() % 3 != 0 }
    if random.next() % 5 == 0 { style.hours = .regular }
    return style
  }
}

extension Trail {
  static func random(_ random: inout SeededRandom) -> Trail {
    random.next() % 2 == 0
      ? Trail(.amount, Int64(1 + random.next() % 200) * FixedPoint.unit / 100)
      : Trail(.share, Int64(1 + random.next() % 20_000))
  }
}
