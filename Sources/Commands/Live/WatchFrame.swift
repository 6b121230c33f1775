package import Core
package import Market
import Projections

/// What `--watch` shows of a run at one moment, and how it is laid out: a pure function of values and of the terminal's size, so that tests see what people see.
///
/// No line is longer than the terminal is wide, or it would wrap and the next frame begin at the wrong place; there are fewer lines than the terminal has. Where not all
/// columns fit, the less telling ones are left out; where not all instruments or events do, they are counted.
package struct WatchFrame: Sendable {
  package struct Account: Sendable {
    /// In the run's currency, two decimals.
    package var equity: Int128
    package var cash: Int128
    package var realised: Int128
    package var unrealised: Int128
    package var currency: String
    /// Proceeds on their way, of a cash account whose profile has one.
    package var unsettled: Int128?
    package var margin: MarginStanding?

    package init(equity: Int128, cash: Int128, realised: Int128, unrealised: Int128, currency: String) {
      self.equity = equity
      self.cash = cash
      self.realised = realised
      self.unrealised = unrealised
      self.currency = currency
    }
  }

  package struct Row: Sendable {
    package var symbol: String
    package var price: Price?
    /// How old the bar was when it was decided on, in nanoseconds; nil for history.
    package var ageNanos: Int64?
    package var position: Quantity
    package var value: Int128
    package var confidenceMicros: Int64?
    package var wants: String?
    package var decision: String?

    package init(
      symbol: String, price: Price?, ageNanos: Int64?, position: Quantity, value: Int128, confidenceMicros: Int64?,
      wants: String?, decision: String?
    ) {
      self.symbol = symbol
      self.price = price
      self.ageNanos = ageNanos
      self.position = position
      self.value = value
      self.confidenceMicros = confidenceMicros
      self.wants = wants
      self.decision = decision
    }
  }

  package var title = ""
  package var phase = ""
  package var clock: Timestamp?
  package var run = ""
  package var account: Account?
  /// What may leave.
  package var state = "active"
  /// A limit each, with how much of it is used.
  package var limits: [String] = []
  package var breakers: [String] = []
  package var counts: [String] = []
  package var rows: [Row] = []
  /// The last ones, the newest at the end.
  package var events: [String] = []

  package init() {}

  /// Lines that fit a terminal.
  package func lines(columns: Int, rows rowCount: Int) -> [String] {
    let room = max(rowCount - 1, 1)
    var lines = header(columns)
    // Of what is left, instruments come first, but some lines are the events'.
    let left = max(room - lines.count - 3, 0)
    let eventsAtLeast = min(events.count, max(left / 3, 3))
    let shown = rows.count <= left - eventsAtLeast ? rows.count : max(left - eventsAtLeast - 1, 0)
    if !rows.isEmpty {
      lines.append("")
      lines += table(rows.prefix(shown), columns)
      if shown < rows.count { lines.append("and \(rows.count - shown) more") }
    }
    let eventRoom = room - lines.count - 1
    if eventRoom > 0, !events.isEmpty {
      lines.append("")
      lines += events.suffix(eventRoom)
    }
    return lines.prefix(room).map { WatchFrame.cut($0, columns) }
  }

  private func header(_ columns: Int) -> [String] {
    var first = "\(title)  \(phase)"
    if let clock {
      let time = "\(Timestamp(nanos: clock.nanos - clock.nanos % 1_000_000_000))"
      first += String(repeating: " ", count: max(columns - first.count - time.count, 2)) + time
    }
    var lines = [first, "run       \(run)"]
    if let account {
      let money = { (nanos: Int128) in Statistic.money(nanos) }
      lines += wrapped(
        "account   ",
        [
          "equity \(money(account.equity)) \(account.currency)", "cash \(money(account.cash))",
          "realised \(money(account.realised))", "unrealised \(money(account.unrealised))",
        ], columns)
    }
    if let unsettled = account?.unsettled { lines.append("unsettled \(Statistic.money(unsettled))") }
    if let margin = account?.margin {
      var items = [
        "initial \(Statistic.money(margin.initial))", "maintenance \(Statistic.money(margin.maintenance))",
        "excess \(Statistic.money(margin.excess))",
      ]
      if let call = margin.calledBy { items.insert("CALLED by event \(call)", at: 0) }
      lines += wrapped("margin    ", items, columns)
    }
    lines.append("state     \(state)")
    if !limits.isEmpty { lines += wrapped("limits    ", limits, columns).prefix(3) }
    if !breakers.isEmpty { lines += wrapped("breakers  ", breakers, columns).prefix(2) }
    if !counts.isEmpty { lines += wrapped("counts    ", counts, columns).prefix(2) }
    return lines
  }

  /// Items on as many lines as they need, those after the first indented under it.
  private func wrapped(_ head: String, _ items: [String], _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = head
    for (place, item) in items.enumerated() {
      let addition = (line.count == head.count ? "" : ", ") + item
      if place > 0, line.count + addition.count > columns, line.count > head.count {
        lines.append(line)
        line = String(repeating: " ", count: head.count) + item
      } else {
        line += addition
      }
    }
    return lines + [line]
  }

  // MARK: The table

  private struct Column: Sendable {
    var title: String
    var isRight: Bool
    /// The higher, the sooner it is left out.
    var rank: Int
    var cell: @Sendable (Row) -> String
  }

  private static let columns: [Column] = [
    Column(title: "symbol", isRight: false, rank: 0) { $0.symbol },
    Column(title: "price", isRight: true, rank: 0) { $0.price.map { "\($0)" } ?? "-" },
    Column(title: "age", isRight: true, rank: 3) { row in
      row.price == nil ? "-" : row.ageNanos.map(WatchFrame.age) ?? "history"
    },
    Column(title: "position", isRight: true, rank: 0) { "\($0.position)" },
    Column(title: "value", isRight: true, rank: 4) { Statistic.money($0.value) },
    Column(title: "confidence", isRight: true, rank: 2) { row in
      row.confidenceMicros.map { FixedPoint.text(nanos: Int128($0) * 1_000) } ?? "-"
    },
    Column(title: "wants", isRight: false, rank: 1) { $0.wants ?? "-" },
    Column(title: "last decision", isRight: false, rank: 1) { $0.decision ?? "-" },
  ]

  private func table(_ rows: ArraySlice<Row>, _ width: Int) -> [String] {
    var shown = WatchFrame.columns
    var widths = shown.map { column in max(column.title.count, rows.map { column.cell($0).count }.max() ?? 0) }
    // The last column may be cut; it is worth its name's width.
    func total() -> Int {
      widths.dropLast().reduce(0) { $0 + $1 + 2 } + (shown.last?.title.count ?? 0)
    }
    while total() > width, let rank = shown.map(\.rank).max(), rank > 0,
      let place = shown.firstIndex(where: { $0.rank == rank })
    {
      shown.remove(at: place)
      widths.remove(at: place)
    }
    var table = TextTable(shown.map { $0.isRight ? .right : .left })
    table.add(row: shown.map(\.title))
    for row in rows { table.add(row: shown.map { $0.cell(row) }) }
    return table.text.split(separator: "\n").map(String.init)
  }

  // MARK: Words

  private static func age(_ nanos: Int64) -> String {
    let millis = nanos / 1_000_000
    if millis.magnitude < 1_000 { return "\(millis) ms" }
    if millis.magnitude < 100_000 { return "\(millis / 1_000).\(millis.magnitude % 1_000 / 100) s" }
    return "\(millis / 60_000) min"
  }

  /// A terminal shows control characters as what they do: they are left out.
  private static func cut(_ line: String, _ columns: Int) -> String {
    let plain = String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
    guard plain.count > columns else { return plain }
    return plain.prefix(max(columns - 1, 0)) + "…"
  }
}
