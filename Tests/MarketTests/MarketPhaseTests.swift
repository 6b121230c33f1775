import Market
import Testing

/// Phases, trade dates and ends of trading days. Method: examples from the exchanges' own words; and random instants and stretches against
/// a search through the list of all trading days, which knows nothing of stretches and caches.
@Suite struct MarketPhaseTests {
  @Test(
    "tells pre-market, regular session, post-market and what is closed",
    arguments: [
      (CalendarName.xnys, "2025-11-26T08:59:59Z", MarketPhase.closed),
      (.xnys, "2025-11-26T09:00:00Z", .pre),
      (.xnys, "2025-11-26T14:30:00Z", .regular),
      (.xnys, "2025-11-26T20:59:59.999999999Z", .regular),
      (.xnys, "2025-11-26T21:00:00Z", .post),
      (.xnys, "2025-11-27T00:59:59Z", .post),
      (.xnys, "2025-11-27T01:00:00Z", .closed),
      // Thanksgiving, and the short day after it.
      (.xnys, "2025-11-27T15:00:00Z", .closed),
      (.xnys, "2025-11-28T18:00:00Z", .post),
      (.xnys, "2025-11-28T22:00:00Z", .closed),
      // CME breaks for an hour from Monday to Thursday, and closes on Friday and on short days.
      (.cmeFx, "2025-11-30T22:59:59Z", .closed),
      (.cmeFx, "2025-11-30T23:00:00Z", .regular),
      (.cmeFx, "2025-12-01T22:00:00Z", .break),
      (.cmeFx, "2025-12-01T23:00:00Z", .regular),
      (.cmeFx, "2025-12-05T22:00:00Z", .closed),
      (.cmeFx, "2020-11-26T18:00:00Z", .closed),
      (.fx, "2025-11-30T21:59:59Z", .closed),
      (.fx, "2025-11-30T22:00:00Z", .regular),
      (.fx, "2025-12-25T12:00:00Z", .regular),
      (.fx, "2025-12-05T22:00:00Z", .closed),
      (.always, "2025-12-06T12:00:00Z", .regular),
    ])
  func phases(_ name: CalendarName, _ instant: String, _ phase: MarketPhase) throws {
    let instant = try Timestamp(instant)
    #expect(TradingCalendar(name).phase(at: instant) == phase)
  }

  @Test(
    "counts an instant to the trading day that it belongs to",
    arguments: [
      // A trade on Sunday evening belongs to Monday.
      (CalendarName.cmeFx, "2025-11-30T23:30:00Z", "2025-12-01", "2025-12-01T22:00:00Z"),
      (.cmeFx, "2025-07-06T21:30:00Z", "2025-07-07", "2025-07-07T21:00:00Z"),
      (.fx, "2025-07-06T21:30:00Z", "2025-07-07", "2025-07-07T21:00:00Z"),
      (.fx, "2025-07-07T20:59:59Z", "2025-07-07", "2025-07-07T21:00:00Z"),
      (.fx, "2025-07-07T21:00:00Z", "2025-07-08", "2025-07-08T21:00:00Z"),
      (.fx, "2025-07-11T21:00:00Z", "2025-07-14", "2025-07-14T21:00:00Z"),
      (.cmeFx, "2025-12-24T19:00:00Z", "2025-12-26", "2025-12-26T22:00:00Z"),
      // US stocks: after the close it is the next session's, over a weekend and a holiday.
      (.xnys, "2025-11-26T20:59:59Z", "2025-11-26", "2025-11-26T21:00:00Z"),
      (.xnys, "2025-11-26T21:00:00Z", "2025-11-28", "2025-11-28T18:00:00Z"),
      (.xnys, "2025-11-28T09:30:00Z", "2025-11-28", "2025-11-28T18:00:00Z"),
      (.always, "2025-11-28T23:59:59Z", "2025-11-28", "2025-11-29T00:00:00Z"),
    ])
  func tradeDates(_ name: CalendarName, _ instant: String, _ date: String, _ end: String) throws {
    let calendar = TradingCalendar(name)
    let instant = try Timestamp(instant)
    #expect(calendar.tradeDate(of: instant).description == date)
    #expect(calendar.tradeDateEnd(after: instant).description == end)
  }

  @Test("counts what becomes known at the close to the day that ends there", arguments: CalendarName.allCases)
  func endOfDay(_ name: CalendarName) throws {
    let calendar = TradingCalendar(name)
    for day in OvernightCalendarTests.days(name, 2019...2021) {
      #expect(calendar.tradeDateEnd(atOrAfter: day.close) == day.close)
      #expect(calendar.tradeDateEnd(after: day.close) > day.close)
    }
    #expect(calendar.tradeDateEnd(atOrAfter: Timestamp(nanos: .min)) > Timestamp(nanos: .min))
  }

  /// The phase by looking through all days; nothing of it is the code under test but the days.
  func naivePhase(_ instant: Timestamp, _ days: [TradingDay], _ name: CalendarName) -> MarketPhase {
    for (index, day) in days.enumerated() {
      if instant >= day.open && instant < day.close { return .regular }
      if instant >= day.extendedOpen && instant < day.open { return .pre }
      if instant >= day.close && instant < day.extendedClose { return .post }
      if name == .cmeFx, index + 1 < days.count, instant >= day.close, instant < days[index + 1].open {
        return days[index + 1].open.nanos - day.close.nanos == 3600 * Timestamp.nanosPerSecond ? .break : .closed
      }
    }
    return .closed
  }

  @Test(
    "agrees with a search through all trading days, cached or not, at random instants", arguments: CalendarName.allCases
  )
  func agreesWithSearch(_ name: CalendarName) throws {
    let calendar = TradingCalendar(name)
    let days = OvernightCalendarTests.days(name, 2005...2012)
    let first = days[5].open.nanos
    let length = days[days.count - 5].open.nanos - first
    var random = SeededRandom.reported()
    var cached = PhaseSpan()
    var instants: [Timestamp] = []
    for _ in 0..<1500 {
      instants.append(Timestamp(nanos: first + Int64(random.next() % UInt64(length))))
      let day = days[5 + Int(random.next() % UInt64(days.count - 10))]
      for edge in [day.extendedOpen, day.open, day.close, day.extendedClose] {
        instants += [edge, edge.advanced(byNanos: -1)]
      }
    }
    for instant in instants {
      let near = days.filter { abs($0.open.nanos - instant.nanos) < 12 * Timestamp.nanosPerDay }
      let expected = naivePhase(instant, near, name)
      let span = calendar.span(at: instant)
      let isRight =
        calendar.phase(at: instant) == expected && calendar.phase(at: instant, cached: &cached) == expected
        && span.contains(instant) && cached.contains(instant)
        && naivePhase(span.end.advanced(byNanos: -1), near, name) == expected || name == .always
      if !isRight { Issue.record("\(instant): \(calendar.phase(at: instant)), not \(expected)") }
    }
    // In increasing time trade dates never go back, and a day's end is after the instant and ends that date's session.
    instants.sort()
    var last = calendar.tradeDate(of: instants[0])
    for instant in instants {
      let date = calendar.tradeDate(of: instant)
      let end = calendar.tradeDateEnd(after: instant)
      if date < last || end <= instant || calendar.session(on: date)?.close != end { Issue.record("\(instant)") }
      last = date
    }
  }

  @Test(
    "finds the most regular phase of a stretch as a look at each of its minutes does", arguments: CalendarName.allCases)
  func stretches(_ name: CalendarName) throws {
    let calendar = TradingCalendar(name)
    var random = SeededRandom.reported()
    let minute = 60 * Timestamp.nanosPerSecond
    let origin = try Timestamp("2024-11-20").nanos
    var cached = PhaseSpan()
    for _ in 0..<400 {
      let start = origin + Int64(random.next() % (40 * 1440)) * minute
      let minutes = [1, 5, 60, 240, 1440, 3000][Int(random.next() % 6)]
      var found = MarketPhase.closed
      for step in 0..<minutes {
        let phase = calendar.phase(at: Timestamp(nanos: start + Int64(step) * minute))
        if step == 0 { found = phase }
        if phase == .regular { found = .regular }
        if (phase == .pre || phase == .post) && (found == .closed || found == .break) { found = phase }
      }
      let end = Timestamp(nanos: start + Int64(minutes) * minute)
      let phase = calendar.phase(from: Timestamp(nanos: start), to: end, cached: &cached)
      if phase != found { Issue.record("\(Timestamp(nanos: start)) for \(minutes) minutes: \(phase), not \(found)") }
    }
  }

  @Test("answers at both ends of time without a trap", arguments: CalendarName.allCases)
  func endsOfTime(_ name: CalendarName) {
    let calendar = TradingCalendar(name)
    var cached = PhaseSpan()
    for nanos in [Int64.min, .min + 1, .min + Timestamp.nanosPerDay, 0, .max - Timestamp.nanosPerDay, .max - 1, .max] {
      let instant = Timestamp(nanos: nanos)
      #expect(calendar.phase(at: instant) == calendar.phase(at: instant, cached: &cached))
      #expect(calendar.tradeDateEnd(after: instant) >= instant)
      #expect(calendar.tradeDateEnd(atOrAfter: instant) >= instant)
      _ = calendar.tradeDate(of: instant)
    }
  }

  @Test("reads every calendar's name as it is printed, and Nasdaq's as New York's")
  func names() {
    for name in CalendarName.allCases { #expect(CalendarName(word: name.word) == name) }
    #expect(CalendarName(word: "XNAS") == .xnys)
    #expect(CalendarName(word: "CME_FX") == .cmeFx)
    #expect(CalendarName(word: "xlon") == nil)
  }

  @Test("says why the market was closed, or what kept it from its hours")
  func remarks() throws {
    let xnys = TradingCalendar(.xnys)
    func remark(_ year: Int, _ month: Int, _ day: Int) -> String? {
      CivilDate(year: year, month: month, day: day).flatMap { xnys.remark(on: $0)?.description }
    }
    #expect(remark(2025, 1, 9) == "mourning for Jimmy Carter")
    #expect(remark(2002, 9, 11) == "opened 12:00: first anniversary of 11 September")
    #expect(remark(2025, 1, 10) == nil)
    #expect(remark(2026, 11, 26) == "Thanksgiving Day")
    #expect(remark(2021, 12, 24) == "Christmas Day")
    #expect(remark(2025, 12, 24) == "Christmas Eve")
    #expect(remark(2022, 6, 20) == "Juneteenth")
    #expect(remark(2026, 11, 28) == nil)
    // Every weekday without a session and every short day has a name, on both calendars that have holidays.
    for name in [CalendarName.xnys, .cmeFx] {
      let calendar = TradingCalendar(name)
      var date = try Timestamp("1990-01-01").utcDate
      while date.year < 2041 {
        let isNamed =
          calendar.session(on: date) != nil && !calendar.closesEarly(on: date) || calendar.remark(on: date) != nil
        if date.weekday != .saturday && date.weekday != .sunday && !isNamed { Issue.record("\(name) \(date)") }
        date = date.adding(days: 1)
      }
    }
    let (friday, thanksgiving) = (try Timestamp("2025-11-28").utcDate, try Timestamp("2025-11-27").utcDate)
    #expect(xnys.closesEarly(on: friday))
    #expect(!xnys.closesEarly(on: thanksgiving))
  }
}
