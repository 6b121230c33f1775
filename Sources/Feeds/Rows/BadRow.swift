package import Market

/// A row that can't become a bar: where it stands and why.
package struct BadRow: Hashable, Sendable {
  package let path: String
  /// Counted from 1, the header included.
  package let line: Int
  package let fault: RowFault
}

/// Why a row is no bar.
package enum RowFault: Hashable, Sendable {
  /// The row ends before a column that is needed; both counted from 1.
  case fieldMissing(ColumnRole, position: Int, fieldCount: Int)
  case tooManyFields(limit: Int)
  case empty(ColumnRole)
  case notADecimal(ColumnRole, text: String)
  case tooPrecise(ColumnRole, text: String)
  /// A price with a decimal point where `price_decimals` says that prices are whole numbers.
  case decimalPoint(ColumnRole, text: String, impliedDecimals: Int)
  case outOfRange(ColumnRole, text: String)
  case notATime(ColumnRole, text: String, format: TimeFormat)
  /// The time is one, but not from 1678 to 2262.
  case timeOutOfRange(ColumnRole, text: String)
  case symbolInvalid(text: String)
  case volumeNegative(Quantity)
  case highBelow(ColumnRole, high: Price, other: Price)
  case lowAbove(ColumnRole, low: Price, other: Price)
  case duplicate(openTime: Timestamp, previous: RowPlace)
  case outOfOrder(openTime: Timestamp, previousOpen: Timestamp, previous: RowPlace)
  /// The calendar has no trading during the bar, or only before or after regular hours where those alone are expected.
  case outsideSession(openTime: Timestamp, phase: MarketPhase, calendar: CalendarName, remark: String?)
  /// Opens before the bar before it has closed: the bar length of the specification is too long, or the rows overlap.
  case overlaps(openTime: Timestamp, previousClose: Timestamp, previous: RowPlace)
}

/// Bad rows in the order of files and lines: the first of them, and how many there are.
package struct BadRowList: Hashable, Sendable {
  package private(set) var first: [BadRow] = []
  package private(set) var count = 0
  private let cap: Int

  package static let shownMax = 20

  init(cap: Int = BadRowList.shownMax) { self.cap = cap }

  mutating func append(_ row: @autoclosure () -> BadRow) {
    count += 1
    if first.count < cap { first.append(row()) }
  }

  /// Whether one more would still be listed.
  var hasRoom: Bool { first.count < cap }

  /// Counts a row that isn't listed.
  mutating func count(unlisted rowCount: Int) { count += rowCount }

  /// Takes over what was found in a later file.
  mutating func append(_ other: BadRowList) {
    count += other.count
    first.append(contentsOf: other.first.prefix(cap - first.count))
  }
}
