import Market

/// The golden bars of `peers.md` A7 as scenarios; the expected column is what backtrader 1.9.78.123 printed, where the row says so.
package enum GoldenBars {
  package struct Row: Sendable, CustomStringConvertible {
    package let number: Int
    package let profile: String
    /// From bar 3 on: prices and expectations.
    package let bars: [(prices: String, expected: String)]
    /// True where backtrader fills the same.
    package let isBacktrader: Bool
    package var direction = "long"
    package var description: String { "row \(number)" }

    package var table: String {
      let neutral = "100/101/99/100 1000"
      let head = ["profile \(profile)", "\(neutral) |", "\(neutral) |", "\(neutral) \(direction) |"]
      return (head + bars.map { "\($0.prices) 1000 | \($0.expected)" } + ["\(neutral) |"]).joined(separator: "\n")
    }
  }

  /// Single orders of one kind over random bars, both sides: market, limit and stop orders up to two dollars from the close.
  package static func sweep(seed: UInt64, count: Int) -> [Row] {
    var state = seed | 1
    func next(_ bound: UInt64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % bound)
    }
    return (0..<count).map { number in
      let offset = next(400) - 200
      let profile = ["type=market", "type=limit limit=\(offset)", "type=stop stop=\(offset)"][Int(next(3))]
      var close: Int64 = 10_000
      let bars = (0..<6).map { _ in
        let open = close + next(201) - 100
        close = open + next(201) - 100
        let high = max(open, close) + next(60)
        let low = min(open, close) - next(60)
        return (
          prices: [open, high, low, close].map { FixedPoint.text(nanos: $0 * 10_000_000) }.joined(separator: "/"),
          expected: ""
        )
      }
      return Row(
        number: 100 + number, profile: profile, bars: bars, isBacktrader: true,
        direction: next(2) == 0 ? "long" : "short")
    }
  }

  private static let bracket = "sl=5% tp=10%"
  private static let flatEntry = (prices: "100/101/99/100", expected: "buy 100@100")

  package static let rows: [Row] = [
    Row(number: 1, profile: "", bars: [("102/104/101/103", "buy 100@102")], isBacktrader: true),
    Row(
      number: 2, profile: "type=limit limit=100", bars: [("100/101/99/100.5", "buy 100@99")], isBacktrader: true),
    Row(
      number: 3, profile: "type=limit limit=100", bars: [("100/101/98/100.5", "buy 100@99")], isBacktrader: true),
    Row(number: 4, profile: "type=limit limit=100", bars: [("97/98/96/97.5", "buy 100@97")], isBacktrader: true),
    Row(number: 5, profile: "type=stop stop=500", bars: [("103/105/102/104", "buy 100@105")], isBacktrader: true),
    Row(number: 6, profile: "type=stop stop=500", bars: [("103/107/102/104", "buy 100@105")], isBacktrader: true),
    Row(number: 7, profile: "type=stop stop=500", bars: [("108/110/107/109", "buy 100@108")], isBacktrader: true),
    Row(
      number: 8, profile: "type=stoplimit stop=500 limit=-100", bars: [("103/107/102/104", "buy 100@105")],
      isBacktrader: true),
    Row(
      number: 9, profile: "type=stoplimit stop=500 limit=-100", bars: [("108/110/105.5/109", "buy 100@106")],
      isBacktrader: true),
    Row(
      number: 10, profile: bracket,
      bars: [flatEntry, ("100/111/94/100", "sell 100@95 ; cancel siblingDone 100 ; pos=0")], isBacktrader: true),
    Row(
      number: 11, profile: bracket,
      bars: [flatEntry, ("108/111/94/100", "sell 100@95 ; cancel siblingDone 100 ; pos=0")], isBacktrader: true),
    Row(
      number: 12, profile: bracket,
      bars: [("100/111/94/100", "buy 100@100 ; sell 100@95 ; cancel siblingDone 100 ; pos=0")], isBacktrader: false),
    Row(
      number: 13, profile: bracket,
      bars: [flatEntry, ("90/93/88/92", "sell 100@90 ; cancel siblingDone 100 ; pos=0")], isBacktrader: true),
    Row(
      number: 14, profile: bracket,
      bars: [flatEntry, ("93/97/92/96", "sell 100@93 ; cancel siblingDone 100 ; pos=0")], isBacktrader: true),
    Row(
      number: 15, profile: bracket,
      bars: [flatEntry, ("115/116/112/113", "sell 100@115 ; cancel siblingDone 100 ; pos=0")], isBacktrader: true),
  ]
}
