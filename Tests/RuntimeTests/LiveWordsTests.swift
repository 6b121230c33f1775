// Goal: everything that a profile says about paper and live runs is said back in words, so that a slip shows before the first order.
// Method: a table; each row changes one key of a whole profile, and the words that it comes to.
import Runtime
import Strategies
import Testing

@Suite("A profile's words about live runs")
struct LiveWordsTests {
  private static let live = """
    instance: i
    interval: 5 min
    instruments:
      - {symbol: BTCUSDT, market: BINANCE, class: crypto, currency: USD, tick: 0.01, lot: 0.001, calendar: always, sector: coins, names: {yahoo: BTC-USD}}
    feeds: [binance, yahoo]
    warmup: {bars: 30}
    submit: true
    venue:
      name: binance
      url: "https://a"
      stream: "wss://b"
      keys: {env: X}
      recv_window: 7 s
      resend_within: 40 s
      unknown_orders: adopt
      unknown_positions: ignore
      on_stop: leave
      stop_wait: 20 s
    clock: {speed: 60}
    """

  private func words(_ live: String) throws -> [String] {
    try Profile.parse(yaml: StageProfile.cross + live + "\n", file: "p.yaml", catalog: .builtIn).liveInWords
  }

  @Test("say each key")
  func whole() throws {
    #expect(
      try words(Self.live) == [
        "instance i: its journal is runs/i-RUNID.zst, and a restart finds it again by that name",
        "bars of 5 min; 30 of history come first and are never ordered on",
        "BTCUSDT, BTC-USD at yahoo: crypto of BINANCE in USD, tick 0.01, lot 0.001, hours of always, sector coins",
        "bars come from Binance's streams, what they missed over REST",
        "where what stands before it fails: Yahoo's chart, polled, without a key",
        "submit: orders leave where ALLOW_SUBMIT=1 is in the environment, too; else they are withheld",
        "venue: Binance spot at https://a; `engine paper` takes the simulated one instead",
        "keys: X_KEY and X_SECRET of the environment", "a signed request is valid for 7 s",
        "an order whose absence at the venue is proved is sent again only within 40 s of its intent",
        "open orders that this run didn't send stay whose they are; what they fill becomes the run's",
        "balances that this run can't account for are told and left alone",
        "when the run stops its working orders are left working, and answers are awaited for 20 s",
        "the run's clock goes 60 times as fast as real time",
      ])
    #expect(try Profile.parse(yaml: StageProfile.cross, file: "p.yaml", catalog: .builtIn).liveInWords.isEmpty)
  }

  @Test(
    "change with each key",
    arguments: [
      ("instance: i", "instance: j", "runs/j-RUNID"), ("5 min", "90 s", "bars of 90 s; "),
      ("warmup: {bars: 30}", "warmup: {bars: 0}", "bars of 5 min"),
      ("tick: 0.01", "tick: 0.05", "tick 0.05"), ("lot: 0.001", "lot: 2", "lot 2,"),
      ("calendar: always", "calendar: xnys", "hours of xnys"), (", sector: coins", "", "hours of always"),
      ("market: BINANCE, ", "", "crypto in USD"), (", names: {yahoo: BTC-USD}", "", "BTCUSDT: crypto"),
      ("[binance, yahoo]", "[yahoo]", "bars come from Yahoo's chart"),
      ("[binance, yahoo]", "[stdin]", "bars come from standard input, JSON lines"),
      ("[binance, yahoo]", "[{journal: {path: x.zst}}]", "bars come from the journal x.zst"),
      ("[binance, yahoo]", "[{yahoo: {url: \"http://y\"}}]", "Yahoo's chart at http://y"),
      (
        "[binance, yahoo]", "[{binance: {url: \"http://y\", stream: \"ws://z\"}}]",
        "Binance's streams at ws://z, what they missed over REST at http://y"
      ),
      ("feeds: [binance, yahoo]", "", "no feed is named: bars have to be given with --bars"),
      ("submit: true", "submit: false", "submit: no, so orders are decided on and withheld"),
      ("submit: true", "", "submit: not said, so orders are decided on and withheld"),
      ("url: \"https://a\"", "", "venue: Binance spot at https://api.binance.com;"),
      ("{env: X}", "{file: k}", "keys: the files k.key and k.secret, which nobody else may read"),
      ("{env: X}", "{credential: c}", "keys: systemd's credentials c.key and c.secret"),
      ("keys: {env: X}", "", "keys: none are named"), ("recv_window: 7 s", "", "valid for 5 s"),
      ("resend_within: 40 s", "", "only within 30 s"),
      ("unknown_orders: adopt", "", "open orders that this run didn't send are told and halt the run"),
      ("unknown_positions: ignore", "unknown_positions: adopt", "can't account for become the run's"),
      (
        "unknown_positions: ignore", "unknown_positions: ignore\n  unknown_cash: adopt",
        "money that this run can't account for becomes the run's"
      ),
      ("on_stop: leave", "", "are cancelled, and answers"), ("stop_wait: 20 s", "", "awaited for 10 s"),
      ("{speed: 60}", "{speed: max}", "the run's clock goes as fast as its bars come"),
    ])
  func changes(_ from: String, _ to: String, _ wanted: String) throws {
    #expect(Self.live.contains(from))
    let before = try words(Self.live)
    let changed = try words(Self.live.replacing(from, with: to))
    #expect(changed != before && changed.contains { $0.contains(wanted) }, "\(changed)")
  }

  @Test("of the simulated venue say who runs it and what withholds orders")
  func paper() throws {
    let paper = "instance: i\nfeeds: [stdin]\nvenue: paper"
    let said = try words(paper)
    #expect(
      said.contains("venue: the simulated one, which fills by the profile's `fills`; only `engine paper` runs it"))
    #expect(said.contains("submit: orders go to the simulated venue, unless ALLOW_SUBMIT=0 is in the environment"))
    #expect(try words(paper + "\nsubmit: false").contains { $0.hasPrefix("submit: no") })
  }
}
