import Events
import Feeds
import Foundation
import Market
import Testing

/// Goal: a daily bar is known at its session's close in every calendar, and a bar outside its calendar's sessions is flagged, left out or
/// refused as the import says. Method: small files whose sessions stand in the exchanges' calendars; whole texts are compared.
@Suite struct SessionImportTests {
  static let header = "time,open,high,low,close,volume\n"

  func specification(_ settings: [(key: String, value: String)]) throws -> ImportSpecification {
    try .named("ohlcv", settings: settings)
  }

  @Test(
    "makes a daily bar known at the close of the session that its date names",
    arguments: [
      ("xnys", "2025-11-28", "2025-11-28T14:30:00Z", "2025-11-28T18:00:00Z"),
      ("xnas", "2024-03-11", "2024-03-11T13:30:00Z", "2024-03-11T20:00:00Z"),
      // Monday's bar begins on Sunday evening; clocks went forward on that Sunday.
      ("cme_fx", "2024-03-11", "2024-03-10T22:00:00Z", "2024-03-11T21:00:00Z"),
      ("cme_fx", "2025-11-28", "2025-11-27T23:00:00Z", "2025-11-28T18:15:00Z"),
      ("fx", "2024-11-04", "2024-11-03T22:00:00Z", "2024-11-04T22:00:00Z"),
      ("always", "2024-11-03", "2024-11-03T00:00:00Z", "2024-11-04T00:00:00Z"),
    ])
  func daily(_ calendar: String, _ date: String, _ open: String, _ known: String) throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", Self.header + "\(date),10,12,9,11,5\n")
    let report = try scenario.importing([path], specification([("calendar", calendar), ("bar_length", "1d")]))
    let bar = try #require(try scenario.bars().first)
    #expect(bar.openTime.description == open)
    #expect(bar.knownAt.description == known)
    #expect(report.outsideSession.count == 0)
    #expect(try scenario.start().instruments[0].calendar == CalendarName(word: calendar))
  }

  @Test("knows the session of a daily bar by an instant in it, too", arguments: ["cme_fx", "fx"])
  func dailyByInstant(_ calendar: String) throws {
    let scenario = try ImportScenario()
    // Sunday's open and midnight UTC both name Monday.
    for seconds in ["1720393200", "1720396800"] {
      let path = try scenario.write("x\(seconds).csv", Self.header + "\(seconds),10,12,9,11,5\n")
      let settings = [("calendar", calendar), ("bar_length", "session"), ("time_format", "epoch-seconds")]
      _ = try scenario.importing([path], specification(settings), symbols: ["X"], replacing: true)
      #expect(try scenario.bars()[0].knownAt.utcDate.description == "2024-07-08")
    }
  }

  /// A short Friday: pre-market, regular session, post-market, night, then Saturday, and Thursday's holiday before it.
  static let minutes =
    header + """
      2025-11-27T15:00:00Z,10,12,9,11,1
      2025-11-28T13:00:00Z,10,12,9,11,2
      2025-11-28T17:59:00Z,10,12,9,11,3
      2025-11-28T18:00:00Z,10,12,9,11,4
      2025-11-28T22:00:00Z,10,12,9,11,5
      2025-11-29T15:00:00Z,10,12,9,11,6

      """

  @Test(
    "keeps, leaves out or refuses bars outside the sessions, and counts them",
    arguments: [
      ("flag", "extended", "1 2 3 4 5 6", 3), ("quarantine", "extended", "2 3 4", 3),
      ("flag", "regular", "1 2 3 4 5 6", 5),
      ("quarantine", "regular", "3", 5),
    ])
  func policies(_ policy: String, _ hours: String, _ volumes: String, _ outside: Int) throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", Self.minutes)
    let settings = [("calendar", "xnys"), ("outside_session", policy), ("hours", hours)]
    let report = try scenario.importing([path], specification(settings))
    #expect(try scenario.bars().map(\.volume.description).joined(separator: " ") == volumes)
    #expect(report.outsideSession.count == outside)
    #expect(report.outsideSessionPolicy.rawValue == policy)
    #expect(report.quarantined.count == 0)
    #expect(report.rows == 6)
  }

  @Test("names each bar that it refuses, with the reason that the calendar knows, and writes nothing")
  func refuses() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write(
      "x.csv", Self.header + "2025-01-08,10,12,9,11,1\n2025-01-09,10,12,9,11,1\n2025-01-11,10,12,9,11,1\n")
    let settings = [("calendar", "xnys"), ("bar_length", "1d"), ("outside_session", "refuse")]
    let refusal = try scenario.refusal([path], specification(settings))
    #expect(
      refusal == """
        2 bars lie outside the sessions of xnys; nothing was written.
          x.csv line 3: the bar of 2025-01-09T14:30:00Z is outside the sessions of xnys: the market is closed (mourning for Jimmy Carter)
          x.csv line 4: the bar of 2025-01-11T14:30:00Z is outside the sessions of xnys: the market is closed (Saturday)
        Is it the right calendar, zone and time_is? Leave such bars out with --outside-session quarantine, or keep them with flag.
        """)
    #expect(try scenario.names == ["x.csv"])
    // A row that can't be read is told first, and the two policies don't mix: this one leaves it out and still refuses.
    let bad = try scenario.write("y.csv", Self.header + "2025-01-09,10,12,9,11,1\nx,10,12,9,11,1\n")
    #expect(try scenario.refusal([bad], specification(settings))?.hasPrefix("1 bad row;") == true)
    let mixed = try scenario.refusal([bad], specification(settings + [("bad_rows", "quarantine")]))
    #expect(mixed?.hasPrefix("1 bar lies outside the sessions of xnys;") == true)
  }

  @Test("says so where every bar would be left out")
  func nothingLeft() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", Self.header + "2025-11-29T15:00:00Z,10,12,9,11,1\n")
    let settings = [("calendar", "xnys"), ("outside_session", "quarantine")]
    let refusal = try scenario.refusal([path], specification(settings))
    #expect(refusal?.hasPrefix("1 bar lies outside the sessions of xnys; nothing was written.") == true)
  }

  @Test("takes a bar that reaches into a session for one of it, and knows CME's break")
  func reachingIn() throws {
    let scenario = try ImportScenario()
    let hours =
      Self.header + """
        2025-12-01T20:00:00Z,10,12,9,11,1
        2025-12-01T22:00:00Z,10,12,9,11,2
        2025-12-01T23:00:00Z,10,12,9,11,3
        2025-12-05T22:00:00Z,10,12,9,11,4

        """
    let path = try scenario.write("x.csv", hours)
    var settings = [("calendar", "cme_fx"), ("outside_session", "quarantine"), ("bar_length", "1h")]
    let report = try scenario.importing([path], specification(settings))
    #expect(try scenario.bars().map(\.volume.description) == ["1", "3"])
    #expect(
      report.outsideSession.first.map { "\($0)" } == [
        "\(path) line 3: the bar of 2025-12-01T22:00:00Z is outside the sessions of cme_fx: the market has its daily break",
        "\(path) line 5: the bar of 2025-12-05T22:00:00Z is outside the sessions of cme_fx: the market is closed",
      ])
    settings[2].1 = "3h"
    let long = try scenario.write("y.csv", Self.header + "2025-12-01T20:00:00Z,10,12,9,11,1\n")
    #expect(try scenario.importing([long], specification(settings), output: "y.zst").outsideSession.count == 0)
  }

  @Test("names the new keys in the canonical text only where they differ from what imports did before them")
  func canonicalText() throws {
    let plain = try specification([("calendar", "xnys")])
    #expect(!plain.canonicalText.contains("outside_session") && !plain.canonicalText.contains("hours"))
    let strict = try specification([("calendar", "cme_fx"), ("outside_session", "refuse"), ("hours", "regular")])
    #expect(strict.canonicalText.contains(#""outside_session":"refuse""#))
    #expect(strict.canonicalText.contains(#""hours":"regular""#))
    #expect(strict.canonicalText.contains(#""calendar":"cme_fx""#))
    #expect(try ImportSpecification.named("ohlcv", settings: [("calendar", "xnas")]).calendar == .xnys)
  }
}
