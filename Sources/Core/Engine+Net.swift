import Events
import Market

/// Net exposure behind fills that close.
///
/// A cap must not keep anyone in a position, so closing passes every one of them. Where one leg of a hedged book closes, net exposure rises by that, and
/// may be over its cap: the gate lets it pass, and says so here.
extension Engine {
  /// What a cap of net exposure counts, and its owner's part of one instrument.
  struct NetStanding: BitwiseCopyable {
    var net: Int128
    var held: Int128
  }

  /// How every cap of net exposure that an instrument falls under stands, by what is held at the marks.
  func netStandings(_ index: Int) -> [NetStanding] {
    limits.netCaps.map { cap in
      let strategy = cap.scope == .strategy ? cap.place : -1
      var standing = NetStanding(net: 0, held: 0)
      for other in books.indices where cap.scope != .sector || limits.sectorOf[other] == cap.place {
        let held = part(other, ofStrategy: strategy, countsOrders: false).position
        if other == index { standing.held = held }
        if held != 0 { standing.net += perUnit(held * unitValue(other)) }
      }
      return standing
    }
  }

  /// Warns where a fill has made its owner's part of an instrument smaller and so taken net exposure over a cap that it kept.
  mutating func warnOfNet(
    _ index: Int, since before: [NetStanding], cause: UInt64, into out: inout EventBuffer
  ) {
    let after = netStandings(index)
    for (place, cap) in limits.netCaps.enumerated() {
      let isClosing = after[place].held.magnitude < before[place].held.magnitude
      let isOver = after[place].net.magnitude > cap.cap.magnitude && before[place].net.magnitude <= cap.cap.magnitude
      if !isClosing || !isOver { continue }
      out.append(
        Alert(
          code: .netOverCap, severity: .warning, instrument: InstrumentIndex(index), first: narrow(after[place].net),
          second: narrow(cap.cap)), cause: cause)
    }
  }
}
