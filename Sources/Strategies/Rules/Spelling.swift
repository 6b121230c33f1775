/// Finds what somebody probably meant.
package enum Spelling {
  /// The name among `names` that takes the fewest edits to reach from `word`, the first of equals.
  ///
  /// - Returns: nil where even the nearest takes more than two edits, or more than half of the word.
  package static func nearest(to word: String, among names: [String]) -> String? {
    var best: (name: String, edits: Int)?
    for name in names {
      let edits = distance(Array(word.unicodeScalars), Array(name.unicodeScalars))
      if edits <= 2, edits * 2 <= max(word.unicodeScalars.count, 2), edits < best?.edits ?? 3 { best = (name, edits) }
    }
    return best?.name
  }

  /// Insertions, removals, replacements and swaps of neighbours from one word to another (optimal string alignment).
  private static func distance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...to.count)
    for (row, scalar) in from.enumerated() {
      var current = [row + 1]
      for (column, other) in to.enumerated() {
        var edits = min(last[column] + (scalar == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, scalar == to[column - 1], from[row - 1] == other {
          edits = min(edits, before[column - 1] + 1)
        }
        current.append(edits)
      }
      before = last
      last = current
    }
    return last[to.count]
  }
}
