import Testing

@testable import Runtime

/// Goal: the suggested name is the one that was meant, and nothing is suggested where nothing is near.
@Suite("The nearest name")
struct ProfileWordTests {
  static let keys = ["name", "bars", "universe", "cash", "slippage", "fees", "stop_loss", "take_profit"]

  @Test(
    "is the one with the fewest slips",
    arguments: [
      ("nmae", "name"), ("Name", "name"), ("bar", "bars"), ("univers", "universe"), ("slipage", "slippage"),
      ("fee", "fees"),
      ("stoploss", "stop_loss"), ("stop-loss", "stop_loss"), ("take_proift", "take_profit"), ("profit_take", nil),
      ("xyz", nil),
      ("slip", "slippage"), ("", nil),
    ])
  func nearest(_ word: String, _ expected: String?) {
    #expect(NearestWord.nearest(to: word, in: ProfileWordTests.keys) == expected)
  }

  @Test(
    "counts insertions, deletions, substitutions and swaps of neighbours",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1),
      ("abc", "xabc", 1),
      ("ca", "abc", 3), ("kitten", "sitting", 3),
    ])
  func distance(_ left: String, _ right: String, _ expected: Int) {
    #expect(NearestWord.editDistance(Array(left), Array(right)) == expected)
    #expect(NearestWord.editDistance(Array(right), Array(left)) == expected)
  }
}
