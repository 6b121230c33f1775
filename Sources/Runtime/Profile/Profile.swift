package import Core
package import Journal
package import Market
package import Strategies

/// What a run is to do, as its file says it: checked, typed, with nothing left open.
///
/// A profile is YAML with these keys; those marked * must be there. Unknown keys, wrong types and impossible values are all
/// listed at once. Shares are written `2 %` or `5 bp`; numbers are exact decimals, read without a `Double`, with underscores
/// between digits where that helps. Examples with a comment a line are in `config/profiles`.
///
/// - `name`*: a–z, 0–9 and _
/// - `bars`: path of the journal that holds the bars
/// - `universe`*: `all` or a list of symbols
/// - `start`, `end`: a date or instant; the end is not part of the run
/// - `decision_bars`: a duration that divides a day, or `session`: strategies see bars of that length, made of the feed's own, on which orders fill
/// - `currency`*, `cash`*
/// - `strategies`*: a list of `NAME` or `NAME: {PARAMETERS}`
/// - `sizing`*: one of `shares`, `notional`, `equity_share`; `volatility_target`: `target`*, `bars_per_year`*, `estimate` (`ewma` with `decay`
///   (0.94), or `atr` with `bars` (14)), `max` (100 %); `portfolio_volatility`: `target`*, `bars_per_year`*, `decay`, `max`; `risk_per_trade`:
///   `share`*, `stop` (`exits`, or `atr` with `bars` and `multiple`*), `max`; `kelly`: `fraction`*, `bars`*, `max`; `inverse_volatility` and
///   `risk_parity`: `budget`*, `decay`. Beside it `no_trade_band`, `rebalance` (`on_signal` or `every_bar`), `drawdown` with `steps`* and
///   `recovery` (50 %)
/// - `execution`: `order` (market), `time_in_force` (day), `good_for` (with `gtd`), `limit_offset_ticks` (0), `stop_offset_ticks` (0), `trail` (a share or an
///   amount, with trailing stops), `post_only` (false), `hours` (`run`, `regular` or `extended`); `exit`: the same and `reduce_only` (false), for what only
///   closes; without it that goes at market and rests until it fills; `or`: the same, a second order for what opens, of which what one fills is taken off the
///   other; `replace` (`new`, or `amend`: a newer signal changes the order that works)
/// - `exits`: `stop_loss` or `trailing_stop` (a share or an amount), `take_profit`
/// - `fills`*: `convention` (`pessimistic`; or the rules of `next-open-optimistic`, `backtrader`, `backtesting`, `nautilus`, `lean`, `tradingview`), `path` (the
///   convention's own; or `worst_case`, `best_case`, `by_age`, `high_first`, `by_body`, `nearest_extreme`), `volume_share`* (`none`: volume is not looked at); `slippage`*: `none` or one of `ticks`, `basis_points`, `share_of_range`; `fees`*: `none` or
///   `per_share` with `minimum` and `maximum`, `basis_points`, or `maker_taker` with a list of `from`, `maker`, `taker`; the two with `paid_in` (`quote`, or `received`: spot crypto's fees, kept of the units of a purchase)
/// - `lots`*: `average` or `fifo`
/// - `risk`*: `allow_short`*, `require_cash`*, `forbid_self_crossing` (false); the account's limits: `allowed`, `hours`, `stale_after`,
///   `min_confidence` (0), `price_guard` (`min`, `max`), `price_collar`, `close_collar`, `max_order_rate` and `max_repeats` (`count`, `within`),
///   `locate`, `max_order_quantity`, `max_order_notional`, `max_volume_share`, `max_position` (or `max_shares`), `max_position_notional`,
///   `max_gross`, `max_net`, `max_daily_net`, `max_leverage`; the same under `strategies` (by place or name), `sectors` and `symbols`;
///   `correlation`: `at_least`*, `max_gross`*, `decay`; `breakers`: a list of `NAME: {threshold, within or over, scope, only, action, rearm}`;
///   `kill`: `file`, `collar`, `then`. Each of the limits, and `daily_loss` of the breakers, may be `unlimited`
/// - `account`: `type`* (`cash` or `margin`), `settlement`* of a cash account (`T+0` … `T+3`, `us_equities`), `margin`* of a margin account: `on_call`* (`reduce` or
///   `alert`), `initial` (50 %), `maintenance` (25 %), `short_maintenance` (30 %), or `initial_per_unit` and `maintenance_per_unit`, `short_minimums` (`none`; `finra`), the same under `classes` and
///   `symbols`; `day_count` (360), `credit_interest` (0 %), `debit_interest` (0 %), `borrow_fee` (0 %), `borrow_fees` by symbol
/// - `rolls`: chains of futures contracts by name, each with `contracts`* (a list of `symbol`* and `expires`*, the date of its last session), `rule`*
///   (`volume`, or one of `sessions_before_expiry` and `dates`) and `adjust` (`ratio` or `none`): strategies see the front contract alone
/// - `sessions`: `outside` (`accept`), `closed` (`wait`), `halted` (`wait`), `hours` (`regular`), `day`
/// - `corporate_actions`: `missing_split` (`alert` asks where an open stands at a split's ratio; `jump` takes it for a jump like any other, `quarantine` sets such bars aside)
/// - `currencies`: other currencies by their codes, each with `rate`* (the symbol whose last price it is), `trade` (false: no strategy sees the rate's own bars), `cash` (0) and, where there is cash, `start`* (the rate until its
///   first bar); `convert` (`at_once`, or `never`: each pays for its own), `cost` (0 %)
/// - `fills.friction`: `rejects` (0 %), `late_cancels` (false), `seed` (0): a venue that isn't perfect, for rehearsals
/// - `snapshots`: `every_events`; `journal`: `threads` (2), `level` (3), `roll` (`day` or a number of events), `durability`
///   (`commit`, `block` or `close`; live and paper `commit`, a backtest `close`)
/// - `instruments`: what is traded, in every mode: a list of symbols of the catalogue (`config/instruments`), `list:NAME`, `sector:NAME` (funds, too), `{list: NAME, sector: NAME}`, or of `symbol`*,
///   `class`*, `currency`*, `tick`*, `lot`*, `calendar`*, `multiplier` (1), `market`, `sector`, `names` (by provider), of which the catalogue gives what is left
///   out; a backtest takes from the bars' journal what it doesn't name
/// - for runs at a real feed and venue: `instance` (the name), `interval` (1 min); `feeds`: a list of `yahoo: {url}`, `binance: {url, stream}`, `stdin`,
///   `journal: {path}`; `warmup`: `bars`; `submit` (false); `venue` (`paper`) or `name`*, `url`, `stream`, `keys` (one of `env`, `file`, `credential`),
///   `recv_window` (5 s), `resend_within` (30 s), `unknown_orders` and `unknown_positions` (`halt`), `on_stop` (`cancel`), `stop_wait` (10 s),
///   `fees_in`: fees in other assets by the asset, each the symbol of the pair whose last close is its price, or `rate`* and `trade` (whether the universe lists it); `min_notional`: the least that an order may be worth, so that a rest that can't be sold counts as closed;
///   `clock`: `speed` (1, or `max`)
package struct Profile: Hashable, Sendable {
  package let name: String
  /// As written: relative to the working folder.
  package let barsPath: String?
  package let universe: Universe
  /// The run takes bars that are known at or after this instant; nil from the first.
  package let start: Timestamp?
  /// The run takes bars that are known before this instant; nil to the last.
  package let end: Timestamp?
  package let configuration: RunConfiguration
  /// A snapshot is taken every so many events; nil for none. Changes no event.
  package let snapshotEvents: Int?
  /// Threads of the journal's writer, 1 or 2. Changes no byte.
  package let threads: Int
  /// Compression level of the journal, 1 … 19. Changes the file, but no event.
  package let level: Int
  /// When another file of the journal is begun; nil to write one. Changes sequences and the run's name, but no decision.
  package let roll: JournalRoll?
  /// When events are acknowledged; nil for what the mode needs. Changes no event.
  package let durability: Durability?
  /// The limits that the profile says in so many words not to have, in the order of the reader. Changes no decision.
  package let unlimited: [UnlimitedLimit]
  /// What runs at a real feed or venue read; nil where the profile says nothing of it. But for the instruments it changes no decision.
  package let live: LiveSettings?
  /// What determines the run's decisions, in the one form that goes into the journal; the same reader reads it.
  ///
  /// Bars path, kill file, `unlimited`, snapshots, journal and live settings but the instruments are left out: they change no decision.
  package let canonicalText: String

  /// The file whose presence is a kill, as written; nil for none.
  package var killFile: String? { configuration.risk.kill.file }

  /// SHA-256 of the canonical text.
  package var digest: [UInt8] { RunIdentity.digest(canonicalText) }

  /// Reads and checks a profile.
  ///
  /// - Parameters:
  ///   - yaml: the file's text.
  ///   - file: the name under which problems are reported.
  ///   - catalog: the strategies that can be named.
  /// - Throws: `ProfileError` with all problems.
  package static func parse(
    yaml: String, file: String, catalog: StrategyCatalog
  ) throws(ProfileError) -> Profile {
    let source: ProfileSource
    do throws(ProfileSource.Failure) { source = try ProfileSource(yaml: yaml) } catch {
      let problem = ProfileProblem(
        line: error.place.line, column: error.place.column, path: "", fault: error.fault)
      throw ProfileError(file: file, problems: [problem])
    }
    var reader = ProfileReader(source: source)
    let profile = reader.profile(catalog: catalog)
    guard let profile, reader.problems.isEmpty else {
      invariant(!reader.problems.isEmpty, "a profile that can't be made has a problem")
      throw ProfileError(file: file, problems: reader.problems)
    }
    return profile
  }
}

extension ProfileReader {
  static let keys =
    [
      "name", "bars", "universe", "start", "end", "currency", "cash", "strategies", "sizing", "execution", "exits",
      "fills", "lots", "risk", "account", "rolls", "sessions", "corporate_actions", "currencies", "snapshots",
      "journal",
      "decision_bars",
    ] + liveKeys

  /// The whole profile; nil, or of no use, where there are problems.
  mutating func profile(catalog: StrategyCatalog) -> Profile? {
    let whole = ProfileValue(
      node: source.root, keyPlace: ProfileSource.Place(line: 1, column: 1), path: "")
    guard let root = mapping(whole, keys: ProfileReader.keys) else { return nil }
    let name = required("name", in: root, .name).flatMap { self.name($0) }
    let bars = root["bars"].flatMap { path($0) }
    let traded = required("universe", in: root, .universe).flatMap { self.universe($0) }
    let (start, end) = range(root)
    let currency = required("currency", in: root, .currency).flatMap { self.currency($0) }
    let currencies = currencies(root["currencies"], own: currency)
    let feeRates = feeRates(root["venue"], universe: traded)
    if let symbol = traded?.rateAlone(currencies, feeRates), let written = root["universe"] {
      note(
        .relation(
          requirement:
            "\(symbol) is a rate under `\(feeRates.isEmpty ? "currencies" : "fees_in")`, which no strategy sees without `trade: true`, and the universe has nothing else"
        ), at: written)
    }
    let universe = traded?.with(currencies, feeRates)
    let cash = required("cash", in: root, .number(ProfileReader.amount)).flatMap { number($0, ProfileReader.amount) }
    let strategies = required("strategies", in: root, .strategies).flatMap {
      self.strategies($0, catalog: catalog, universe: universe)
    }
    let execution = execution(root["execution"])
    let exits = exits(root["exits"])
    let sizing = required("sizing", in: root, .model(words: [], keys: ProfileReader.sizingKeys)).flatMap {
      self.sizing($0, exits: exits)
    }
    let fills = required("fills", in: root, .mapping(keys: ["volume_share", "slippage", "fees"])).flatMap {
      self.fills($0)
    }
    let lots = required("lots", in: root, .word(ProfileReader.lotWords.map(\.word))).flatMap {
      word($0, ProfileReader.lotWords)
    }
    let risk = required("risk", in: root, .mapping(keys: ["allow_short", "require_cash"])).flatMap {
      self.risk($0, RiskSubjects(strategies: strategies, universe: universe))
    }
    if fills?.feePayment == .received, risk?.isShortAllowed == true { noteShortsInKind(root["risk"]) }
    let account = account(root["account"], risk: risk)
    let rolls = rolls(root["rolls"], account: account)
    let sessions = sessions(root["sessions"])
    let actions = corporateActions(root["corporate_actions"])
    let decisionBars = decisionBars(root["decision_bars"])
    let snapshotEvents = snapshotEvents(root["snapshots"])
    let (threads, level, roll, durability) = journal(root["journal"])
    let live = live(root, name: name)
    if case .every(let nanos) = decisionBars, (root["interval"] ?? root["feeds"]) != nil,
      let written = root["decision_bars"], let live, nanos < live.intervalNanos
    {
      note(
        .relation(requirement: "bars to decide on are made of the feed's, and can't be shorter than `interval`"),
        at: written)
    }
    guard let name, let universe, let currency, let cash, let strategies, let sizing, let execution, let fills,
      let lots,
      let risk
    else { return nil }
    var configuration = RunConfiguration(
      currency: currency, initialCash: cash, strategies: strategies, sizing: sizing.0, execution: execution.entry,
      exits: exits,
      slippage: fills.slippage, fees: fills.fees, volumeShareMicros: fills.volumeShareMicros, lots: lots, risk: risk)
    configuration.feePayment = fills.feePayment
    configuration.sizingRule = sizing.1
    configuration.exitExecution = execution.exit
    configuration.alternativeExecution = execution.alternative
    configuration.amendsOrders = execution.amends
    configuration.sessions = sessions
    configuration.actions = actions
    configuration.currencies = currencies
    configuration.feeRates = feeRates
    configuration.minNotional = live?.venue.minNotional
    configuration.decisionBars = decisionBars
    configuration.friction = fills.friction
    configuration.convention = fills.convention
    configuration.account = account
    configuration.rolls = rolls
    return Profile(
      name: name, barsPath: bars, universe: universe, start: start, end: end, configuration: configuration,
      snapshotEvents: snapshotEvents, threads: threads, level: level, roll: roll, durability: durability,
      unlimited: unlimited, live: live,
      canonicalText: CanonicalText.profile(
        name: name, universe: universe, start: start, end: end, configuration: configuration,
        instruments: live?.instruments ?? [], catalog: catalog
      ).json)
  }

  private mutating func snapshotEvents(_ value: ProfileValue?) -> Int? {
    guard let value, let mapping = mapping(value, keys: ["every_events"]) else { return nil }
    let range: ClosedRange<Int64> = 1...1_000_000_000_000
    return required("every_events", in: mapping, .number(.whole(range))).flatMap { integer($0, range) }.map { Int($0) }
  }

  private mutating func journal(
    _ value: ProfileValue?
  ) -> (threads: Int, level: Int, roll: JournalRoll?, durability: Durability?) {
    var (threads, level) = (2, 3)
    var roll: JournalRoll?
    var durability: Durability?
    guard let value, let mapping = mapping(value, keys: ["threads", "level", "roll", "durability"]) else {
      return (threads, level, roll, durability)
    }
    if let written = mapping["durability"] {
      durability = word(written, Durability.allCases.map { (word: $0.rawValue, meaning: $0) })
    }
    if let written = mapping["roll"] {
      if written.text == "day" {
        roll = .day
      } else if written.plainText?.first?.isNumber ?? false {
        roll = integer(written, 1...1_000_000_000_000).map { .events(UInt64($0)) }
      } else {
        noteUnfit(written, .word(["day", "1000000"]))
      }
    }
    if let count = mapping["threads"], let read = integer(count, 1...2) { threads = Int(read) }
    if let written = mapping["level"], let read = integer(written, 1...19) { level = Int(read) }
    return (threads, level, roll, durability)
  }
}
