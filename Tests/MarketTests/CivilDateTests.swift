import Market
import Testing

/// Dates and New York's clock, over every day that a timestamp can name and every change of the clock.
@Suite struct CivilDateTests {
  @Test("walks every day from 1677 to 2262 as a calendar on the wall does")
  func everyDay() throws {
    var date = try #require(CivilDate(year: 1677, month: 1, day: 1))
    var weekday = date.weekday.rawValue
    #expect(date.weekday == .friday)
    for days in date.daysSinceEpoch...(try #require(CivilDate(year: 2262, month: 12, day: 31)).daysSinceEpoch) {
      #expect(date.daysSinceEpoch == days)
      #expect(CivilDate(daysSinceEpoch: days) == date)
      #expect(date.weekday.rawValue == weekday)
      weekday = weekday % 7 + 1
      let monthDays = CivilDate.dayCount(year: Int(date.year), month: Int(date.month))
      let next =
        if Int(date.day) < monthDays {
          CivilDate(year: Int(date.year), month: Int(date.month), day: Int(date.day) + 1)
        } else if date.month < 12 {
          CivilDate(year: Int(date.year), month: Int(date.month) + 1, day: 1)
        } else {
          CivilDate(year: Int(date.year) + 1, month: 1, day: 1)
        }
      #expect(date < (try #require(next)))
      date = try #require(next)
    }
  }

  @Test("holds the ends of its range and refuses days that don't exist")
  func edges() throws {
    #expect(CivilDate(year: 0, month: 1, day: 1)?.daysSinceEpoch == -719_528)
    #expect(CivilDate(year: 9999, month: 12, day: 31)?.daysSinceEpoch == 2_932_896)
    #expect(CivilDate(daysSinceEpoch: -719_528).description == "0000-01-01")
    #expect(CivilDate(daysSinceEpoch: 2_932_896).description == "9999-12-31")
    for (year, month, day) in [(-1, 1, 1), (10_000, 1, 1), (2023, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1)] {
      #expect(CivilDate(year: year, month: month, day: day) == nil)
    }
    #expect(try CivilDate("2024-02-29").weekday == .thursday)
    #expect(throws: TimestampError.unexpectedByte(UInt8(ascii: "T"), offset: 10)) {
      try CivilDate("2024-02-29T00:00:00Z")
    }
  }

  @Test(
    "moves New York's clock at 07:00 UTC in spring and 06:00 UTC in autumn of the days the law names",
    arguments: [
      ("1967-04-30", "1967-10-29"), ("1973-04-29", "1973-10-28"), ("1974-01-06", "1974-10-27"),
      ("1975-02-23", "1975-10-26"), ("1976-04-25", "1976-10-31"), ("1986-04-27", "1986-10-26"),
      ("1987-04-05", "1987-10-25"), ("2006-04-02", "2006-10-29"), ("2007-03-11", "2007-11-04"),
      ("2024-03-10", "2024-11-03"), ("2030-03-10", "2030-11-03"),
    ])
  func changes(_ spring: String, _ autumn: String) throws {
    let forward = try Timestamp("\(spring)T07:00:00Z")
    let back = try Timestamp("\(autumn)T06:00:00Z")
    #expect(NewYorkTime.offsetSeconds(at: forward.advanced(byNanos: -1)) == -18_000)
    #expect(NewYorkTime.offsetSeconds(at: forward) == -14_400)
    #expect(NewYorkTime.offsetSeconds(at: back.advanced(byNanos: -1)) == -14_400)
    #expect(NewYorkTime.offsetSeconds(at: back) == -18_000)
  }

  @Test(
    "reads the hour shown twice as its first pass and the skipped hour by the clock not yet moved",
    arguments: [
      ("2024-03-10", 1, "2024-03-10T06:00:00Z"), ("2024-03-10", 2, "2024-03-10T07:00:00Z"),
      ("2024-03-10", 3, "2024-03-10T07:00:00Z"), ("2024-11-03", 0, "2024-11-03T04:00:00Z"),
      ("2024-11-03", 1, "2024-11-03T05:00:00Z"), ("2024-11-03", 2, "2024-11-03T07:00:00Z"),
    ])
  func gapAndOverlap(_ date: String, _ hour: Int64, _ expected: String) throws {
    let local = CivilTime(date: try CivilDate(date), nanosOfDay: hour * 3600 * Timestamp.nanosPerSecond)
    #expect(NewYorkTime.timestamp(local)?.description == expected)
  }

  @Test("comes back from local time for every instant but those of the second pass of an hour")
  func localRoundTrip() throws {
    var random = SeededRandom.reported()
    let pass = 3600 * Timestamp.nanosPerSecond
    for _ in 0..<20_000 {
      let instant = Timestamp(nanos: Int64(bitPattern: random.next()))
      let back = try #require(NewYorkTime.timestamp(NewYorkTime.civilTime(at: instant)))
      let isSecondPass =
        NewYorkTime.offsetSeconds(at: instant) == -18_000
        && instant.nanos > .min + pass && NewYorkTime.offsetSeconds(at: instant.advanced(byNanos: -pass)) == -14_400
      #expect(back == (isSecondPass ? instant.advanced(byNanos: -pass) : instant))
    }
  }
}
