// Goal: a live run of the built program trades at the rehearsal exchange, answers while it runs, ends as it is asked to and certifies; and each way in which
// it must not begin is refused with its exit code and with what to do.
// Method: real processes over real sockets on this machine; refusals need no exchange, because nothing may have been asked before them.
import Foundation
import Testing

@Suite("engine live")
struct LiveCommandTests {
  @Test(
    "trades at the rehearsal exchange, tells how it stands and how it compares with its venue, stops, and certifies")
  func whole() throws {
    let rehearsal = try LiveRehearsal()
    let stage = rehearsal.stage
    let keys = ["REHEARSAL_KEY": rehearsal.hmac.key, "REHEARSAL_SECRET": rehearsal.hmac.secret, "ALLOW_SUBMIT": "1"]
    let live = try rehearsal.begin("run", profile: rehearsal.profile(keys: "{env: REHEARSAL}"), environment: keys)
    try rehearsal.await("run", live, "fills", atLeast: 2)
    let table = try stage.outcome("engine reconcile run.zst")
    #expect(table.code == 0 || table.output.contains("in doubt"), "\(table.output)\(table.errors)")
    #expect(table.output.contains("by the venue's clock") && table.output.contains("\nposition  BTC "))
    let json = try stage.outcome("engine reconcile run.zst --format json").output
    #expect(json.contains(#""request":"reconcile""#) && json.contains(#""subject":"cash""#))
    let stopped = try stage.outcome("engine stop run.zst --reason 'end of day'")
    #expect(stopped.code == 0, "\(stopped.errors)")
    live.waitUntilExit()
    let log = try rehearsal.text("run.err")
    #expect(live.terminationStatus == 0, "\(log.suffix(2_000))")
    let said = try rehearsal.text("run.out")
    #expect(said.contains("ended     stopped by a person (end of day"), "\(said)")

    let certificate = try stage.outcome("engine certify run.zst --format json")
    #expect(certificate.code == 0, "\(certificate.output)")
    #expect(certificate.output.contains(#""unexplained": []"#) && certificate.output.contains(#""mode": "live""#))
    #expect(try stage.outcome("engine replay run.zst").code == 0)
    // Nobody answers any more: the journal tells.
    let later = try stage.outcome("engine reconcile run.zst")
    #expect(later.output.contains("nobody answers for it") && later.output.contains("run and venue agreed"))
    #expect(later.code == 0)
    let gone = try stage.outcome("engine stop run.zst")
    #expect(gone.code == 2 && gone.errors.contains("no process answers at run.zst.control"), "\(gone.errors)")
    let again = try stage.outcome("engine live --profile run.yaml --output run.zst --i-accept-live-orders")
    #expect(again.code == 2, "\(again.errors)")
  }

  /// `script` gives the program a terminal.
  @Test("redraws its view on a terminal, and writes plain lines onto one that is dumb")
  func dumbTerminal() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      lines A 0 9 > in
      for term in xterm dumb; do
        TERM=$term script -qec "engine paper --profile lines.yaml --output $term.zst --watch < in 2> /dev/null" /dev/null > $term.txt < /dev/null
        tr -d -c '\\033' < $term.txt | wc -c; grep -c 'equity' $term.txt
      done
      """)
    let counts = outcome.output.split(separator: "\n").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    try #require(counts.count == 4, "\(outcome.output)\(outcome.errors)")
    #expect(counts[0] > 0 && counts[2] == 0, "\(counts)")
    // A line a slot.
    #expect(counts[3] >= 9, "\(counts)")
  }

  @Test("without ALLOW_SUBMIT=1, or where the profile doesn't say so, decides and sends nothing, and says why")
  func monitorMode() throws {
    let rehearsal = try LiveRehearsal()
    let keys = ["REHEARSAL_KEY": rehearsal.hmac.key, "REHEARSAL_SECRET": rehearsal.hmac.secret]
    for (name, submit, environment) in [
      ("unsaid", Bool?.none, ["ALLOW_SUBMIT": "1"]), ("forbidden", true, ["ALLOW_SUBMIT": "0"]),
      ("unset", true, [:]), ("profile", false, ["ALLOW_SUBMIT": "1"]),
    ] {
      // No confirmation is asked for where nothing can leave.
      let live = try rehearsal.begin(
        name, profile: rehearsal.profile(keys: "{env: REHEARSAL}", submit: submit),
        environment: keys.merging(environment) { $1 }, arguments: [])
      try rehearsal.await(name, live, "orders", atLeast: 1)
      live.terminate()
      live.waitUntilExit()
      let log = try rehearsal.text(name + ".err")
      #expect(live.terminationStatus == 0, "\(name): \(log.suffix(500))")
      #expect(log.contains("in the profile, ALLOW_SUBMIT=\(environment["ALLOW_SUBMIT"] ?? "-") in the environment"))
      #expect(log.contains("order_withheld"))
      let certificate = try rehearsal.stage.outcome("engine certify \(name).zst")
      #expect(certificate.code == 0 && certificate.output.contains("fills       of 0 orders"))
    }
  }

  private struct Refusal {
    var title: String
    /// Edits of the profile of a run that could begin, as `sed` takes them.
    var edit: String
    var environment = "X_KEY=k X_SECRET=s ALLOW_SUBMIT=1"
    var arguments = "--i-accept-live-orders"
    var words: [String]
  }

  private static let refusals: [Refusal] = [
    Refusal(
      title: "without a key in the environment", edit: "", environment: "X_SECRET=the-secret ALLOW_SUBMIT=1",
      words: ["the environment variable X_KEY is not set"]),
    Refusal(
      title: "without a secret in the environment", edit: "", environment: "X_KEY=the-key ALLOW_SUBMIT=1",
      words: ["the environment variable X_SECRET is not set"]),
    Refusal(
      title: "with an empty secret", edit: "", environment: "X_KEY=the-key X_SECRET= ALLOW_SUBMIT=1",
      words: ["the environment variable X_SECRET holds no key"]),
    Refusal(
      title: "with a signing key that is none", edit: "",
      environment: "X_KEY=the-key X_SECRET='-----BEGIN nonsense' ALLOW_SUBMIT=1",
      words: ["is no PKCS#8 Ed25519 key", "openssl genpkey"]),
    Refusal(
      title: "with a key file that others may read", edit: "s/{env: X}/{file: open}/",
      words: ["the key file open.key has mode 0644", "chmod 600 open.key"]),
    Refusal(
      title: "without the key file", edit: "s/{env: X}/{file: nowhere}/",
      words: ["the key file nowhere.key can't be read: No such file"]),
    Refusal(
      title: "with a credential and no systemd", edit: "s/{env: X}/{credential: venue}/",
      words: ["no $CREDENTIALS_DIRECTORY", "LoadCredential=venue.key"]),
    Refusal(title: "without keys in the profile", edit: "/keys:/d", words: ["the profile's venue has no keys"]),
    Refusal(
      title: "without anybody's confirmation", edit: "", arguments: "",
      words: ["nobody is at a terminal to say so", "--i-accept-live-orders", "ALLOW_SUBMIT=0"]),
    Refusal(
      title: "without a daily loss limit", edit: "/daily_loss/d;/breakers:/d",
      words: ["can't go live", "no daily loss limit", "profile check", "--for live"]),
    Refusal(
      title: "without a price guard", edit: "/price_guard/d", words: ["can't go live", "no price guard or collar"]),
    Refusal(
      title: "without a maximum position", edit: "/max_position/d", words: ["can't go live", "no maximum position"]),
    Refusal(
      title: "with the simulated venue", edit: "/^venue:/,/stop_wait:/d",
      words: ["the profile's venue is paper, which `engine paper` runs"]),
    Refusal(title: "without feeds", edit: "/^feeds:/d", words: ["says nothing of feeds", "--bars JOURNAL"]),
    Refusal(title: "without instruments", edit: "/^instruments:/,/symbol:/d", words: ["lists no instruments"]),
    Refusal(
      title: "with an instrument that isn't listed", edit: "s/^universe:.*/universe: [ETHUSDT]/",
      words: ["ETHUSDT is in the universe and not among the instruments"]),
    Refusal(
      title: "as fast as inputs come", edit: "s/^clock:.*/clock: {speed: max}/",
      words: ["speed"]),
    Refusal(
      title: "into a stream", edit: "", arguments: "--i-accept-live-orders --output -", words: ["--output - is none"]),
    Refusal(
      title: "for no minutes", edit: "", arguments: "--i-accept-live-orders --minutes 0",
      words: ["--minutes is at least 1"]),
    Refusal(
      title: "where stops would have to trail", edit: "s/^lots:/exits: {trailing_stop: 1 %}\\nlots:/",
      words: ["exits.trailing_stop"]),
  ]

  @Test("is refused before anything is sent, with exit code 2 and with what to do")
  func refused() throws {
    let stage = try CommandStage()
    let rehearsal = Self.profile
    try rehearsal.write(toFile: stage.path("good.yaml"), atomically: true, encoding: .utf8)
    for name in ["open.key", "open.secret"] {
      try "k".write(toFile: stage.path(name), atomically: true, encoding: .utf8)
    }
    _ = try stage.outcome("chmod 644 open.key open.secret")
    for refusal in Self.refusals {
      let outcome = try stage.outcome(
        "sed '\(refusal.edit)' good.yaml > p.yaml; env \(refusal.environment) timeout 120 engine live --profile p.yaml \(refusal.arguments)"
      )
      #expect(outcome.code == 2, "\(refusal.title): \(outcome.errors)\(outcome.output)")
      for words in refusal.words { #expect(outcome.errors.contains(words), "\(refusal.title): \(outcome.errors)") }
      #expect(outcome.errors.hasPrefix("error: ") && outcome.output.isEmpty, "\(refusal.title): \(outcome.errors)")
      #expect(!outcome.errors.contains("the-secret") && !outcome.errors.contains("the-key"), "\(refusal.title)")
    }
    #expect(try stage.outcome("ls runs").code != 0, "no journal was begun")
  }

  /// A profile that could begin, if anybody were at that port.
  private static let profile = """
    name: refused
    universe: [BTCUSDT]
    currency: USDT
    cash: 1_000
    strategies:
      - sma_cross: {fast: 2, slow: 4}
    sizing: {notional: 25}
    execution: {order: market, time_in_force: gtc}
    fills: {volume_share: 10 %, slippage: none, fees: none}
    lots: average
    risk:
      allow_short: false
      require_cash: true
      max_position: 1
      price_guard: {min: 1, max: 1_000_000}
      breakers:
        - daily_loss: {threshold: 20, action: halt}
    interval: 1 min
    instruments:
      - {symbol: BTCUSDT, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}
    feeds: [{binance: {url: "http://127.0.0.1:1", stream: "ws://127.0.0.1:1"}}]
    submit: true
    venue:
      name: binance
      keys: {env: X}
      url: "http://127.0.0.1:1"
      stream: "ws://127.0.0.1:1/ws-api/v3"
      stop_wait: 10 s
    clock: {speed: 1}

    """
}
