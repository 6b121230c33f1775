import Market

/// Instruments that a profile can pick by symbol, sector or list instead of writing them out.
///
/// What is picked is written out in the canonical profile, so that a later catalogue changes no run that was.
package struct InstrumentCatalogue: Sendable {
  /// In the order of the catalogue's lists and of each list. No symbol stands twice.
  package let entries: [Entry]

  package struct Entry: Sendable {
    package let list: String
    package let instrument: LiveInstrument
  }

  /// What comes along.
  package static let builtIn: InstrumentCatalogue = {
    do throws(ProfileError) {
      return try InstrumentCatalogue(BuiltInInstruments.all)
    } catch {
      preconditionFailure("the catalogue that is compiled in can be read: \(error)")
    }
  }()

  /// Names of the lists, in order.
  package var lists: [String] { unique(entries.map(\.list)) }
  /// Names of the sectors, by the alphabet.
  package var sectors: [String] { unique(entries.map(\.instrument.instrument.sector).filter { !$0.isEmpty }).sorted() }
  package var symbols: [String] { entries.map(\.instrument.instrument.symbol) }

  package subscript(_ symbol: String) -> LiveInstrument? {
    entries.first { $0.instrument.instrument.symbol == symbol }?.instrument
  }

  package func members(ofList list: String) -> [LiveInstrument] {
    entries.filter { $0.list == list }.map(\.instrument)
  }

  package func members(ofSector sector: String) -> [LiveInstrument] {
    entries.filter { $0.instrument.instrument.sector == sector }.map(\.instrument)
  }

  private func unique(_ words: [String]) -> [String] {
    var found: [String] = []
    for word in words where !found.contains(word) { found.append(word) }
    return found
  }
}

extension InstrumentCatalogue {
  /// Reads lists of YAML.
  ///
  /// - Throws: `ProfileError` with all problems of the first file that has any.
  package init(_ files: [(name: String, yaml: String)]) throws(ProfileError) {
    var entries: [Entry] = []
    for file in files {
      let source: ProfileSource
      do throws(ProfileSource.Failure) { source = try ProfileSource(yaml: file.yaml) } catch {
        let problem = ProfileProblem(
          line: error.place.line, column: error.place.column, path: "", fault: error.fault)
        throw ProfileError(file: file.name, problems: [problem])
      }
      var reader = ProfileReader(source: source)
      let known = entries.map(\.instrument.instrument.symbol)
      entries += reader.catalogueList(known: known)
      guard reader.problems.isEmpty else { throw ProfileError(file: file.name, problems: reader.problems) }
    }
    self.entries = entries
  }
}

extension ProfileReader {
  /// A list of the catalogue: its name, what all of its instruments have in common, and what each has beside or instead.
  ///
  /// - Parameter known: symbols of the lists before.
  mutating func catalogueList(known: [String]) -> [InstrumentCatalogue.Entry] {
    let whole = ProfileValue(node: source.root, keyPlace: ProfileSource.Place(line: 1, column: 1), path: "")
    guard let root = mapping(whole, keys: ["list", "each", "instruments"]) else { return [] }
    let name = required("list", in: root, .name).flatMap { self.name($0) }
    let shared = root["each"].flatMap { mapping($0, keys: ProfileReader.instrumentKeys) }
    let list = required("instruments", in: root, .instruments)
    guard let name, let items = list?.items else { return [] }
    var entries: [InstrumentCatalogue.Entry] = []
    for item in items {
      guard var mapping = mapping(item, keys: ProfileReader.instrumentKeys, expected: .instrument) else { continue }
      mapping.entries += shared?.entries.filter { mapping[$0.key] == nil } ?? []
      guard let instrument = instrument(mapping) else { continue }
      let symbol = instrument.instrument.symbol
      if known.contains(symbol) || entries.contains(where: { $0.instrument.instrument.symbol == symbol }) {
        note(.repeatedInstrument(symbol, firstLine: nil), at: item)
      }
      entries.append(InstrumentCatalogue.Entry(list: name, instrument: instrument))
    }
    return entries
  }
}
