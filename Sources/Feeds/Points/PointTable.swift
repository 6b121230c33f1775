import Market

/// Data points from CSV with a header, one a row, in any order of columns: `time` (an instant with its zone, `2024-03-12T16:00:00Z`), `series`, `value`.
///
/// Rows are in the order of their times; two of one series at one instant are a fault.
struct PointTable {
  static let columns = ["time", "series", "value"]

  struct Row: Hashable {
    var time: Timestamp
    var series: String
    /// In units of 10⁻⁹.
    var value: Int64
    var line: Int
  }

  let path: String
  private(set) var rows: [Row] = []
  private(set) var faults: [ActionFault] = []

  init(path: String, _ lines: [ActionLine]) {
    self.path = path
    guard let header = lines.first else { return }
    var places: [String: Int] = [:]
    for (place, name) in header.fields.enumerated() {
      if PointTable.columns.contains(name), places.updateValue(place, forKey: name) == nil { continue }
      let nearest = NearestName.of(name, among: PointTable.columns)
      fault(header.number, "column", name, .unknownWord(nearest: nearest, known: PointTable.columns))
    }
    for name in PointTable.columns where places[name] == nil { fault(header.number, name, "", .missing) }
    guard faults.isEmpty, let time = places["time"], let series = places["series"], let value = places["value"] else {
      return
    }
    for line in lines.dropFirst() {
      guard line.fields.count == header.fields.count else {
        fault(
          line.number, "row", line.text,
          .notA("row of \(header.fields.count) columns, as the header has; it has \(line.fields.count)"))
        continue
      }
      read(line, time: line.fields[time], series: line.fields[series], value: line.fields[value])
    }
  }

  private mutating func read(_ line: ActionLine, time timeText: String, series: String, value valueText: String) {
    let time = PointTable.instant(timeText)
    let value = ActionText.nanos(valueText)
    if time == nil { fault(line.number, "time", timeText, .notA("instant such as 2024-03-12T16:00:00Z")) }
    if series.isEmpty || series.utf8.count > 200 {
      fault(line.number, "series", series, series.isEmpty ? .missing : .notA("name of at most 200 bytes"))
    }
    if value == nil {
      fault(line.number, "value", valueText, .notA("decimal with at most nine digits behind the point"))
    }
    guard let time, let value else { return }
    if let last = rows.last, time < last.time { fault(line.number, "time", timeText, .outOfOrder) }
    for row in rows.reversed() {
      if row.time != time { break }
      if row.series == series { fault(line.number, "series", series, .twice(path: path, line: row.line)) }
    }
    rows.append(Row(time: time, series: series, value: value, line: line.number))
  }

  private static func instant(_ text: String) -> Timestamp? {
    do throws(TimestampError) { return try Timestamp(text) } catch { return nil }
  }

  private mutating func fault(_ line: Int, _ field: String, _ text: String, _ reason: ActionFault.Reason) {
    faults.append(ActionFault(path: path, line: line, field: field, text: text, reason: reason))
  }
}
