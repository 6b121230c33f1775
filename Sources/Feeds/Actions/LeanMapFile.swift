import Events
import Market

/// Changes of symbol and the end of a listing from LEAN's map files.
///
/// Rows `yyyyMMdd,symbol[,exchange[,mode]]`, oldest first: a symbol holds up to and including its date. The first row is the first day of the listing;
/// a last row before 2050 is its last day. The file's name is what the instrument is called for ever.
struct LeanMapFile {
  let symbol: String
  let path: String
  private var reading = ActionReading()

  init(symbol: String, path: String) {
    self.symbol = symbol
    self.path = path
  }

  mutating func read(_ lines: [ActionLine]) -> ActionReading {
    var rows: [(date: CivilDate, symbol: String, line: Int)] = []
    for line in lines {
      guard line.fields.count >= 2, !line.fields[1].isEmpty else {
        fault(line.number, "symbol", line.text, .missing)
        continue
      }
      guard let date = ActionText.compactDate(line.fields[0]) else {
        fault(line.number, "date", line.fields[0], .notA("date of the form yyyyMMdd"))
        continue
      }
      if let last = rows.last, date <= last.date {
        fault(line.number, "date", line.fields[0], .outOfOrder)
        continue
      }
      rows.append((date, line.fields[1].uppercased(), line.number))
    }
    if let first = rows.first {
      // What traded under the name before its first day was another company: a ticker is not an instrument.
      reading.terms.append(
        ActionTerms(symbol: symbol, exDate: first.date, type: .delistingAtLast, path: path, line: first.line))
    }
    for (row, next) in zip(rows, rows.dropFirst()) where row.symbol != next.symbol {
      reading.terms.append(
        ActionTerms(
          symbol: symbol, exDate: row.date.adding(days: 1), type: .symbolChange, newSymbol: next.symbol, path: path,
          line: next.line))
    }
    if let last = rows.last, last.date.year < 2050 {
      reading.terms.append(
        ActionTerms(
          symbol: symbol, exDate: last.date.adding(days: 1), type: .delistingAtLast, path: path, line: last.line))
    }
    return reading
  }

  private mutating func fault(_ line: Int, _ field: String, _ text: String, _ reason: ActionFault.Reason) {
    reading.faults.append(ActionFault(path: path, line: line, field: field, text: text, reason: reason))
  }
}
