import Core
import Events
package import Market

/// Puts the orders of a run and of its twin side by side, and says why they differ.
///
/// Two orders are one where they follow from the same input, for the same purpose, on the same side; where a run's order follows from a venue's answer, the
/// twin's may follow from the next input, in which the simulated venue gives its answer.
package struct TwinMatch {
  private struct Key: Hashable {
    var ordinal: UInt64
    var instrument: InstrumentIndex
    var side: Side
    var purpose: OrderPurpose

    init(_ order: CertifiedOrder, at ordinal: UInt64) {
      self.ordinal = ordinal
      instrument = order.instrument
      side = order.side
      purpose = order.purpose
    }
  }

  /// A fill of the run, and where its price lies among the bars.
  package struct PlacedFill {
    package var sequence: UInt64
    package var price: Price
    package var place: FillPlaces.Place

    package init(sequence: UInt64, price: Price, place: FillPlaces.Place) {
      self.sequence = sequence
      self.price = price
      self.place = place
    }
  }

  private let instruments: [Instrument]
  private let partedAt: UInt64?
  private let isSimulated: Bool
  /// Where each of the run's fills lies, by order.
  private let places: [UInt64: [PlacedFill]]

  /// - Parameters:
  ///   - partedAt: the first input that was decided on in another state.
  ///   - isSimulated: whether the two must be alike.
  ///   - places: the run's fills by the sequence of their order.
  package init(instruments: [Instrument], partedAt: UInt64?, isSimulated: Bool, places: [UInt64: [PlacedFill]]) {
    self.instruments = instruments
    self.partedAt = partedAt
    self.isSimulated = isSimulated
    self.places = places
  }

  init(_ walk: borrowing TwinWalk, instruments: [Instrument]) {
    var places: [UInt64: [PlacedFill]] = [:]
    for (fill, order, price) in walk.runFills {
      guard let place = walk.fills.places[fill] else { continue }
      places[order, default: []].append(PlacedFill(sequence: fill, price: price, place: place))
    }
    self.init(
      instruments: instruments, partedAt: walk.findings.parting?.sequence, isSimulated: walk.isSimulated,
      places: places)
  }

  /// A row an order, in the run's order; those of the twin alone stand behind.
  package func rows(
    run: [CertifiedOrder], twin: [CertifiedOrder], unexplained: inout [Unexplained]
  ) -> [CertifiedTwin.Row] {
    var waiting: [Key: [Int]] = [:]
    for place in twin.indices.reversed() {
      waiting[Key(twin[place], at: twin[place].ordinal), default: []].append(place)
    }
    var partners = [Int?](repeating: nil, count: run.count)
    for (position, order) in run.enumerated() { partners[position] = waiting[Key(order, at: order.ordinal)]?.popLast() }
    for (position, order) in run.enumerated() where partners[position] == nil && order.followsAnswer {
      partners[position] = waiting[Key(order, at: order.ordinal + 1)]?.popLast()
    }
    var rows: [CertifiedTwin.Row] = []
    for (position, order) in run.enumerated() {
      rows.append(row(order, partners[position].map { twin[$0] }, &unexplained))
    }
    let taken = Set(partners.compactMap { $0 })
    for (position, order) in twin.enumerated() where !taken.contains(position) {
      rows.append(row(nil, order, &unexplained))
    }
    return rows
  }

  private func row(
    _ run: CertifiedOrder?, _ twin: CertifiedOrder?, _ unexplained: inout [Unexplained]
  ) -> CertifiedTwin.Row {
    var row = CertifiedTwin.Row(run: run, twin: twin, reason: .same)
    if let run, let twin { fillCosts(&row, run, twin) }
    row.reason = reason(run, twin)
    guard let instrument = (run ?? twin)?.instrument else { return row }
    switch row.reason {
    case .same, .venueFilled, .noBar, .ended, .working, .followsFrom: break
    case .otherMarket:
      row.isExplained = false
      guard let run else { break }
      for fill in places[run.sequence] ?? [] {
        guard case .outsideBar(let low, let high) = fill.place else { continue }
        unexplained.append(
          .price(
            fill: fill.sequence, order: run.sequence, instrument: instrument, price: fill.price, low: low, high: high))
      }
    case .outcomeUnknown:
      row.isExplained = false
      if let run { unexplained.append(.outcome(order: run.sequence, instrument: instrument)) }
    case .differs:
      row.isExplained = false
      unexplained.append(.order(run: run?.sequence, twin: twin?.sequence, instrument: instrument))
    }
    return row
  }

  private func reason(_ run: CertifiedOrder?, _ twin: CertifiedOrder?) -> CertifiedTwin.Reason {
    guard let run, let twin else {
      if isSimulated { return .differs }
      if run?.followsAnswer == true, let run { return .followsFrom(sequence: run.sequence) }
      return partedAt.map { .followsFrom(sequence: $0) } ?? .differs
    }
    if isSimulated {
      return run.fills == twin.fills && run.end == twin.end && run.quantity == twin.quantity ? .same : .differs
    }
    let found = (places[run.sequence] ?? []).map(\.place)
    // Also where the twin filled at the very price: it is the market that has to have had it.
    for place in found { if case .outsideBar = place { return .otherMarket } }
    if run.fills == twin.fills { return isUnknown(run) ? .outcomeUnknown : .same }
    if run.filled >= min(twin.filled, run.quantity), run.filled > .zero {
      return found.contains(.noBar) ? .noBar : .venueFilled
    }
    if let end = run.end { return .ended(end) }
    return isUnknown(run) ? .outcomeUnknown : .working
  }

  /// Nothing was ever heard of it.
  private func isUnknown(_ order: CertifiedOrder) -> Bool {
    order.end == nil && !order.isAccepted && order.fills.isEmpty
  }

  /// Of the quantity that both filled, from the run's view: positive is worse.
  private func fillCosts(_ row: inout CertifiedTwin.Row, _ run: CertifiedOrder, _ twin: CertifiedOrder) {
    let both = min(run.filled.nanos, twin.filled.nanos)
    guard both > 0 else { return }
    let multiplier = instruments[run.instrument.position].multiplierNanos
    let value = share(twin.value(multiplier: multiplier), both, of: twin.filled)
    row.twinValue = value
    row.priceCost = (share(run.value(multiplier: multiplier), both, of: run.filled) - value) * Int128(run.side.sign)
    row.feeCost = share(run.fees, both, of: run.filled) - share(twin.fees, both, of: twin.filled)
  }

  private func share(_ value: Int128, _ part: Int64, of whole: Quantity) -> Int128 {
    part == whole.nanos ? value : scaled(value, by: part, over: whole.nanos)
  }
}
