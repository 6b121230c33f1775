import Market

extension CanonicalText {
  /// Instruments written out whole, so that no catalogue is asked when this text is read again. What providers call them decides nothing
  /// and is left out.
  static func instruments(_ instruments: [LiveInstrument]) -> CanonicalText {
    .list(instruments.map(\.instrument.canonical))
  }
}

extension Instrument {
  fileprivate var canonical: CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      ("symbol", .text(symbol)),
      ("class", .text(assetClass.word)),
      ("currency", .text(currency.description)),
      ("tick", .amount(Int128(tickSize.nanos))),
      ("lot", .units(lotSize)),
      ("calendar", .text(calendar.word)),
    ]
    if multiplierNanos != FixedPoint.unit { entries.append(("multiplier", .amount(Int128(multiplierNanos)))) }
    if !venue.isEmpty { entries.append(("market", .text(venue))) }
    if !sector.isEmpty { entries.append(("sector", .text(sector))) }
    return .object(entries)
  }
}
