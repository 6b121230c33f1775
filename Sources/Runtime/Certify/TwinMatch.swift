import Core
import Events
package import Market

/// Puts the orders of a run and of its twin side by side, and says why they differ.
///
/// What explains a difference is an event before it: the venue's, by which the two are in another state, or of which the order itself is the consequence.
package struct TwinMatch {
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

  /// Units of the venue's account that became the run's: a real venue protects them, the simulated one protects fills alone.
  package struct Adoption: Hashable, Sendable {
    package var sequence: UInt64
    package var instrument: InstrumentIndex

    package init(sequence: UInt64, instrument: InstrumentIndex) {
      self.sequence = sequence
      self.instrument = instrument
    }
  }

  private let instruments: [Instrument]
  private let adopted: [Adoption]
  private let partedAt: UInt64?
  private let isSimulated: Bool
  /// Where each of the run's fills lies, by order.
  private let places: [UInt64: [PlacedFill]]

  /// - Parameters:
  ///   - partedAt: the first input that was decided on in another state.
  ///   - isSimulated: whether the two must be alike.
  ///   - places: the run's fills by the sequence of their order.
  ///   - adopted: in the journal's order.
  package init(
    instruments: [Instrument], partedAt: UInt64?, isSimulated: Bool, places: [UInt64: [PlacedFill]],
    adopted: [Adoption] = []
  ) {
    self.instruments = instruments
    self.adopted = adopted
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
      places: places, adopted: walk.adopted)
  }

  /// A row an order, in the run's order; those of the twin alone stand behind.
  package func rows(
    run: [CertifiedOrder], twin: [CertifiedOrder], unexplained: inout [Unexplained]
  ) -> [CertifiedTwin.Row] {
    let pairs = TwinPairs(run: run, twin: twin, isSimulated: isSimulated)
    var rows: [CertifiedTwin.Row] = []
    for (place, order) in run.enumerated() {
      if let partner = pairs.twinOf[place] {
        rows.append(row(order, twin[partner], reason(place, partner, run, twin, pairs), &unexplained))
      } else {
        rows.append(row(order, nil, reason(runAlone: place, run, twin, pairs), &unexplained))
      }
    }
    let taken = Set(pairs.twinOf.compactMap { $0 })
    for (place, order) in twin.enumerated() where !taken.contains(place) {
      rows.append(row(nil, order, reason(twinAlone: place, run, twin, pairs), &unexplained))
    }
    return rows
  }

  private func row(
    _ run: CertifiedOrder?, _ twin: CertifiedOrder?, _ reason: CertifiedTwin.Reason, _ unexplained: inout [Unexplained]
  ) -> CertifiedTwin.Row {
    var row = CertifiedTwin.Row(run: run, twin: twin, reason: reason)
    if let run, let twin { fillCosts(&row, run, twin) }
    guard let instrument = (run ?? twin)?.instrument else { return row }
    switch row.reason {
    case .same, .venueFilled, .duringOutage, .noBar, .ended, .working, .followsFrom: break
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

  // MARK: Of both

  private func reason(
    _ place: Int, _ partner: Int, _ runs: [CertifiedOrder], _ twins: [CertifiedOrder], _ pairs: TwinPairs
  ) -> CertifiedTwin.Reason {
    let (run, twin) = (runs[place], twins[partner])
    if isSimulated {
      return run.fills == twin.fills && run.end == twin.end && run.quantity == twin.quantity ? .same : .differs
    }
    if mustProtectAlike(place, runs, twins, pairs), run.terms != twin.terms {
      guard let event = released(before: run, runs) else { return .differs }
      if run.fills == twin.fills { return .followsFrom(sequence: event) }
    }
    let found = (places[run.sequence] ?? []).map(\.place)
    // Also where the twin filled at the very price: it is the market that has to have had it.
    for place in found { if case .outsideBar = place { return .otherMarket } }
    if run.fills == twin.fills { return isUnknown(run) ? .outcomeUnknown : .same }
    if run.filled >= min(twin.filled, run.quantity), run.filled > .zero {
      for place in found { if case .insideHistoricalBar(let bar) = place { return .duringOutage(bar: bar) } }
      return found.contains(.noBar) ? .noBar : .venueFilled
    }
    if let end = run.end { return .ended(end) }
    return isUnknown(run) ? .outcomeUnknown : .working
  }

  /// Whether one order protects one fill on both sides, and the fills are alike: then it must ask for the same quantity at the same price.
  private func mustProtectAlike(
    _ place: Int, _ runs: [CertifiedOrder], _ twins: [CertifiedOrder], _ pairs: TwinPairs
  ) -> Bool {
    guard let protection = pairs.protection(ofRun: place), protection.run.count == 1, protection.twin.count == 1,
      let entry = pairs.entry(ofRun: runs[place]), let twin = entry.twin
    else { return false }
    return runs[entry.run].fills.count == 1 && runs[entry.run].fills == twins[twin].fills
  }

  // MARK: Of one alone

  private func reason(
    runAlone place: Int, _ runs: [CertifiedOrder], _ twins: [CertifiedOrder], _ pairs: TwinPairs
  ) -> CertifiedTwin.Reason {
    let order = runs[place]
    if isSimulated { return .differs }
    if pairs.superseded.contains(place), let end = order.end { return .ended(end) }
    if pairs.protection(ofRun: place) != nil {
      if let entry = pairs.entry(ofRun: order) {
        guard let twin = entry.twin else { return .followsFrom(sequence: runs[entry.run].sequence) }
        if let event = firstDifference(runs[entry.run], twins[twin]) { return .followsFrom(sequence: event) }
      }
      if let event = released(before: order, runs) { return .followsFrom(sequence: event) }
      return parted(before: order) ?? .differs
    }
    if let parted = parted(before: order) { return parted }
    return order.origin.followsAnswer ? .followsFrom(sequence: order.origin.input) : .differs
  }

  private func reason(
    twinAlone place: Int, _ runs: [CertifiedOrder], _ twins: [CertifiedOrder], _ pairs: TwinPairs
  ) -> CertifiedTwin.Reason {
    let order = twins[place]
    if isSimulated { return .differs }
    if pairs.protection(ofTwin: place) != nil, let entry = pairs.entry(ofTwin: order) {
      // The twin's own entry stands in the table, with what explains it.
      guard let run = entry.run else { return .followsFrom(sequence: twins[entry.twin].origin.input) }
      if let event = firstDifference(runs[run], twins[entry.twin]) { return .followsFrom(sequence: event) }
    }
    return parted(before: order) ?? .differs
  }

  /// What gave an order units to protect besides its entry's, from that on: the end of an older order that protected in the same way, or an adoption; or what kept units
  /// from it: an order of the same side that worked then, because the venue hadn't answered yet that it ends for another.
  private func released(before order: CertifiedOrder, _ runs: [CertifiedOrder]) -> UInt64? {
    let entry = order.origin.entry ?? 0
    func isBetween(_ event: UInt64) -> Bool { event > entry && event < order.sequence }
    let older = runs.last {
      $0.purpose == order.purpose && $0.instrument == order.instrument && $0.side == order.side
        && $0.sequence < order.sequence && ($0.endSequence.map(isBetween) ?? false)
    }
    let adoption = adopted.last { $0.instrument == order.instrument && isBetween($0.sequence) }
    let closing = runs.last {
      !$0.purpose.isProtective && $0.instrument == order.instrument && $0.side == order.side
        && $0.sequence < order.sequence && ($0.endSequence ?? .max) > order.sequence
        && ($0.filled < $0.quantity || ($0.fillSequences.last ?? 0) > order.sequence)
    }
    return older?.endSequence ?? adoption?.sequence ?? closing?.sequence
  }

  /// The first input that was decided on in another state, where the order follows from that one or a later one.
  private func parted(before order: CertifiedOrder) -> CertifiedTwin.Reason? {
    partedAt.flatMap { $0 <= order.origin.input ? .followsFrom(sequence: $0) : nil }
  }

  /// The event of the run by which an order fared otherwise than the twin's; nil where both filled alike.
  private func firstDifference(_ run: CertifiedOrder, _ twin: CertifiedOrder) -> UInt64? {
    if run.fills == twin.fills { return nil }
    for (place, fill) in run.fills.enumerated() where place >= twin.fills.count || fill != twin.fills[place] {
      return run.fillSequences[place]
    }
    // It filled less.
    return run.endSequence ?? run.fillSequences.last ?? run.sequence
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
