package import Journal
package import Market

/// A call of the operating system that failed.
package struct SystemFailure: Hashable, Sendable {
  package let call: String
  package let path: String
  package let errno: Int32
}

/// Why nothing was imported. Nothing was written to the destination in any case. Texts: `ImportError+Text.swift`.
package enum ImportError: Error, Hashable, Sendable {
  case inputsMissing
  case system(SystemFailure)
  case inputIsFolder(path: String)
  /// The same file stands twice on the command line.
  case inputTwice(path: String)
  /// The file is another one than when it was looked through.
  case inputChanged(path: String)
  case specificationUnknown(name: String, nearest: String?, known: [String])
  case specificationFaulty(path: String, faults: [SpecificationFault])
  case specificationNotText(path: String)
  /// Neither one symbol for all files nor one for each.
  case symbolCount(symbols: Int, files: Int)
  case symbolInvalid(symbol: String)
  /// Standard input has no name to take a symbol from.
  case symbolMissing(path: String)
  case symbolTwice(symbol: String)
  /// Symbols were asked for that a file with a symbol column doesn't have.
  case symbolsNotFound(symbols: [String], path: String)
  case tooManySymbols(limit: Int)
  case dateMissingInFileName(path: String)
  case headerMissing(path: String)
  case headerColumnMissing(path: String, line: Int, role: ColumnRole, wanted: [String], found: [String])
  case headerColumnTwice(path: String, line: Int, name: String)
  case lineTooLong(path: String, line: Int, bytesMax: Int)
  case compressionCut(path: String, format: CompressionFormat)
  case compressionDamaged(path: String, format: CompressionFormat, code: Int)
  case badRows(BadRowList)
  /// Rows that were read well, but whose bars lie outside the calendar's sessions.
  case outsideSession(BadRowList, calendar: CalendarName)
  /// Nothing to import: no file held a row.
  case noBars(paths: [String], rows: Int)
  case outputExists(path: String)
  /// A device, a pipe or a folder: nothing that a finished journal could be moved to.
  case outputNotAFile(path: String)
  case journal(JournalError)
}

/// How an input is packed, by its first bytes.
package enum CompressionFormat: String, Sendable {
  case none = "plain text"
  case gzip = "gzip"
  case zstd = "zstd"
}
