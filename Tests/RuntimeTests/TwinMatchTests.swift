// Goal: why an order of a run and its twin's differ is one decision over a few facts, and nothing that isn't explained goes unsaid.
// Method: every combination of the facts; the expected reason is written down anew here, as the table of docs/live.md has it.
import Events
import Market
import Runtime
import Testing

@Suite("An order and its twin's")
struct TwinMatchTests {
  private enum Filled: CaseIterable { case nothing, part, all }
  private enum Ending: CaseIterable { case open, unheard, cancelled, rejected, expired, withheld }
  private enum Lies: CaseIterable { case unknown, inside, outside, withoutBar }

  private static func price(_ value: Int64) -> Price { Price(nanos: value * FixedPoint.unit) }

  private static func order(_ filled: Filled, _ ending: Ending, price: Int64) -> CertifiedOrder {
    let quantity = Quantity(nanos: 10 * FixedPoint.unit)
    var order = CertifiedOrder(
      OrderIntent(
        instrument: InstrumentIndex(0), side: .buy, type: .market, timeInForce: .day, purpose: .signal,
        quantity: quantity, limitPrice: nil, stopPrice: nil), sequence: 7, time: Timestamp(nanos: 0), ordinal: 3,
      followsAnswer: false)
    let amount: Int64 =
      switch filled {
      case .nothing: 0
      case .part: 4
      case .all: 10
      }
    if amount > 0 {
      order.fills = [
        CertifiedOrder.Execution(
          quantity: Quantity(nanos: amount * FixedPoint.unit), price: Self.price(price), fee: 0)
      ]
    }
    order.isAccepted = ending != .unheard
    switch ending {
    case .open, .unheard: break
    case .cancelled: order.end = .cancelled(.venue)
    case .rejected: order.end = .rejected("no")
    case .expired: order.end = .expired
    case .withheld: order.end = .withheld
    }
    return order
  }

  private static func instrument() throws -> Instrument {
    try Instrument(
      symbol: "A", assetClass: .equity, currency: .usd, tickSize: price(1), lotSize: Quantity(nanos: FixedPoint.unit),
      calendar: .always)
  }

  /// The table.
  private func reason(
    _ run: Filled, _ ending: Ending, _ lies: Lies, _ twin: Filled, samePrice: Bool
  ) -> CertifiedTwin.Reason {
    if lies == .outside { return .otherMarket }
    let isUnheard = ending == .unheard && run == .nothing
    if run == twin, samePrice || run == .nothing { return isUnheard ? .outcomeUnknown : .same }
    let hasAsMuch = run == .all || (run == .part && twin != .all)
    if hasAsMuch { return lies == .withoutBar ? .noBar : .venueFilled }
    switch ending {
    case .cancelled: return .ended(.cancelled(.venue))
    case .rejected: return .ended(.rejected("no"))
    case .expired: return .ended(.expired)
    case .withheld: return .ended(.withheld)
    case .open: return .working
    case .unheard: return isUnheard ? .outcomeUnknown : .working
    }
  }

  @Test("differ for the reason that the table gives, in every combination, and what is unexplained is said")
  func table() throws {
    let instruments = [try Self.instrument()]
    var seen: Set<CertifiedTwin.Reason> = []
    for run in Filled.allCases {
      for ending in Ending.allCases {
        for lies in Lies.allCases where run != .nothing || lies == .unknown {
          for twin in Filled.allCases {
            for samePrice in [true, false] {
              let place: FillPlaces.Place? =
                switch lies {
                case .unknown: nil
                case .inside: .insideBar
                case .outside: .outsideBar(low: Self.price(1), high: Self.price(2))
                case .withoutBar: .noBar
                }
              let places = place.map {
                [UInt64(7): [TwinMatch.PlacedFill(sequence: 9, price: Self.price(100), place: $0)]]
              }
              let match = TwinMatch(
                instruments: instruments, partedAt: nil, isSimulated: false, places: places ?? [:])
              var unexplained: [Unexplained] = []
              let rows = match.rows(
                run: [Self.order(run, ending, price: 100)],
                twin: [Self.order(twin, .open, price: samePrice ? 100 : 101)], unexplained: &unexplained)
              #expect(rows.count == 1)
              let expected = reason(run, ending, lies, twin, samePrice: samePrice)
              #expect(rows[0].reason == expected, "\(run) \(ending) \(lies) \(twin) \(samePrice)")
              #expect(rows[0].isExplained == unexplained.isEmpty)
              #expect(unexplained.isEmpty == (expected != .otherMarket && expected != .outcomeUnknown))
              seen.insert(rows[0].reason)
            }
          }
        }
      }
    }
    #expect(seen.count == 10)
  }

  @Test("must be alike in all where the venue is simulated on both sides")
  func simulated() throws {
    let match = TwinMatch(
      instruments: [try Self.instrument()], partedAt: 5, isSimulated: true, places: [:])
    for run in Filled.allCases {
      for twin in Filled.allCases {
        var unexplained: [Unexplained] = []
        let rows = match.rows(
          run: [Self.order(run, .open, price: 100)], twin: [Self.order(twin, .open, price: 100)],
          unexplained: &unexplained)
        #expect(rows[0].reason == (run == twin ? .same : .differs))
        #expect(unexplained.count == (run == twin ? 0 : 1))
      }
    }
    var unexplained: [Unexplained] = []
    let lonely = match.rows(run: [], twin: [Self.order(.all, .open, price: 100)], unexplained: &unexplained)
    #expect(lonely[0].reason == .differs)
    #expect(unexplained == [.order(run: nil, twin: 7, instrument: InstrumentIndex(0))])
  }

  @Test("of which one is missing are explained by the state that the venue's answers left, and by nothing else")
  func alone() throws {
    for partedAt in [UInt64?.none, 5] {
      let match = TwinMatch(
        instruments: [try Self.instrument()], partedAt: partedAt, isSimulated: false, places: [:])
      var unexplained: [Unexplained] = []
      let rows =
        match.rows(run: [Self.order(.all, .open, price: 100)], twin: [], unexplained: &unexplained)
        + match.rows(run: [], twin: [Self.order(.all, .open, price: 100)], unexplained: &unexplained)
      for row in rows { #expect(row.reason == partedAt.map { .followsFrom(sequence: $0) } ?? .differs) }
      #expect(unexplained.count == (partedAt == nil ? 2 : 0))
    }
  }
}
