import Crypto
import Market

extension ImportSpecification {
  /// The specification as JSON with sorted keys and every field but those added later, where they have their defaults: what the journal keeps as the import's profile.
  package var canonicalText: String {
    var fields: [(String, String)] = [
      ("asset_class", "\(assetClass)".jsonQuoted),
      ("bad_rows", badRows.rawValue.jsonQuoted),
      ("bar_length", barLength.text.jsonQuoted),
      ("calendar", calendar.word.jsonQuoted),
      ("currency", currency.description.jsonQuoted),
      ("delimiter", String(Unicode.Scalar(delimiter)).jsonQuoted),
      ("excess_decimals", excessDecimals.rawValue.jsonQuoted),
      ("header", hasHeader ? "true" : "false"),
      ("lot_size", lotSize.description.jsonQuoted),
      ("missing_volume", missingVolume.rawValue.jsonQuoted),
      ("price_decimals", String(priceDecimals)),
      ("symbol_from", symbolSource.rawValue.jsonQuoted),
      ("tick_size", tickSize.description.jsonQuoted),
      ("time_format", timeFormat.rawValue.jsonQuoted),
      ("time_is", stamp.rawValue.jsonQuoted),
      ("venue", venue.jsonQuoted),
      ("zone", zone.rawValue.jsonQuoted),
    ]
    // Named only where they differ from what every import did before these keys existed: its digest, and so its run id, stays.
    if hours != .extended { fields.append(("hours", hours.rawValue.jsonQuoted)) }
    if outsideSession != .flag { fields.append(("outside_session", outsideSession.rawValue.jsonQuoted)) }
    if let dateFormat { fields.append(("date_format", dateFormat.rawValue.jsonQuoted)) }
    var columnFields: [(String, String)] = []
    for role in ColumnRole.allCases {
      guard let reference = columns[role] else { continue }
      switch reference {
      case .position(let position): columnFields.append((role.rawValue, String(position)))
      case .names(let names):
        columnFields.append((role.rawValue, "[" + names.map(\.jsonQuoted).joined(separator: ",") + "]"))
      }
    }
    fields.append(("columns", JSONText.object(columnFields)))
    return JSONText.object(fields)
  }

  /// SHA-256 of `canonicalText`.
  package var digest: [UInt8] { Array(SHA256.hash(data: Array(canonicalText.utf8))) }
}

extension BarLength {
  /// The shortest form that the reader accepts: `session`, `90s`, `1m`, `4h`, `1d`.
  package var text: String {
    switch self {
    case .session: return "session"
    case .nanos(let nanos):
      for unit in BarLength.units.reversed() where nanos % unit.nanos == 0 {
        return "\(nanos / unit.nanos)\(unit.letter)"
      }
      return "\(nanos)ns"
    }
  }

  /// Units of a length, smallest first.
  static let units: [(letter: String, nanos: Int64)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000), ("w", 604_800_000_000_000),
  ]

  /// Reads `session` or a count and a unit.
  package init?(_ text: String) {
    if text == "session" {
      self = .session
      return
    }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int64(digits), count > 0,
      let unit = BarLength.units.first(where: { $0.letter == text.dropFirst(digits.count) })
    else { return nil }
    let (nanos, overflowed) = count.multipliedReportingOverflow(by: unit.nanos)
    // A bar longer than ten years is a slip of the pen.
    guard !overflowed, nanos <= 3_660 * Timestamp.nanosPerDay else { return nil }
    self = .nanos(nanos)
  }
}

/// The few forms of JSON that a canonical text needs.
enum JSONText {
  static func object(_ fields: [(String, String)]) -> String {
    let sorted = fields.sorted { Array($0.0.utf8).lexicographicallyPrecedes(Array($1.0.utf8)) }
    return "{" + sorted.map { $0.0.jsonQuoted + ":" + $0.1 }.joined(separator: ",") + "}"
  }
}
