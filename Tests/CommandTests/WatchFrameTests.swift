// Goal: what `--watch` draws fits the terminal, shows what matters first, and changes only when somebody means it.
// Method: frames of fixed values at common sizes against golden text; every size up to 200×60 for what must hold at all of them.
import Commands
import Core
import Market
import Testing

@Suite("The watch view")
struct WatchFrameTests {
  private static func price(_ cents: Int64) -> Price { Price(nanos: cents * FixedPoint.unit / 100) }

  private static func row(_ place: Int) -> WatchFrame.Row {
    let ages: [Int64] = [84_000_000, 2_100_000_000, 700_000_000_000]
    let isLong = place.isMultiple(of: 2)
    return WatchFrame.Row(
      symbol: place == 0 ? "BTCUSDT" : "S\(place)", price: place == 3 ? nil : price(6_093_017 / Int64(place + 1)),
      ageNanos: place == 1 ? nil : ages[place % 3],
      position: Quantity(nanos: isLong ? 3_280_000 : -10 * FixedPoint.unit), value: Int128(place) * 199_851_000_000,
      confidenceMicros: place == 2 ? nil : 445_849, wants: place == 2 ? nil : "long",
      decision: place == 2 ? nil : "passed within_limits")
  }

  private static func frame(_ instruments: Int, events: Int) -> WatchFrame {
    var frame = WatchFrame()
    frame.title = "engine live  btc_eth_1m"
    frame.phase = "running"
    frame.clock = Timestamp(nanos: 1_795_000_000_123_456_789)
    frame.run = "4fd95ffa42d1  runs/btc_eth_1m-4fd95ffa42d1.zst.partial"
    frame.account = WatchFrame.Account(
      equity: 1_000_042_123_456_789, cash: 998_000_000_000_000, realised: -1_250_000_000, unrealised: 43_370_000_000,
      currency: "USDT")
    frame.state = "kill flattening, account halted"
    frame.limits = ["max_position 45 %", "BTCUSDT max_position_notional 99 %", "max_gross 12 %", "daily_loss 80 %"]
    frame.breakers = ["daily_loss of account tripped"]
    frame.counts = ["90 bars", "16 signals", "16 orders", "16 fills", "durable in 812 us (most 4201)"]
    frame.rows = (0..<instruments).map(row)
    frame.events = (0..<events).map {
      "\(100 + $0)  fill  BTCUSDT buy 0.00328 at 60930.17 leaves 0 taker, and words that are longer than a narrow terminal"
    }
    return frame
  }

  @Test(
    "is laid out for 80×24, for 120×40, for a narrow terminal, for many instruments and for a run that has hardly begun"
  )
  func golden() throws {
    var text = ""
    func show(_ frame: WatchFrame, _ columns: Int, _ rows: Int) {
      text += "\(columns)×\(rows)\n" + frame.lines(columns: columns, rows: rows).map { "|\($0)\n" }.joined() + "\n"
    }
    show(Self.frame(3, events: 30), 80, 24)
    show(Self.frame(3, events: 30), 120, 40)
    show(Self.frame(3, events: 2), 40, 12)
    show(Self.frame(20, events: 30), 80, 24)
    show(Self.frame(20, events: 30), 120, 40)
    var called = Self.frame(3, events: 3)
    called.account?.margin = MarginStanding(
      initial: 1_200_000_000_000_000, maintenance: 1_100_000_000_000_000, excess: -199_957_876_543_211, calledBy: 4_711)
    show(called, 80, 24)
    called.account?.margin = nil
    called.account?.unsettled = 12_340_000_000
    show(called, 80, 24)
    var waiting = WatchFrame()
    waiting.title = "engine paper  spy_qqq_1m"
    waiting.phase = "waiting"
    show(waiting, 80, 24)
    try CommandStage.expectGolden(text, "watch_frames")
  }

  @Test("never has a line that wraps nor more lines than the terminal, whatever its size")
  func sizes() {
    for instruments in [0, 1, 3, 40] {
      var frame = Self.frame(instruments, events: 30)
      if instruments == 3 {
        frame.account?.margin = MarginStanding(initial: .max, maintenance: .max, excess: .min, calledBy: .max)
      }
      for columns in 1...200 {
        for rows in 1...60 {
          let lines = frame.lines(columns: columns, rows: rows)
          if lines.contains(where: { $0.count > columns }) || lines.count > max(rows - 1, 1) || lines.isEmpty {
            Issue.record("\(instruments) instruments at \(columns)×\(rows)")
          }
        }
      }
    }
  }

  @Test("shows no control character of a text that came from outside")
  func controls() {
    var frame = Self.frame(1, events: 0)
    frame.events = ["12  notice  \u{1B}[2Jgone\u{7}\nline"]
    let lines = frame.lines(columns: 80, rows: 24)
    #expect(lines.last == "12  notice  [2Jgoneline")
  }

  @Test("tells all instruments it leaves out, and keeps some lines for events")
  func room() {
    let lines = Self.frame(40, events: 30).lines(columns: 80, rows: 24)
    let shown = lines.count { $0.hasPrefix("S") || $0.hasPrefix("BTCUSDT ") }
    #expect(lines.contains("and \(40 - shown) more"))
    #expect(lines.count { $0.contains("  fill  ") } >= 3)
  }
}
