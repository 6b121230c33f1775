/// One thing that is wrong with a specification, and where.
package struct SpecificationFault: Hashable, Sendable {
  /// Counted from 1; 0 where a setting of the command line, not the file, is wrong.
  package let line: Int
  package let column: Int
  package let kind: Kind

  package enum Kind: Hashable, Sendable {
    /// Not YAML at all; the parser's words.
    case notYAML(problem: String)
    case notAMapping(key: String)
    case unknownKey(String, nearest: String?, known: [String])
    case missingKey(String)
    /// `expected` is the noun of what the key takes, such as `a whole number from 0 to 9`.
    case wrongValue(key: String, found: String, expected: String)
    case unknownWord(key: String, found: String, nearest: String?, known: [String])
    /// Names of columns need a header line.
    case namesWithoutHeader(key: String)
    case positionUsedTwice(Int, first: String, second: String)
    case contradiction(Contradiction)
  }

  /// Values that are fine alone and impossible together.
  package enum Contradiction: Hashable, Sendable {
    /// A column of dates, but the time's form holds a date already, or there is no form for the dates.
    case dateColumnNeedsTimeOfDay
    case dateFormatWithoutDateColumn
    case dateFormatMissing
    /// A bar as long as a session needs a date, not a time of day.
    case sessionNeedsDate
    /// A form that holds only a date, and bars shorter than a day.
    case dateOnlyNeedsDay
  }
}

/// The known word that is at most two slips away from what was written.
enum NearestName {
  static func of(_ word: String, among known: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for name in known {
      let distance = slips(Array(word.lowercased().utf8), Array(name.lowercased().utf8))
      if distance < (best?.distance ?? .max) { best = (name, distance) }
    }
    guard let best, best.distance <= max(2, word.utf8.count / 3) else { return nil }
    return best.name
  }

  /// Levenshtein distance: insertions, deletions and replacements.
  private static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for other in 0..<right.count {
        let replaced = diagonal + (byte == right[other] ? 0 : 1)
        diagonal = row[other + 1]
        row[other + 1] = min(replaced, row[other] + 1, row[other + 1] + 1)
      }
    }
    return row[right.count]
  }
}
