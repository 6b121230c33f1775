import Market

/// What a profile says about the instruments that are traded: picked from the catalogue, written out, or both.
extension ProfileReader {
  static let instrumentKeys = [
    "symbol", "market", "class", "currency", "tick", "lot", "multiplier", "calendar", "sector", "names",
  ]
  /// An item that has all of these is its own: the catalogue isn't asked about it.
  private static let instrumentKeysNeeded = ["class", "currency", "tick", "lot", "calendar"]
  /// Providers that may have another name for an instrument.
  private static let providers = ["yahoo", "binance"]
  private static let step = NumberRule(low: 0, isLowIncluded: false, high: 1_000_000 * Int128(FixedPoint.unit))
  private static let multiplier: ClosedRange<Int64> = 1...1_000_000

  /// Instruments in the order of the list. One that several items pick stands once, where it was picked first; one that an item
  /// of its own names is as that item says, wherever lists and sectors have it.
  mutating func instruments(_ value: ProfileValue) -> [LiveInstrument] {
    guard let items = value.items else {
      noteUnfit(value, .instruments)
      return []
    }
    if items.isEmpty { note(.emptyList(expected: .instrument), at: value) }
    if items.count > ProfileReader.symbolCountMax {
      note(.tooMany(count: items.count, countMax: ProfileReader.symbolCountMax), at: value)
      return []
    }
    var read: [LiveInstrument] = []
    var firstLines: [String: Int] = [:]
    for item in items {
      if let members = members(item) {
        for member in members where !read.contains(where: { $0.instrument.symbol == member.instrument.symbol }) {
          read.append(member)
        }
        continue
      }
      guard let instrument = item.text == nil ? written(item) : picked(item) else { continue }
      let symbol = instrument.instrument.symbol
      if let firstLine = firstLines[symbol] {
        note(.repeatedInstrument(symbol, firstLine: firstLine), at: item)
        continue
      }
      firstLines[symbol] = item.place.line
      if let place = read.firstIndex(where: { $0.instrument.symbol == symbol }) {
        read[place] = instrument
      } else {
        read.append(instrument)
      }
    }
    return read
  }

  /// What `list:NAME`, `sector:NAME` or `{list: NAME, sector: NAME}`, which is what both have, pick; nil where the item is no such pick.
  private mutating func members(_ value: ProfileValue) -> [LiveInstrument]? {
    if let text = value.text {
      guard text.contains(":") else { return nil }
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      switch parts[0] {
      case "list": return members(ofList: parts[1], at: value)
      case "sector": return members(ofSector: parts[1], at: value)
      default:
        noteUnfit(value, .instrument)
        return []
      }
    }
    guard value.pairs(source)?.contains(where: { $0.key == "list" }) == true else { return nil }
    guard let mapping = mapping(value, keys: ["list", "sector"]), let list = mapping["list"] else { return [] }
    guard let name = symbol(list) else { return [] }
    let members = members(ofList: name, at: list)
    guard let written = mapping["sector"], let sector = symbol(written), !members.isEmpty else { return members }
    let both = members.filter { $0.instrument.sector == sector }
    if both.isEmpty {
      let known = Set(members.map(\.instrument.sector)).sorted()
      note(.notInCatalogue(.sectorOfList(name), sector, known: known), at: written)
    }
    return both
  }

  private mutating func members(ofList name: String, at value: ProfileValue) -> [LiveInstrument] {
    let members = InstrumentCatalogue.builtIn.members(ofList: name)
    if members.isEmpty { note(.notInCatalogue(.list, name, known: InstrumentCatalogue.builtIn.lists), at: value) }
    return members
  }

  private mutating func members(ofSector name: String, at value: ProfileValue) -> [LiveInstrument] {
    let members = InstrumentCatalogue.builtIn.members(ofSector: name)
    if members.isEmpty { note(.notInCatalogue(.sector, name, known: InstrumentCatalogue.builtIn.sectors), at: value) }
    return members
  }

  /// A symbol of the catalogue.
  private mutating func picked(_ value: ProfileValue) -> LiveInstrument? {
    guard let symbol = symbol(value) else { return nil }
    let catalogue = InstrumentCatalogue.builtIn
    if let instrument = catalogue[symbol] { return instrument }
    note(.notInCatalogue(.symbol, symbol, known: catalogue.symbols), at: value)
    return nil
  }

  /// An instrument that is written out; what is left out of one that the catalogue has is as there.
  private mutating func written(_ value: ProfileValue) -> LiveInstrument? {
    guard let mapping = mapping(value, keys: ProfileReader.instrumentKeys, expected: .instrument) else { return nil }
    let isWhole = ProfileReader.instrumentKeysNeeded.allSatisfy { mapping[$0] != nil }
    let known = isWhole ? nil : mapping["symbol"]?.text.flatMap { InstrumentCatalogue.builtIn[$0] }
    return instrument(mapping, else: known)
  }

  /// - Parameter known: what holds where the mapping says nothing.
  mutating func instrument(_ mapping: ProfileMapping, else known: LiveInstrument? = nil) -> LiveInstrument? {
    let other = known?.instrument
    let symbol = required("symbol", in: mapping, .symbol).flatMap { self.symbol($0) }
    let assetClass = value("class", in: mapping, .word(ProfileReader.classWords.map(\.word)), other?.assetClass) {
      $0.word($1, ProfileReader.classWords)
    }
    let currency = value("currency", in: mapping, .currency, other?.currency) { $0.currency($1) }
    let tick = value("tick", in: mapping, .number(ProfileReader.step), other.map { Int128($0.tickSize.nanos) }) {
      $0.number($1, ProfileReader.step)
    }
    let lot = value("lot", in: mapping, .number(ProfileReader.step), other.map { Int128($0.lotSize.nanos) }) {
      $0.number($1, ProfileReader.step)
    }
    let calendar = value("calendar", in: mapping, .word(ProfileReader.calendarWords.map(\.word)), other?.calendar) {
      $0.word($1, ProfileReader.calendarWords)
    }
    let multiplier =
      mapping["multiplier"].flatMap { integer($0, ProfileReader.multiplier) }.map { $0 * FixedPoint.unit }
      ?? other?.multiplierNanos
    let market = mapping["market"].map { self.symbol($0) ?? "" } ?? other?.venue
    let sector = mapping["sector"].map { self.symbol($0) ?? "" } ?? other?.sector
    let names = mapping["names"].map { providerNames($0) } ?? known?.names
    guard let symbol, let assetClass, let currency, let tick, let lot, let calendar else { return nil }
    do throws(InstrumentError) {
      let instrument = try Instrument(
        symbol: symbol, venue: market ?? "", assetClass: assetClass, currency: currency,
        tickSize: Price(nanos: Int64(tick)), lotSize: Quantity(nanos: Int64(lot)),
        multiplierNanos: multiplier ?? FixedPoint.unit, sector: sector ?? "", calendar: calendar)
      return LiveInstrument(instrument: instrument, names: names ?? [])
    } catch {
      invariant(false, "what was read is above zero and not empty")
      return nil
    }
  }

  /// What stands under a key, or `other`; one of them must be there.
  private mutating func value<T>(
    _ key: String, in mapping: ProfileMapping, _ expected: ProfileExpectation, _ other: T?,
    _ read: (inout ProfileReader, ProfileValue) -> T?
  ) -> T? {
    if mapping[key] == nil, let other { return other }
    return required(key, in: mapping, expected).flatMap { read(&self, $0) }
  }

  private mutating func providerNames(_ value: ProfileValue) -> [ProviderName] {
    guard let mapping = mapping(value, keys: ProfileReader.providers) else { return [] }
    var names: [ProviderName] = []
    for (provider, written) in mapping.entries {
      if let symbol = symbol(written) { names.append(ProviderName(provider: provider, symbol: symbol)) }
    }
    return names
  }
}
