package import Core
import Events
package import Market

/// A hand-checked run as a text table: one line an event, expectations in the last column.
///
/// ```
/// profile type=limit limit=100 tif=day     # what ScenarioProfile knows
/// instrument A tick=0.01 lot=1
/// step 60s from 2024-01-02T00:00:00Z       # bars follow one another at this distance
/// 100/101/99/100 1000 long | intent=buy:limit:100:99
/// 100/101/98/100 1000      | buy 100@99 ; pos=100
/// end                      |
/// ```
/// Input column: `[SYMBOL] O/H/L/C VOLUME [words]`, where words are targets (`long`, `short*0.5`, `flat?0.3` for strength and
/// confidence, `2:long` for the third strategy), `hist`, `&` (the slot goes on with the next line), `@TIME` (opens then),
/// `@=` (opens when the last bar did), `for=DURATION`; or `halt`, `resume`, `cancelAll`, `timer @TIME`, `[SYMBOL] split N:D`,
/// `[SYMBOL] dividend CASH`, `[SYMBOL] special CASH`, `SYMBOL spinoff N:D OTHER PRICE`, `SYMBOL merger N:D OTHER CASH PRICE` (`-` for no other),
/// `[SYMBOL] delist CASH` or `delist last`, `[SYMBOL] rename NEW`, `kill`, `reduceOnly`, `rearm`, `restoreSize`, `stopped [SYMBOL]` and `trading [SYMBOL]` (a halt and its end), `clock @TIME`,
/// `[SYMBOL] differs OURS THEIRS`, `end`.
///
/// Expected column, separated by `;`: everything that happened to orders, in order (see `ScenarioRun.lines`), then `key=value` words about
/// the state afterwards. What happened must be listed completely; state only where it matters.
package struct Scenario {
  package struct Step {
    package var text: String
    package var input: StageInput
    package var expected: [String]
    package var state: [(key: String, value: String)]
  }
  package private(set) var configuration: RunConfiguration
  package private(set) var instruments: [Instrument]
  package private(set) var steps: [Step] = []

  private var script: [ScriptLine] = []
  private var stepNanos = 60 * Timestamp.nanosPerSecond
  private var nextOpen = Timestamp(nanos: 1_704_153_600_000_000_000)
  private var lastOpen = Timestamp(nanos: 0)
  private var now = Timestamp(nanos: 0)

  package init(_ text: String) throws {
    var profile = ScenarioProfile()
    configuration = profile.configuration
    instruments = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let uncommented = line.prefix { $0 != "#" }
      let columns = uncommented.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      let words = columns[0].split(separator: " ")
      guard let first = words.first else { continue }
      switch first {
      case "profile": try profile.read(profile: Array(words.dropFirst()))
      case "instrument": try profile.read(instrument: Array(words.dropFirst()))
      case "step": try readStep(words)
      default:
        if profile.instruments.isEmpty { try profile.read(instrument: ["A"]) }
        instruments = profile.instruments
        try readEvent(words, expected: columns.count > 1 ? columns[1] : "", text: String(line))
      }
    }
    configuration = profile.configuration
    configuration.strategies = ScriptLine.specifications(script)
  }

  private mutating func readStep(_ words: [Substring]) throws {
    stepNanos = try duration(words[1])
    if words.count == 4 { nextOpen = try Timestamp(String(words[3])) }
    now = nextOpen
  }

  private func duration(_ word: Substring) throws -> Int64 {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let suffix = word.last, let unit = units[suffix], let count = Int64(word.dropLast()) else {
      throw ScenarioError("a duration such as 60s, not \(word)")
    }
    return count * unit * Timestamp.nanosPerSecond
  }

  private mutating func readEvent(_ all: [Substring], expected: Substring, text: String) throws {
    var words = all
    var instrument = 0
    if let index = instruments.firstIndex(where: { $0.symbol == words[0] }) {
      instrument = index
      words.removeFirst()
    }
    let input: StageInput
    switch words[0] {
    case "halt": input = .command(.halt, now)
    case "resume": input = .command(.resume, now)
    case "cancelAll": input = .command(.cancelAll, now)
    case "reduceOnly": input = .command(.reduceOnly, now)
    case "rearm": input = .command(.rearm, now)
    case "restoreSize": input = .command(.restoreSize, now)
    case "kill": input = .kill(.command, now)
    case "stopped", "trading":
      let named = words.count > 1 ? instruments.firstIndex { $0.symbol == words[1] } : nil
      let place = named.map { InstrumentIndex($0) }
      input = .halt(TradingHalt(isHalted: words[0] == "stopped", instrument: place, reason: ""), now)
    case "clock": input = .clock(try Timestamp(String(words[1].dropFirst())), now)
    case "differs":
      input = .reconciliation(
        ReconciliationBreak(
          instrument: InstrumentIndex(instrument), ours: try Quantity(String(words[1])),
          theirs: try Quantity(String(words[2]))), now)
    case "timer":
      now = try Timestamp(String(words[1].dropFirst()))
      input = .timer(now)
    case "end": input = .end(now)
    case "split", "dividend", "special", "spinoff", "merger", "delist", "rename":
      input = .action(try readAction(words, instrument), now)
    default: input = .bar(try readBar(words, instrument))
    }
    var step = Step(text: text, input: input, expected: [], state: [])
    for part in expected.split(separator: ";") {
      for word in part.split(separator: " ") where word.contains("=") { step.state.append(try pair(word)) }
      let happening = part.split(separator: " ").filter { !$0.contains("=") }.joined(separator: " ")
      if !happening.isEmpty { step.expected.append(happening) }
    }
    steps.append(step)
  }

  private func readAction(_ words: [Substring], _ instrument: Int) throws -> CorporateAction {
    func money(_ place: Int) throws -> Int64 { try String(words[place]).fixedPointNanos() }
    func ratio(_ word: Substring) -> [UInt64] { word.split(separator: ":").compactMap { UInt64($0) } }
    var action = CorporateAction(
      instrument: InstrumentIndex(instrument), type: .split, numerator: 1, denominator: 1, cash: 0)
    switch words[0] {
    case "split", "spinoff", "merger": (action.numerator, action.denominator) = (ratio(words[1])[0], ratio(words[1])[1])
    default: break
    }
    if words[0] == "spinoff" || words[0] == "merger" {
      action.other = instruments.firstIndex { $0.symbol == words[2] }.map { InstrumentIndex($0) }
      action.price = try money(words.count - 1)
    }
    switch words[0] {
    case "split": break
    case "dividend": (action.type, action.cash) = (.cashDividend, try money(1))
    case "special": (action.type, action.cash) = (.specialDividend, try money(1))
    case "spinoff": action.type = .spinOff
    case "merger": (action.type, action.cash) = (.merger, try money(3))
    case "delist":
      action.type = words[1] == "last" ? .delistingAtLast : .delisting
      if words[1] != "last" { action.cash = try money(1) }
    default: (action.type, action.symbol) = (.symbolChange, String(words[1]))
    }
    return action
  }

  private mutating func readBar(_ words: [Substring], _ instrument: Int) throws -> Bar {
    let prices = try words[0].split(separator: "/").map { try Price(String($0)) }
    guard prices.count == 4, words.count >= 2 else { throw ScenarioError("O/H/L/C VOLUME, not \(words)") }
    var (open, length, isHistorical, closesSlot) = (nextOpen, stepNanos, false, true)
    var isRepeat = false
    for word in words.dropFirst(2) {
      if word == "hist" {
        isHistorical = true
      } else if word == "&" {
        closesSlot = false
      } else if word == "@=" {
        open = lastOpen
        isRepeat = true
      } else if word.hasPrefix("@") {
        open = try Timestamp(String(word.dropFirst()))
      } else if word.hasPrefix("for=") {
        length = try duration(word.dropFirst(4))
      }
    }
    for word in words.dropFirst(2) where !word.hasPrefix("@") && !["hist", "&"].contains(word) && !word.contains("=") {
      try readTarget(word, instrument, open)
    }
    let bar = try Bar(
      instrument: InstrumentIndex(instrument), openTime: open, durationNanos: length, open: prices[0], high: prices[1],
      low: prices[2], close: prices[3], volume: Quantity(String(words[1])), source: .synthetic,
      isHistorical: isHistorical, closesSlot: closesSlot)
    lastOpen = open
    now = bar.knownAt
    if closesSlot, !isRepeat { nextOpen = Timestamp(nanos: open.nanos + stepNanos) }
    return bar
  }

  private mutating func readTarget(_ word: Substring, _ instrument: Int, _ open: Timestamp) throws {
    let parts = word.split(separator: ":")
    let strategy = parts.count == 2 ? Int(parts[0]) ?? 0 : 0
    let body = parts[parts.count - 1]
    let confident = body.split(separator: "?")
    let strong = confident[0].split(separator: "*")
    let directions: [Substring: Direction] = ["long": .long, "short": .short, "flat": .flat]
    guard let direction = directions[strong[0]] else { throw ScenarioError("no target \(word)") }
    script.append(
      ScriptLine(
        strategy: strategy, instrument: instrument, openNanos: open.nanos, direction: direction,
        strengthMicros: strong.count > 1 ? try micros(String(strong[1])) : 1_000_000,
        confidenceMicros: confident.count > 1 ? try micros(String(confident[1])) : 1_000_000))
  }
}
