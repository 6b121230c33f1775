package import Events
package import Market

extension Profile {
  /// The instruments of a run over a journal's bars, and where each of the journal's goes; nil where all pass unchanged.
  ///
  /// Which: the universe's, in its order; where it is `all`, those that the profile lists, and where it lists none, the journal's. An instrument that
  /// the profile describes is as it says, any other as the journal says.
  ///
  /// - Throws: `RunError.unknownSymbols` with those that the journal has no bars of.
  package func instruments(
    of source: RunStarted, path: String
  ) throws(RunError) -> (instruments: [Instrument], places: [InstrumentIndex?]?) {
    let described = live?.instruments.map(\.instrument) ?? []
    let symbols: [String]
    switch universe {
    case .symbols(let named): symbols = named
    case .all where described.isEmpty: return (source.instruments, nil)
    case .all: symbols = described.map(\.symbol)
    }
    let available = source.instruments.map(\.symbol)
    let missing = symbols.filter { !available.contains($0) }
    if !missing.isEmpty { throw .unknownSymbols(missing, path: path, available: available) }
    var places = [InstrumentIndex?](repeating: nil, count: available.count)
    var instruments: [Instrument] = []
    for symbol in symbols {
      for (index, name) in available.enumerated() where name == symbol && places[index] == nil {
        places[index] = InstrumentIndex(instruments.count)
        instruments.append(described.first { $0.symbol == symbol } ?? source.instruments[index])
      }
    }
    return (instruments, places)
  }
}
