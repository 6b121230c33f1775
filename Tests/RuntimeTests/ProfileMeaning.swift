/// SplitMix64: the same numbers from the same seed on every machine.
struct ProfileRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A random right profile as a tree that can be written in many ways.
struct ProfileMeaning {
  indirect enum Node {
    case word(String)
    /// Text that may need quotes.
    case text(String)
    /// Whole number and decimals, none or more.
    case number(Int64, decimals: String)
    case micros(Int64)
    case list([Node])
    case mapping([(key: String, value: Node, isDefault: Bool)])
  }

  let root: Node

  init(_ random: inout ProfileRandom) {
    let symbols = ProfileMeaning.universe(&random)
    let strategies = ProfileMeaning.strategies(&random)
    let hasStop = Bool.random(using: &random)
    let universe: Node = Bool.random(using: &random) ? .word("all") : .list(symbols.map { .text($0) })
    let risk = ProfileMeaning.risk(&random, symbols: symbols, strategyCount: strategies.count)
    var entries: [(key: String, value: Node, isDefault: Bool)] = [
      ("name", .word("run_\(Int.random(in: 0..<1000, using: &random))"), false),
      ("universe", universe, false),
      ("currency", .word(["USD", "USDT", "EUR"].randomElement(using: &random) ?? "USD"), false),
      ("cash", ProfileMeaning.number(&random, 1...9_000_000_000_000), false),
      ("strategies", .list(strategies), false),
      ("sizing", .mapping(ProfileMeaning.sizing(&random, hasStop: hasStop)), false),
      ("execution", ProfileMeaning.execution(&random), false),
      ("fills", ProfileMeaning.fills(&random), false),
      ("lots", .word(Bool.random(using: &random) ? "fifo" : "average"), false),
      ("risk", risk, false),
      ("journal", .mapping([("threads", .word("2"), true), ("level", .word("3"), true)]), true),
    ]
    if Bool.random(using: &random) { entries.append(("start", .word("1999-12-31T23:59:59.5Z"), false)) }
    if Bool.random(using: &random) { entries.append(("end", .word("2020-02-29"), false)) }
    if Bool.random(using: &random) {
      let word = ["alert", "quarantine"].randomElement(using: &random) ?? "alert"
      entries.append(("corporate_actions", .mapping([("missing_split", .word(word), false)]), false))
    }
    if Bool.random(using: &random) {
      let word = ["at_once", "never"].randomElement(using: &random) ?? "never"
      entries.append(
        (
          "currencies",
          .mapping([
            ("JPY", .mapping([("rate", .word("USDJPY"), false)]), false),
            (
              "CHF",
              .mapping([
                ("rate", .word("USDCHF"), false), ("cash", .word("5000"), false), ("start", .word("0.9"), false),
              ]), false
            ),
            ("convert", .word(word), false),
          ]), false
        ))
    }
    if Bool.random(using: &random) { entries.append(("sessions", ProfileMeaning.sessions(&random), false)) }
    if hasStop {
      entries.append(("exits", .mapping([("stop_loss", ProfileMeaning.share(&random, 1...999_999), false)]), false))
    }
    root = .mapping(entries)
  }

  static func number(_ random: inout ProfileRandom, _ range: ClosedRange<Int64>) -> Node {
    let decimals = ["", "", "5", "25", "000000001", "1234"].randomElement(using: &random) ?? ""
    return .number(Int64.random(in: range, using: &random), decimals: decimals)
  }

  static func share(_ random: inout ProfileRandom, _ range: ClosedRange<Int64>) -> Node {
    let micros = Int64.random(in: range, using: &random)
    return .micros(Bool.random(using: &random) ? max(range.lowerBound, micros / 10_000 * 10_000) : micros)
  }

  private static func universe(_ random: inout ProfileRandom) -> [String] {
    let symbols = ["AAPL", "BTC/USDT", "^GSPC", "7203", "NO", "a#b", "null", "#1", "x:y", "'q'", "ES=F", "é"]
    return Array(symbols.shuffled(using: &random).prefix(Int.random(in: 1...12, using: &random)))
  }

  private static func strategies(_ random: inout ProfileRandom) -> [Node] {
    let count = Int.random(in: 1...3, using: &random)
    return
      (0..<count).map { _ in
        if Bool.random(using: &random) {
          return .mapping([
            (
              "sma_cross",
              .mapping([
                ("fast", .word("10"), true),
                ("slow", .number(Int64.random(in: 11...99, using: &random), decimals: ""), false),
              ]),
              false
            )
          ])
        }
        var parameters: [(key: String, value: Node, isDefault: Bool)] = [
          ("count", .number(Int64.random(in: 1...50, using: &random), decimals: ""), false),
          ("level", .number(0, decimals: "5"), true),
          ("eager", .word(Bool.random(using: &random) ? "true" : "false"), false),
        ]
        if Bool.random(using: &random) {
          let expressions = ["close > 3", "a: \"b\" # c", "x\ny", "1 < 2 and 'z'", "tab\there"]
          parameters.append(("when", .text(expressions.randomElement(using: &random) ?? "1"), false))
        }
        return .mapping([("probe", .mapping(parameters), false)])
      }
  }

  private static func sizing(_ random: inout ProfileRandom, hasStop: Bool) -> [Entry] {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: [("shares", number(&random, 1...1_000_000), false)]
    case 1: [("notional", number(&random, 1...90_000_000_000), false)]
    case 2: [("equity_share", share(&random, 1...10_000_000), false)]
    default: estimatedSizing(&random, hasStop: hasStop)
    }
  }

  private static func execution(_ random: inout ProfileRandom) -> Node {
    let offset = Node.number(Int64.random(in: -9...9, using: &random), decimals: "")
    return .mapping([
      ("order", .word(Bool.random(using: &random) ? "limit" : "stop_limit"), false),
      ("limit_offset_ticks", offset, false), ("stop_offset_ticks", .word("0"), true),
      ("time_in_force", .word("day"), true),
    ])
  }

  private static func fills(_ random: inout ProfileRandom) -> Node {
    let slippage: Node
    switch Int.random(in: 0..<4, using: &random) {
    case 0: slippage = .word("none")
    case 1: slippage = .mapping([("ticks", .number(Int64.random(in: 1...9, using: &random), decimals: ""), false)])
    case 2:
      slippage = .mapping([("basis_points", .number(Int64.random(in: 1...9, using: &random), decimals: "25"), false)])
    default: slippage = .mapping([("share_of_range", share(&random, 1...1_000_000), false)])
    }
    let fees: Node
    switch Int.random(in: 0..<4, using: &random) {
    case 0: fees = .word("none")
    case 1: fees = .mapping([("per_share", .number(0, decimals: "005"), false), ("minimum", .word("0"), true)])
    case 2: fees = .mapping([("basis_points", .number(Int64.random(in: 1...90, using: &random), decimals: "5"), false)])
    default:
      let starts = [0, 1000, 2_000_000].prefix(Int.random(in: 1...3, using: &random))
      fees = .mapping([
        (
          "maker_taker",
          .list(
            starts.map { start in
              .mapping([
                ("from", .number(Int64(start), decimals: ""), false),
                ("maker", share(&random, -500...500), false), ("taker", share(&random, 1...5000), false),
              ])
            }), false
        )
      ])
    }
    let friction: [Entry] = Bool.random(using: &random) ? [("friction", friction(&random), false)] : []
    return .mapping(
      friction + [
        (
          "volume_share",
          Int.random(in: 0..<8, using: &random) == 0 ? .word("none") : share(&random, 1...1_000_000), false
        ), ("slippage", slippage, false), ("fees", fees, false),
      ])
  }
}
