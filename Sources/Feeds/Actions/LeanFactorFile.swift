import Events
import Market

/// Splits and dividends from LEAN's factor files.
///
/// Rows `yyyyMMdd,price factor,split factor,reference price`, oldest first: the factors of a row hold up to and including its date, the last trading
/// day before an ex-date; the reference price is that day's close. A step of price factors p to p′ is a dividend of close × (1 − p ÷ p′), a
/// step of split factors s to s′ a split of s′ ÷ s new units for one. Both on one day are told for the old unit, so the dividend comes first.
struct LeanFactorFile {
  private struct Row {
    var date: CivilDate
    /// Nanos.
    var price: Int64
    var split: Int64
    var close: Int64
    var line: Int
  }
  /// Factors have seven decimals: half of the last one.
  private static let half: Int128 = 50

  let symbol: String
  let path: String
  let unusual: UnusualRatio
  private var reading = ActionReading()

  init(symbol: String, path: String, unusual: UnusualRatio) {
    self.symbol = symbol
    self.path = path
    self.unusual = unusual
  }

  mutating func read(_ lines: [ActionLine]) -> ActionReading {
    var rows: [Row] = []
    for line in lines {
      guard let row = row(line) else { continue }
      if let last = rows.last, row.date <= last.date {
        fault(line.number, "date", line.fields[0], .outOfOrder)
      } else {
        rows.append(row)
      }
    }
    for (row, next) in zip(rows, rows.dropFirst()) {
      guard let session = nextSession(after: row.date) else {
        fault(row.line, "date", "\(row.date)", .impossible("no session follows it"))
        continue
      }
      dividend(row, next, session)
      split(row, next, session)
    }
    return reading
  }

  private mutating func row(_ line: ActionLine) -> Row? {
    // LEAN skips such rows: nothing before them is usable.
    if line.text.contains("inf") || line.text.contains("e+") { return nil }
    guard line.fields.count == 4 else {
      fault(line.number, "row", line.text, .notA("row of date, price factor, split factor and reference price"))
      return nil
    }
    guard let date = ActionText.compactDate(line.fields[0]) else {
      fault(line.number, "date", line.fields[0], .notA("date of the form yyyyMMdd"))
      return nil
    }
    let names = ["price factor", "split factor", "reference price"]
    var values: [Int64] = []
    for (name, text) in zip(names, line.fields.dropFirst()) {
      guard let nanos = ActionText.nanos(text), nanos >= 0, nanos > 0 || name == "reference price" else {
        fault(line.number, name, text, .notA("positive decimal"))
        return nil
      }
      values.append(nanos)
    }
    return Row(date: date, price: values[0], split: values[1], close: values[2], line: line.number)
  }

  private mutating func dividend(_ row: Row, _ next: Row, _ session: CivilDate) {
    if row.price == next.price { return }
    guard row.close > 0, row.price < next.price else {
      let problem = row.close == 0 ? "a dividend needs a reference price" : "it falls, and no dividend is negative"
      return fault(row.line, row.close == 0 ? "reference price" : "price factor", "", .impossible(problem))
    }
    // The last row's 1 is exact.
    let later = next.price == FixedPoint.unit ? 0 : LeanFactorFile.half
    func amount(_ part: Int128, _ whole: Int128) -> Int128 { Int128(row.close) * (whole - part) / whole }
    let low = amount(Int128(row.price) + LeanFactorFile.half, Int128(next.price) - later)
    let high = amount(Int128(row.price) - LeanFactorFile.half, Int128(next.price) + later)
    guard let cash = ShortestDecimal.within(low, high), cash > 0 else {
      return fault(row.line, "price factor", FixedPoint.text(nanos: row.price), .impossible("its step is no dividend"))
    }
    reading.terms.append(
      ActionTerms(symbol: symbol, exDate: session, type: .cashDividend, cash: cash, path: path, line: row.line))
  }

  private mutating func split(_ row: Row, _ next: Row, _ session: CivilDate) {
    if row.split == next.split { return }
    var terms = ActionTerms(symbol: symbol, exDate: session, type: .split, path: path, line: row.line)
    if let ratio = SmallRatio.of(Double(next.split) / Double(row.split)) {
      (terms.numerator, terms.denominator) = (ratio.new, ratio.old)
    } else {
      let found = ActionFault(
        path: path, line: row.line, field: "split factor", text: FixedPoint.text(nanos: row.split),
        reason: .unusualRatio(FixedPoint.text(nanos: next.split)))
      switch unusual {
      case .refuse: return reading.faults.append(found)
      case .leaveOut: return reading.leftOut.append(found)
      case .stockDividend:
        (terms.numerator, terms.denominator) = SmallRatio.reduced(UInt64(next.split), UInt64(row.split))
      }
    }
    reading.terms.append(terms)
  }

  /// US listings alone have such files.
  private func nextSession(after date: CivilDate) -> CivilDate? {
    let calendar = TradingCalendar(.xnys)
    var day = date
    for _ in 0..<15 {
      if day.year >= 2260 { return nil }
      day = day.adding(days: 1)
      if calendar.session(on: day) != nil { return day }
    }
    return nil
  }

  private mutating func fault(_ line: Int, _ field: String, _ text: String, _ reason: ActionFault.Reason) {
    reading.faults.append(ActionFault(path: path, line: line, field: field, text: text, reason: reason))
  }
}
