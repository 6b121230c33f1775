import Scenarios
import Testing

/// The bars of `peers.md` A7, run here and, by hand, in seven peers: bars 0–2 are 100/101/99/100, the decision falls on the close
/// of bar 2, so the entry is in bar 3. Rows 1–9 and 13–15 are backtrader's column. Rows 10–12 are the rule "the worse one first".
@Suite("Golden bars of A7")
struct GoldenBarTests {
  @Test("fills as backtrader does, and the worse one first", arguments: GoldenBars.rows)
  func row(_ row: GoldenBars.Row) throws { try check(row.table) }
}
