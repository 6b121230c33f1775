package import Journal
package import Market

/// What an import did.
package struct ImportReport: Hashable, Sendable {
  package let specification: String
  /// In the order of the command line.
  package let inputs: [String]
  /// As stored: packed files count packed.
  package let inputBytes: UInt64
  package let rows: Int
  package let bars: Int
  /// Left out because the specification or the command says so.
  package let quarantined: BadRowList
  /// Bars during which the calendar has no trading: kept or left out, as `outsideSessionPolicy` says. Daily bars on `irregularDates` are among them.
  package let outsideSession: BadRowList
  package let outsideSessionPolicy: OutsideSession
  package let blankLines: Int
  /// Rows of symbols that weren't asked for.
  package let notWantedRows: Int
  /// Dates with bars that the calendar has no session for; kept with regular hours.
  package let irregularDates: IrregularDates
  /// Bars whose volume is zero because none was given: no volume column, or nothing in it.
  package let barsWithoutVolume: Int
  /// As the specification declares it.
  package let tickSize: Price
  /// Bars whose prices were compared with the tick size: the first 4,096 of each symbol.
  package let tickChecked: Int
  /// Of those, bars with a price that is no multiple of the tick size.
  package let offTickBars: Int
  /// The largest power of ten, not above `tickSize`, of which all prices compared are multiples; nil where `tickSize` fits.
  package let fittingTick: Price?
  /// In the order of the journal's instruments.
  package let symbols: [ImportedSymbol]
  package let firstOpen: Timestamp
  /// When the last bar became known.
  package let lastKnown: Timestamp
  package let runID: [UInt8]
  package let inputsDigest: [UInt8]
  package let journal: JournalSummary
}

/// One instrument of an import.
package struct ImportedSymbol: Hashable, Sendable {
  package let symbol: String
  package var bars: Int
  package var firstOpen: Timestamp
  package var lastKnown: Timestamp
}
