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
        quantity: quantity, limitPrice: nil, stopPrice: nil), sequence: 7, time: Timestamp(nanos: 0),
      origin: CertifiedOrder.Origin(ordinal: 3, bars: 3, input: 6, followsAnswer: false))
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

  // MARK: What protects

  private static func quantity(_ units: Int64) -> Quantity { Quantity(nanos: units * FixedPoint.unit) }

  /// An entry that filled at once.
  private static func entry(_ sequence: UInt64, bars: UInt64, price: Int64 = 100, fills: [Int64] = [10])
    -> CertifiedOrder
  {
    var order = CertifiedOrder(
      OrderIntent(
        instrument: InstrumentIndex(0), side: .buy, type: .market, timeInForce: .day, purpose: .signal,
        quantity: quantity(10), limitPrice: nil, stopPrice: nil), sequence: sequence, time: Timestamp(nanos: 0),
      origin: CertifiedOrder.Origin(ordinal: 20, bars: bars, input: sequence - 1, followsAnswer: false))
    order.isAccepted = true
    for (place, units) in fills.enumerated() {
      order.fills.append(CertifiedOrder.Execution(quantity: quantity(units), price: Self.price(price), fee: 0))
      order.fillSequences.append(sequence + 1 + UInt64(place))
    }
    return order
  }

  /// A stop for what an entry filled; `ordinal` counts readings of the clock, too.
  private static func stop(
    _ sequence: UInt64, of entry: UInt64?, ordinal: UInt64, bars: UInt64, at stop: Int64 = 98, units: Int64 = 10,
    filled: Int64? = nil, endedBy end: UInt64? = nil
  ) -> CertifiedOrder {
    var order = CertifiedOrder(
      OrderIntent(
        instrument: InstrumentIndex(0), side: .sell, type: .stop, timeInForce: .goodTillCancelled, purpose: .stopLoss,
        quantity: quantity(units), limitPrice: nil, stopPrice: price(stop)), sequence: sequence,
      time: Timestamp(nanos: 0),
      origin: CertifiedOrder.Origin(
        ordinal: ordinal, bars: bars, input: sequence - 2, followsAnswer: true, entry: entry))
    order.isAccepted = true
    if let filled {
      order.fills = [CertifiedOrder.Execution(quantity: quantity(units), price: price(filled), fee: 0)]
      order.fillSequences = [sequence + 5]
    }
    if let end { (order.end, order.endSequence) = (.expired, end) }
    return order
  }

  private func rows(
    _ run: [CertifiedOrder], _ twin: [CertifiedOrder], partedAt: UInt64? = nil,
    places: [UInt64: [TwinMatch.PlacedFill]] = [:]
  ) throws -> (rows: [CertifiedTwin.Row], unexplained: [Unexplained]) {
    var unexplained: [Unexplained] = []
    let match = TwinMatch(
      instruments: [try Self.instrument()], partedAt: partedAt, isSimulated: false, places: places)
    return (match.rows(run: run, twin: twin, unexplained: &unexplained), unexplained)
  }

  @Test("that protect are compared, however many readings of the clock lie between the venue's answer and the next bar")
  func protective() throws {
    let (rows, unexplained) = try rows(
      [Self.entry(30, bars: 4), Self.stop(36, of: 30, ordinal: 20, bars: 4, filled: 97)],
      [Self.entry(25, bars: 4), Self.stop(29, of: 25, ordinal: 33, bars: 5, filled: 98)])
    #expect(rows.map(\.reason) == [.same, .venueFilled])
    #expect(rows.map { $0.twin?.sequence } == [25, 29])
    #expect(rows[1].priceCost == 10 * Int128(FixedPoint.unit) && unexplained.isEmpty)
  }

  @Test("that protect must ask for the same quantity at the same price where what they protect filled alike")
  func otherTerms() throws {
    for (stop, units) in [(Int64(97), Int64(10)), (98, 9)] {
      let (rows, unexplained) = try rows(
        [Self.entry(30, bars: 4), Self.stop(36, of: 30, ordinal: 20, bars: 4, at: stop, units: units)],
        [Self.entry(25, bars: 4), Self.stop(29, of: 25, ordinal: 33, bars: 5)])
      #expect(rows.map(\.reason) == [.same, .differs])
      #expect(unexplained == [.order(run: 36, twin: 29, instrument: InstrumentIndex(0))])
    }
    // Fills at another price put the stop elsewhere.
    let (other, unexplained) = try rows(
      [Self.entry(30, bars: 4, price: 99), Self.stop(36, of: 30, ordinal: 20, bars: 4, at: 97)],
      [Self.entry(25, bars: 4), Self.stop(29, of: 25, ordinal: 33, bars: 5)])
    #expect(other.map(\.reason) == [.venueFilled, .same] && unexplained.isEmpty)
  }

  @Test(
    "that protect are no excuse for themselves: where one side alone has one, an event before it must explain it, or nothing does"
  )
  func excuses() throws {
    let run = [Self.entry(30, bars: 4), Self.stop(36, of: 30, ordinal: 20, bars: 4)]
    let twin = [Self.entry(25, bars: 4), Self.stop(29, of: 25, ordinal: 33, bars: 5)]
    for partedAt in [UInt64?.none, 50] {
      // The states that parted later explain nothing of before.
      let (ours, first) = try rows(run, [twin[0]], partedAt: partedAt)
      #expect(ours[1].reason == .differs && first == [.order(run: 36, twin: nil, instrument: InstrumentIndex(0))])
      let (theirs, second) = try rows([run[0]], twin, partedAt: partedAt)
      #expect(theirs[1].reason == .differs && second == [.order(run: nil, twin: 29, instrument: InstrumentIndex(0))])
    }
    let (parted, _) = try rows(run, [twin[0]], partedAt: 33)
    #expect(parted[1].reason == .followsFrom(sequence: 33))
    // The twin's entry filled in two parts, each of which is protected: the run's fill was another one.
    let (parts, unexplained) = try rows(
      run,
      [
        Self.entry(25, bars: 4, fills: [6, 4]), Self.stop(29, of: 25, ordinal: 33, bars: 5, units: 6),
        Self.stop(32, of: 25, ordinal: 40, bars: 6, units: 4),
      ])
    #expect(parts.map(\.reason) == [.venueFilled, .same, .followsFrom(sequence: 31)] && unexplained.isEmpty)
    // An entry that the run alone has.
    let (alone, _) = try rows(run, [], partedAt: 29)
    #expect(alone.map(\.reason) == [.followsFrom(sequence: 29), .followsFrom(sequence: 30)])
  }

  @Test("that protect and were ended by the venue stand beside the one that was placed in their stead")
  func again() throws {
    let (rows, unexplained) = try rows(
      [
        Self.entry(30, bars: 4), Self.stop(36, of: 30, ordinal: 20, bars: 4, endedBy: 40),
        Self.stop(46, of: 30, ordinal: 40, bars: 6, filled: 98),
      ], [Self.entry(25, bars: 4), Self.stop(29, of: 25, ordinal: 33, bars: 5, filled: 98)])
    #expect(rows.map(\.reason) == [.same, .ended(.expired), .same] && unexplained.isEmpty)
    #expect(rows.map { $0.twin?.sequence } == [25, nil, 29])
    // What an older one left when it was taken back is protected by the next one.
    let (more, none) = try self.rows(
      [
        Self.entry(10, bars: 2), Self.stop(16, of: 10, ordinal: 10, bars: 2, endedBy: 34), Self.entry(30, bars: 4),
        Self.stop(36, of: 30, ordinal: 20, bars: 4, units: 20),
      ],
      [
        Self.entry(8, bars: 2), Self.stop(12, of: 8, ordinal: 12, bars: 3), Self.entry(25, bars: 4),
        Self.stop(29, of: 25, ordinal: 33, bars: 5),
      ])
    #expect(more.map(\.reason) == [.same, .same, .same, .followsFrom(sequence: 34)] && none.isEmpty)
  }

  @Test("whose fills lie on bars that came as history are said to be an outage's, and are in no sum")
  func outage() throws {
    let (rows, unexplained) = try rows(
      [Self.entry(30, bars: 4, price: 102)], [Self.entry(25, bars: 4, price: 97)],
      places: [
        30: [TwinMatch.PlacedFill(sequence: 31, price: Self.price(102), place: .insideHistoricalBar(sequence: 44))]
      ])
    #expect(rows.map(\.reason) == [.duringOutage(bar: 44)] && unexplained.isEmpty)
    #expect(rows[0].priceCost == 50 * Int128(FixedPoint.unit))
    #expect(!rows[0].isComparable)
  }
}
