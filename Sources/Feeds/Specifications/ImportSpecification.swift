package import Market

/// Which clock the times of a file were read from, where they don't say themselves.
package enum ImportZone: String, CaseIterable, Sendable {
  case utc = "UTC"
  case newYork = "America/New_York"
}

/// Which end of a bar the written time names.
package enum BarStamp: String, CaseIterable, Sendable {
  case open = "open"
  case close = "close"
}

/// How long a bar lasts.
package enum BarLength: Hashable, Sendable {
  /// From the open to the close of the calendar's session on the written date.
  case session
  /// A fixed number of nanoseconds.
  case nanos(Int64)
}

/// What happens to digits behind the ninth decimal.
package enum ExcessDecimals: String, CaseIterable, Sendable {
  case refuse = "refuse"
  /// Half to even; for files that print binary floating point.
  case round = "round"
}

/// What a missing volume means.
package enum MissingVolume: String, CaseIterable, Sendable {
  case zero = "zero"
  case refuse = "refuse"
}

/// What happens to a row that can't be read.
package enum BadRows: String, CaseIterable, Sendable {
  /// All are listed, and nothing is written.
  case refuse = "refuse"
  /// They are left out, counted and listed.
  case quarantine = "quarantine"
}

/// Which of a calendar's hours a file's bars are expected in.
package enum ExpectedHours: String, CaseIterable, Sendable {
  /// Pre- and post-market, too.
  case extended = "extended"
  case regular = "regular"
}

/// What happens to a bar during which its calendar has no trading at all.
package enum OutsideSession: String, CaseIterable, Sendable {
  /// It is kept, counted and listed; a daily bar gets the hours of a regular day.
  case flag = "flag"
  /// It is left out, counted and listed.
  case quarantine = "quarantine"
  /// All are listed, and nothing is written.
  case refuse = "refuse"
}

/// Where the symbol of a file without a symbol column comes from, if the command names none.
package enum SymbolSource: String, CaseIterable, Sendable {
  case fileName = "file_name"
  case folderName = "folder_name"
}

/// A column, by one of several names in the header or by its place.
package enum ColumnReference: Hashable, Sendable {
  /// The first of these that the header has counts; letters' case doesn't.
  case names([String])
  /// Counted from 1.
  case position(Int)
}

/// What each column of a file means.
package enum ColumnRole: String, BitwiseCopyable, CaseIterable, Sendable {
  case date = "date"
  case time = "time"
  case open = "open"
  case high = "high"
  case low = "low"
  case close = "close"
  case volume = "volume"
  case symbol = "symbol"
  /// Known so that a specification can name it; never read: adjusted prices don't enter a journal.
  case adjustedClose = "adjusted_close"

  package var isRequired: Bool {
    switch self {
    case .time, .open, .high, .low, .close: true
    case .date, .volume, .symbol, .adjustedClose: false
    }
  }
}

/// How to read a kind of text file as bars: everything that the file itself doesn't say.
///
/// Read from YAML (`ImportSpecification+Parsing.swift`), named in a journal by the SHA-256 of its canonical form.
///
/// - Invariant: the rules of `SpecificationReader.check` hold; only the reader makes values of this type.
package struct ImportSpecification: Hashable, Sendable {
  /// For people; no part of the canonical form.
  package var name: String
  package var hasHeader: Bool
  package var delimiter: UInt8
  /// By the order of `ColumnRole.allCases`.
  package var columns: [ColumnRole: ColumnReference]
  package var timeFormat: TimeFormat
  /// The form of the date column; nil where there is none.
  package var dateFormat: TimeFormat?
  package var zone: ImportZone
  package var stamp: BarStamp
  /// Digits by which written prices are to be shifted right, 0 … 9.
  package var priceDecimals: Int
  package var excessDecimals: ExcessDecimals
  package var barLength: BarLength
  package var calendar: CalendarName
  package var assetClass: AssetClass
  package var venue: String
  package var currency: Currency
  package var tickSize: Price
  package var lotSize: Quantity
  package var missingVolume: MissingVolume
  package var badRows: BadRows
  package var hours: ExpectedHours
  package var outsideSession: OutsideSession
  package var symbolSource: SymbolSource

  package var hasSymbolColumn: Bool { columns[.symbol] != nil }

  /// The date is to be found in the file's name.
  package var needsDateInFileName: Bool { timeFormat.content == .timeOfDay && dateFormat == nil }
}
