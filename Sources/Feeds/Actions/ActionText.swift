import Market

/// A line of a text of corporate actions.
struct ActionLine {
  var number: Int
  var text: String
  var fields: [String]
}

/// Dates and numbers as these texts write them.
enum ActionText {
  /// Lines with something in them; a field's blanks at both ends don't count.
  static func lines(_ bytes: [UInt8]) -> [ActionLine] {
    var lines: [ActionLine] = []
    var number = 0
    for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      var text = String(decoding: piece, as: UTF8.self)
      if text.hasSuffix("\r") { text.removeLast() }
      if text.allSatisfy({ $0 == " " || $0 == "\t" }) { continue }
      let fields = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
      lines.append(ActionLine(number: number, text: text, fields: fields))
    }
    return lines
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// `20140609`.
  static func compactDate(_ text: String) -> CivilDate? {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text) else {
      return nil
    }
    return CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
  }

  /// `2014-06-09`.
  static func date(_ text: String) -> CivilDate? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, parts[0].count == 4 else { return nil }
    return compactDate(parts.joined())
  }

  static func nanos(_ text: String) -> Int64? {
    do throws(FixedPointError) { return try text.fixedPointNanos() } catch { return nil }
  }

  /// By what the text begins with; nil where it is none of them.
  static func form(of bytes: [UInt8]) -> ActionForm? {
    guard let first = bytes.first(where: { $0 > 32 }) else { return nil }
    if first == UInt8(ascii: "{") { return .yahooEvents }
    guard let line = lines(bytes).first else { return nil }
    if line.fields.contains("ex_date") { return .table }
    guard line.fields.count >= 2, compactDate(line.fields[0]) != nil else { return nil }
    return nanos(line.fields[1]) == nil ? .leanMap : .leanFactors
  }
}
