/// Finds what a misspelt word was probably meant to be.
enum NearestWord {
  /// The allowed word with the fewest edits to `word`, the first of equals; nil where none is close enough to be a likely slip.
  ///
  /// A word is close with one edit for every three of its characters, rounded up, or when it begins with all of `word`; a word of which `word` is a whole part comes before those that take more than one edit.
  static func nearest(to word: String, in allowed: [String]) -> String? {
    let lowered = word.lowercased()
    var best: (word: String, distance: Int)?
    for candidate in allowed {
      let distance = editDistance(Array(lowered), Array(candidate.lowercased()))
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    let distanceMax = (word.count + 2) / 3
    if let best, best.distance > 1, let whole = part(lowered, allowed) { return whole }
    if let best, best.distance <= distanceMax { return best.word }
    guard word.count >= 3 else { return nil }
    return part(lowered, allowed) ?? allowed.first { $0.hasPrefix(lowered) || lowered.hasPrefix($0) }
  }

  /// The only allowed word of which `word` is a whole part between hyphens or underscores.
  private static func part(_ word: String, _ allowed: [String]) -> String? {
    let found = allowed.filter { $0.lowercased().split { $0 == "-" || $0 == "_" }.contains { $0 == word } }
    return found.count == 1 ? found[0] : nil
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other
  /// (optimal string alignment: no part is edited twice).
  /// - Complexity: the product of both lengths.
  static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
        var distance = min(previous[column + 1] + 1, current[column] + 1, substitution)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          distance = min(distance, beforePrevious[column - 1] + 1)
        }
        current.append(distance)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
