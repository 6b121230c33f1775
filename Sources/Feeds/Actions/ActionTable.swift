import Events
import Market

/// Corporate actions from CSV with a header, an action a row, in any order of columns.
///
/// | column | |
/// |---|---|
/// | `symbol`, `ex_date` (`2014-06-09`), `type` | always |
/// | `ratio`, `new:old` | split: `7:1`, `1:8`; units of `other` for units held in a spin-off or merger |
/// | `cash` | currency a unit: dividends; mergers and delistings, where it may be 0 |
/// | `price` | what a unit of `other` is worth: spin-off always; merger where `other` isn't among the bars |
/// | `other` | the symbol whose units are given |
/// | `new_symbol` | change of symbol |
struct ActionTable {
  static let columns = ["symbol", "ex_date", "type", "ratio", "cash", "price", "other", "new_symbol"]

  private struct Needs {
    var required: Set<String>
    var optional: Set<String> = []
  }

  let path: String
  private var reading = ActionReading()

  init(path: String) { self.path = path }

  mutating func read(_ lines: [ActionLine]) -> ActionReading {
    guard let header = lines.first else { return reading }
    var places: [String: Int] = [:]
    for (place, name) in header.fields.enumerated() {
      guard ActionTable.columns.contains(name) else {
        let nearest = NearestName.of(name, among: ActionTable.columns)
        fault(header.number, "column", name, .unknownWord(nearest: nearest, known: ActionTable.columns))
        continue
      }
      if places.updateValue(place, forKey: name) != nil {
        fault(header.number, "column", name, .impossible("it stands twice in the header"))
      }
    }
    for name in ["symbol", "ex_date", "type"] where places[name] == nil { fault(header.number, name, "", .missing) }
    if !reading.faults.isEmpty { return reading }
    for line in lines.dropFirst() {
      if line.fields.count != header.fields.count {
        fault(
          line.number, "row", line.text,
          .notA("row of \(header.fields.count) columns, as the header has; it has \(line.fields.count)"))
        continue
      }
      var values: [String: String] = [:]
      for (name, place) in places where !line.fields[place].isEmpty { values[name] = line.fields[place] }
      if let terms = terms(values, line.number) { reading.terms.append(terms) }
    }
    return reading
  }

  private mutating func terms(_ values: [String: String], _ line: Int) -> ActionTerms? {
    let before = reading.faults.count
    for name in ["symbol", "ex_date", "type"] where values[name] == nil { fault(line, name, "", .missing) }
    guard let symbol = values["symbol"], let dateText = values["ex_date"], let word = values["type"] else { return nil }
    let words = CorporateActionType.allCases.map(\.word)
    guard let type = CorporateActionType.allCases.first(where: { $0.word == word }) else {
      fault(line, "type", word, .unknownWord(nearest: NearestName.of(word, among: words), known: words))
      return nil
    }
    let date = ActionText.date(dateText)
    if date == nil { fault(line, "ex_date", dateText, .notA("date of the form yyyy-MM-dd")) }
    let needs = ActionTable.needs(type, hasRatio: values["ratio"] != nil)
    for name in ActionTable.columns.dropFirst(3) {
      if needs.required.contains(name), values[name] == nil { fault(line, name, "", .missing) }
      if let text = values[name], !needs.required.contains(name), !needs.optional.contains(name) {
        fault(line, name, text, .notOf(type: word))
      }
    }
    var terms = ActionTerms(
      symbol: symbol, exDate: date ?? CivilDate(daysSinceEpoch: 0), type: type, path: path, line: line)
    if let text = values["ratio"] {
      if let ratio = ActionTable.ratio(text) {
        (terms.numerator, terms.denominator) = ratio
      } else {
        fault(line, "ratio", text, .notA("ratio of two positive whole numbers such as 7:1"))
      }
    } else if type == .merger {
      terms.numerator = 0
    }
    if let text = values["cash"] { terms.cash = amount(text, line, "cash", allowsZero: type == .delisting) }
    if let text = values["price"] { terms.price = amount(text, line, "price", allowsZero: false) }
    terms.other = values["other"]
    terms.newSymbol = values["new_symbol"] ?? ""
    if type == .merger, terms.numerator > 0, terms.other == nil, terms.price == 0 {
      fault(
        line, "other", "", .impossible("units of nothing: name the other symbol, or a price at which they are sold"))
    }
    return reading.faults.count == before ? terms : nil
  }

  /// Which columns a type needs and which it may have.
  private static func needs(_ type: CorporateActionType, hasRatio: Bool) -> Needs {
    switch type {
    case .split: Needs(required: ["ratio"])
    case .cashDividend, .specialDividend: Needs(required: ["cash"])
    case .spinOff: Needs(required: ["ratio", "price"], optional: ["other"])
    case .symbolChange: Needs(required: ["new_symbol"])
    // For cash, for units of another, or both.
    case .merger:
      hasRatio ? Needs(required: ["ratio"], optional: ["cash", "other", "price"]) : Needs(required: ["cash"])
    case .delisting: Needs(required: ["cash"])
    case .delistingAtLast: Needs(required: [])
    }
  }

  private static func ratio(_ text: String) -> (UInt64, UInt64)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let new = UInt64(parts[0]), let old = UInt64(parts[1]), new > 0, old > 0,
      new <= UInt64(Int64.max), old <= UInt64(Int64.max)
    else { return nil }
    return (new, old)
  }

  private mutating func amount(_ text: String, _ line: Int, _ field: String, allowsZero: Bool) -> Int64 {
    guard let nanos = ActionText.nanos(text), nanos > 0 || (allowsZero && nanos == 0) else {
      fault(line, field, text, .notA(allowsZero ? "decimal of at least 0" : "positive decimal"))
      return 1
    }
    return nanos
  }

  private mutating func fault(_ line: Int, _ field: String, _ text: String, _ reason: ActionFault.Reason) {
    reading.faults.append(ActionFault(path: path, line: line, field: field, text: text, reason: reason))
  }
}
