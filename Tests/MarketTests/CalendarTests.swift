import Market
import Testing

/// The New York calendar against what exchange_calendars 4.13.2 gives for every day of 1990 … 2027, and the edges of sessions.
@Suite struct CalendarTests {
  let xnys = TradingCalendar(.xnys)

  func sessions(ofYear year: Int) throws -> [Session] {
    var sessions: [Session] = []
    var date = try #require(CivilDate(year: year, month: 1, day: 1))
    while date.year == Int32(year) {
      if let session = xnys.session(on: date) { sessions.append(session) }
      date = date.adding(days: 1)
    }
    return sessions
  }

  @Test("computes SHA-256 as FIPS 180-4 does")
  func digestOfKnownMessage() {
    #expect(sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("gives the sessions, opens and closes of exchange_calendars for 1990 to 2027")
  func matchesReferenceDigest() throws {
    var lines = ""
    var sessionCount = 0
    var earlyCloseCount = 0
    for year in 1990...2027 {
      for session in try sessions(ofYear: year) {
        let open = session.open.description
        let close = session.close.description
        lines += "\(session.date),\(open.dropFirst(11).prefix(5)),\(close.dropFirst(11).prefix(5))\n"
        sessionCount += 1
        let minutes = (session.close.nanos - session.open.nanos) / (60 * Timestamp.nanosPerSecond)
        if minutes < 390 { earlyCloseCount += 1 }
      }
    }
    #expect(sessionCount == 9569)
    #expect(earlyCloseCount == 80)
    #expect(sha256(Array(lines.utf8)) == "f7a794a55cbbfcb44884bafa545ae510026cfac167364175dc420adcd76f69cb")
  }

  @Test("counts the sessions of each year as NYSE traded them")
  func sessionCounts() throws {
    let counts = [
      253, 253, 254, 253, 252, 252, 254, 253, 252, 252, 252, 248, 252, 252, 252, 252, 251, 251, 253, 252, 252, 252, 250,
      252, 252, 252, 252, 251, 251, 252, 253, 252, 251, 250, 252, 250, 251, 251,
    ]
    for (index, count) in counts.enumerated() {
      #expect(try sessions(ofYear: 1990 + index).count == count, "\(1990 + index)")
    }
  }

  @Test(
    "ends the day of an order at the close of the session in progress or of the next one",
    arguments: [
      // In a session, at its open, just before its close.
      ("2013-10-04T13:30:00Z", "2013-10-04T20:00:00Z"),
      ("2013-10-04T19:59:59.999999999Z", "2013-10-04T20:00:00Z"),
      // A close belongs to the next session: over a weekend, before the open, over the long closure of 2001.
      ("2013-10-04T20:00:00Z", "2013-10-07T20:00:00Z"),
      ("2013-10-04T09:00:00Z", "2013-10-04T20:00:00Z"),
      ("2001-09-10T20:00:00Z", "2001-09-17T20:00:00Z"),
      // Midnight UTC is the evening before in New York.
      ("2013-10-04T00:00:00Z", "2013-10-04T20:00:00Z"),
      // Early closes, before and after.
      ("2025-11-28T17:59:59Z", "2025-11-28T18:00:00Z"),
      ("2025-11-28T18:00:00Z", "2025-12-01T21:00:00Z"),
      ("2025-12-24T15:00:00Z", "2025-12-24T18:00:00Z"),
      // Over a change of the clock: Friday in winter time, Monday in summer time.
      ("2024-03-08T21:00:00Z", "2024-03-11T20:00:00Z"),
      ("2024-11-01T20:00:00Z", "2024-11-04T21:00:00Z"),
      // Juneteenth was a trading day in 2021 and none in 2022.
      ("2021-06-18T12:00:00Z", "2021-06-18T20:00:00Z"),
      ("2022-06-20T12:00:00Z", "2022-06-21T20:00:00Z"),
    ])
  func sessionEnds(_ instant: String, _ close: String) throws {
    #expect(xnys.sessionEnd(after: try Timestamp(instant)).description == close)
  }

  @Test("treats the UTC day as the session of what trades around the clock")
  func alwaysOpen() throws {
    let always = TradingCalendar(.always)
    #expect(always.sessionEnd(after: try Timestamp("2024-02-28T23:59:59Z")).description == "2024-02-29T00:00:00Z")
    #expect(always.sessionEnd(after: try Timestamp("2024-02-29T00:00:00Z")).description == "2024-03-01T00:00:00Z")
    #expect(always.session(containing: try Timestamp("1969-12-31T23:59:59Z"))?.date.description == "1969-12-31")
  }

  @Test("answers at both ends of time without a trap", arguments: CalendarName.allCases)
  func endsOfTime(_ name: CalendarName) throws {
    let calendar = TradingCalendar(name)
    #expect(calendar.sessionEnd(after: Timestamp(nanos: .max)) == Timestamp(nanos: .max))
    #expect(calendar.sessionEnd(after: Timestamp(nanos: .min)) > Timestamp(nanos: .min))
    #expect(calendar.session(containing: Timestamp(nanos: .max)) == nil)
    #expect(calendar.session(on: try #require(CivilDate(year: 9999, month: 12, day: 31))) == nil)
    #expect(calendar.session(on: try #require(CivilDate(year: 0, month: 1, day: 3))) == nil)
  }

  @Test("finds the same session from every hour of twenty years as a search day by day does")
  func agreesWithSearch() throws {
    var all: [Session] = []
    for year in 2000...2020 { all += try sessions(ofYear: year) }
    var next = 0
    var instant = try Timestamp("2000-01-01")
    let end = try Timestamp("2020-12-30")
    while instant < end {
      while all[next].close <= instant { next += 1 }
      #expect(xnys.session(atOrAfter: instant) == all[next])
      #expect(xnys.session(containing: instant) == (all[next].open <= instant ? all[next] : nil))
      instant = instant.advanced(byNanos: 3600 * Timestamp.nanosPerSecond)
    }
  }
}
