import Core
import Runtime
import Testing

/// Goal: a duration is read exactly and has one canonical text. Method: a table of ways to write, nanoseconds and canonical text.
@Suite("A profile's durations")
struct ProfileDurationTests {
  static let rows: [(text: String, nanos: Int64, canonical: String)] = [
    ("90 s", 90_000_000_000, "90 s"), ("90s", 90_000_000_000, "90 s"), ("1.5 min", 90_000_000_000, "90 s"),
    ("60 s", 60_000_000_000, "1 min"), ("60 min", 3_600_000_000_000, "1 h"), ("0.5 h", 1_800_000_000_000, "30 min"),
    ("24 h", 86_400_000_000_000, "1 d"), ("366 d", 31_622_400_000_000_000, "366 d"),
    ("500 ms", 500_000_000, "500 ms"), ("1000 ms", 1_000_000_000, "1 s"), ("0.000001 ms", 1, "0.000001 ms"),
    ("0.000000001 s", 1, "0.000001 ms"), ("1_000.000 ms", 1_000_000_000, "1 s"), ("+2   h", 7_200_000_000_000, "2 h"),
    ("1.000000001 s", 1_000_000_001, "1000.000001 ms"), ("0.000000005 min", 300, "0.0003 ms"),
  ]

  @Test("are exact", arguments: rows)
  func exact(_ text: String, _ nanos: Int64, _ canonical: String) throws {
    let profile = try ProfileRiskTests.profile([19: "  require_cash: true\n  stale_after: \(text)"])
    #expect(profile.configuration.risk.account.staleNanos == nanos)
    #expect(profile.canonicalText.contains("\"stale_after\":\"\(canonical)\""))
  }
}
