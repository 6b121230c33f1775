/// Makes a failing list as short as it gets: leaves out halves, quarters, … single elements, as long as what is left still fails
/// (Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
///
/// - Parameters:
///   - tries: how many lists may be tried.
///   - fails: whether a list still fails in the same way.
/// - Returns: a list that fails; no single element of it can be left out, unless the tries were used up.
package func shrunk<Element>(
  _ elements: [Element], tries: Int = 500, _ fails: ([Element]) -> Bool
) -> [Element] {
  var (left, tries) = (elements, tries)
  if !left.isEmpty, fails([]) { return [] }
  var size = max(left.count / 2, 1)
  while !left.isEmpty {
    var start = 0
    var isShorter = false
    while start < left.count, tries > 0 {
      var without = left
      without.removeSubrange(start..<min(start + size, left.count))
      tries -= 1
      if fails(without) {
        left = without
        isShorter = true
      } else {
        start += size
      }
    }
    if tries == 0 { return left }
    if size > 1 {
      size /= 2
    } else if !isShorter {
      return left
    }
  }
  return left
}
