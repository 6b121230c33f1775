import Market

/// The hours of one trade date as `engine calendar` prints them.
struct SessionLine {
  let day: TradingDay
  let notes: [String]

  init(_ calendar: TradingCalendar, _ day: TradingDay) {
    self.day = day
    var notes: [String] = []
    if calendar.closesEarly(on: day.date) { notes.append("early close") }
    if let remark = calendar.remark(on: day.date) { notes.append("\(remark)") }
    self.notes = notes
  }

  static let header =
    "trade date      pre-market            opens                 closes                post-market ends\n"

  var text: String {
    let before = day.hasPreMarket ? "\(day.extendedOpen)" : "-" + String(repeating: " ", count: 19)
    let after = day.hasPostMarket ? "\(day.extendedClose)" : "-"
    let columns = "\(day.date) \(day.date.weekday.shortName)  \(before)  \(day.open)  \(day.close)  \(after)"
    if notes.isEmpty { return columns + "\n" }
    let padding = String(repeating: " ", count: day.hasPostMarket ? 2 : 21)
    return columns + padding + notes.joined(separator: "; ") + "\n"
  }

  var json: JSONText {
    .object([
      ("trade_date", .string("\(day.date)")),
      ("pre_market", day.hasPreMarket ? .string("\(day.extendedOpen)") : .null),
      ("open", .string("\(day.open)")),
      ("close", .string("\(day.close)")),
      ("post_market_end", day.hasPostMarket ? .string("\(day.extendedClose)") : .null),
      ("notes", .array(notes.map { .string($0) })),
    ])
  }
}

/// What a market does at an instant, and when that changes.
struct MarketMoment {
  let calendar: TradingCalendar
  let instant: Timestamp
  let span: PhaseSpan
  let tradeDate: CivilDate
  let tradeDateEnd: Timestamp
  /// When the regular session in progress ends, or the next one begins; nil where none is known: around the clock, and at the end of time.
  let nextClose: Timestamp?
  let nextOpen: Timestamp?

  init(_ calendar: TradingCalendar, _ instant: Timestamp) {
    self.calendar = calendar
    self.instant = instant
    span = calendar.span(at: instant)
    tradeDate = calendar.tradeDate(of: instant)
    tradeDateEnd = calendar.tradeDateEnd(after: instant)
    // Sessions that follow upon each other without a pause are one stretch of trading; a week of them is the longest there is.
    var open: Timestamp?
    var close: Timestamp?
    var stretch = span
    for _ in 0..<20 where open == nil && stretch.end.nanos < .max {
      let next = calendar.span(at: stretch.end)
      if stretch.phase == .regular && next.phase != .regular && close == nil { close = next.start }
      if stretch.phase != .regular && next.phase == .regular { open = next.start }
      stretch = next
    }
    nextOpen = open
    nextClose = span.phase == .regular ? close : nil
  }

  var text: String {
    var out = """
      calendar  \(calendar.name.word)
      at        \(instant)
      phase     \(span.phase.word)
      trade     \(tradeDate) \(tradeDate.weekday.shortName), until \(tradeDateEnd)

      """
    if let nextClose { out += "closes    \(nextClose)\n" }
    if let nextOpen { out += "opens     \(nextOpen)\n" }
    if let remark = calendar.remark(on: calendar.sessionDate(of: instant)) { out += "note      \(remark)\n" }
    return out
  }

  var json: JSONText {
    let remark = calendar.remark(on: calendar.sessionDate(of: instant))
    return .object([
      ("calendar", .string(calendar.name.word)),
      ("at", .string("\(instant)")),
      ("phase", .string(span.phase.word)),
      ("trade_date", .string("\(tradeDate)")),
      ("trade_date_end", .string("\(tradeDateEnd)")),
      ("next_close", nextClose.map { .string("\($0)") } ?? .null),
      ("next_open", nextOpen.map { .string("\($0)") } ?? .null),
      ("note", remark.map { .string("\($0)") } ?? .null),
    ])
  }
}

extension Weekday {
  /// `Mon`.
  var shortName: String { String(name.prefix(3)) }
}
