import Market
import Testing

/// CME's currency futures and spot currencies, and the extended hours of US stocks, for every day of 1990 … 2030.
///
/// Method: the SHA-256 of sessions that other programs gave, made by `tools/parity/calendar_check.py`'s oracles without this code:
/// pandas_market_calendars 5.5.0 with that script's table of corrections, exchange_calendars 4.13.2, and Python's zoneinfo.
@Suite struct OvernightCalendarTests {
  static func days(_ name: CalendarName, _ years: ClosedRange<Int> = 1990...2030) -> [TradingDay] {
    let calendar = TradingCalendar(name)
    var days: [TradingDay] = []
    guard var date = CivilDate(year: years.lowerBound, month: 1, day: 1) else { return [] }
    while date.year <= Int32(years.upperBound) {
      if let day = calendar.tradingDay(on: date) { days.append(day) }
      date = date.adding(days: 1)
    }
    return days
  }

  @Test(
    "have the sessions of other programs, to the second",
    arguments: [
      (CalendarName.xnys, 10322, "04cf1701d3b0e53a0c58d66b68c3fda7b773497007e5563edb0b7e5bbb621f2b"),
      (.cmeFx, 10587, "fedb0d3bd4334d903bf1476b503f04aad161fdf2690807f7435e0cfd639cc8e6"),
      (.fx, 10697, "167f92ca1075b017d1972601040325e91f3a1172b931ff1228f12f140c2073c2"),
    ])
  func digests(_ name: CalendarName, _ count: Int, _ digest: String) {
    let days = Self.days(name)
    #expect(days.count == count)
    #expect(sha256(Array(days.map { "\($0.date),\($0.open),\($0.close)\n" }.joined().utf8)) == digest)
  }

  @Test("have the pre- and post-market of US stocks that pandas_market_calendars has")
  func extendedHours() {
    let lines = Self.days(.xnys).map { day in
      "\(day.date),\(day.extendedOpen),\(day.hasPostMarket ? "\(day.extendedClose)" : "-")\n"
    }
    #expect(
      sha256(Array(lines.joined().utf8)) == "96817c12644c93e7bd175d1824946e228d9466bcd3b38911feafe83fe3f111f8")
    let everyDayHas = Self.days(.xnys).allSatisfy(\.hasPreMarket)
    #expect(everyDayHas)
  }

  @Test("count the sessions of each year")
  func counts() {
    let currencyFutures = [
      258, 258, 259, 258, 258, 257, 259, 258, 258, 259, 258, 258, 258, 258, 259, 258, 257, 258, 259, 258, 259, 258, 259,
      258, 258, 259, 258, 257, 258, 258, 259, 259, 258, 258, 259, 258, 259, 258, 258, 258, 258,
    ]
    for (index, count) in currencyFutures.enumerated() {
      let year = 1990 + index
      #expect(Self.days(.cmeFx, year...year).count == count, "\(year)")
    }
    #expect(Self.days(.fx, 2024...2024).count == 262)
    #expect(Self.days(.always, 2024...2024).count == 366)
  }

  @Test(
    "know a session's hours on short days and over changes of the clock",
    arguments: [
      // The Monday after clocks went forward, and back: Chicago's 17:00 and New York's move by an hour in UTC.
      (CalendarName.cmeFx, "2024-03-11", "2024-03-10T22:00:00Z", "2024-03-11T21:00:00Z"),
      (.cmeFx, "2024-03-08", "2024-03-07T23:00:00Z", "2024-03-08T22:00:00Z"),
      (.cmeFx, "2024-11-04", "2024-11-03T23:00:00Z", "2024-11-04T22:00:00Z"),
      (.fx, "2024-03-11", "2024-03-10T21:00:00Z", "2024-03-11T21:00:00Z"),
      (.fx, "2024-11-04", "2024-11-03T22:00:00Z", "2024-11-04T22:00:00Z"),
      // A US holiday: noon until 2021, the regular close since.
      (.cmeFx, "2021-01-18", "2021-01-17T23:00:00Z", "2021-01-18T18:00:00Z"),
      (.cmeFx, "2022-01-17", "2022-01-16T23:00:00Z", "2022-01-17T22:00:00Z"),
      // The day after Thanksgiving, and the evening of a Christmas that is closed.
      (.cmeFx, "2025-11-28", "2025-11-27T23:00:00Z", "2025-11-28T18:15:00Z"),
      (.cmeFx, "2025-12-26", "2025-12-25T23:00:00Z", "2025-12-26T22:00:00Z"),
      (.fx, "2025-12-25", "2025-12-24T22:00:00Z", "2025-12-25T22:00:00Z"),
      // Good Friday with payrolls.
      (.cmeFx, "1999-04-02", "1999-04-01T23:00:00Z", "1999-04-02T16:00:00Z"),
      (.cmeFx, "2026-04-03", "2026-04-02T22:00:00Z", "2026-04-03T15:15:00Z"),
      // A day of mourning stops no currency.
      (.cmeFx, "2025-01-09", "2025-01-08T23:00:00Z", "2025-01-09T22:00:00Z"),
    ])
  func hours(_ name: CalendarName, _ date: String, _ open: String, _ close: String) throws {
    let session = TradingCalendar(name).session(on: try Timestamp(date).utcDate)
    #expect(session?.open.description == open)
    #expect(session?.close.description == close)
  }

  @Test(
    "know the days without a session",
    arguments: [
      (CalendarName.cmeFx, "2025-12-25"), (.cmeFx, "2025-01-01"), (.cmeFx, "2021-12-24"), (.cmeFx, "2024-03-29"),
      (.cmeFx, "2005-03-25"), (.cmeFx, "2026-11-28"), (.cmeFx, "2026-11-29"), (.fx, "2026-11-28"), (.fx, "2026-11-29"),
    ])
  func closedDays(_ name: CalendarName, _ date: String) throws {
    let date = try Timestamp(date).utcDate
    #expect(TradingCalendar(name).session(on: date) == nil)
  }

  /// Each Sunday on which clocks changed, from the two laws of these years; the sessions of XNYS on the Friday before and the Monday
  /// after begin at 09:30 by the clock, which is an hour apart in UTC, and so do those of the two overnight calendars at 17:00.
  @Test("move by one hour in UTC over every change of the clock of 1990 to 2030")
  func clockChanges() throws {
    for year in 1990...2030 {
      let changes = year < 2007 ? [(4, 1, -1), (10, 25, 1)] : [(3, 8, -1), (11, 1, 1)]
      for (month, firstDay, hours) in changes {
        var sunday = try #require(CivilDate(year: year, month: month, day: firstDay))
        while sunday.weekday != .sunday { sunday = sunday.adding(days: 1) }
        for name in [CalendarName.xnys, .fx, .cmeFx] {
          let calendar = TradingCalendar(name)
          // Thursday stands in where the Friday is Good Friday.
          let before = try #require(
            calendar.session(on: sunday.adding(days: -2)) ?? calendar.session(on: sunday.adding(days: -3)))
          let after = try #require(calendar.session(on: sunday.adding(days: 1)))
          let apart = after.open.utcNanosOfDay - before.open.utcNanosOfDay
          #expect(apart == Int64(hours) * 3600 * Timestamp.nanosPerSecond, "\(name) \(sunday)")
        }
      }
    }
  }
}
