// Goal: a live run whose account pays its fees with BNB has an exact equity, while there is BNB and when there is none left, and every report says what was paid.
// Method: the built program at the rehearsal exchange; cash, position and equity are computed anew from the venue's reports and the bars in the exported journal.
import Foundation
import Testing

@Suite("Fees in BNB, live")
struct AssetFeeCommandTests {
  @Test("are booked at BNBUSDT's journaled closes to the last digit, and as before when the BNB is used up")
  func exactEquity() throws {
    let rehearsal = try LiveRehearsal(bnb: "0.002")
    let stage = rehearsal.stage
    let keys = ["REHEARSAL_KEY": rehearsal.hmac.key, "REHEARSAL_SECRET": rehearsal.hmac.secret, "ALLOW_SUBMIT": "1"]
    let profile = rehearsal.profile(keys: "{env: REHEARSAL}")
      .replacing(
        "feeds: [",
        with:
          "  - {symbol: BNBUSDT, market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}\nfeeds: ["
      )
      .replacing("  unknown_positions: halt", with: "  unknown_positions: halt\n  fees_in: {BNB: BNBUSDT}")
    let live = try rehearsal.begin("run", profile: profile, environment: keys)
    try rehearsal.await("run", live, "fills", atLeast: 5)
    let table = try stage.outcome("engine reconcile run.zst")
    #expect(table.output.contains("foreign balance  BNB"), "\(table.output)\(table.errors)")
    #expect(try stage.outcome("engine stop run.zst --reason enough").code == 0)
    live.waitUntilExit()
    let log = try rehearsal.text("run.err")
    #expect(live.terminationStatus == 0, "\(log.suffix(2_000))")

    let books = try Books(stage.outcome("engine export run.zst").output)
    #expect(books.feesInBNB == 2, "two fees are all that 0.002 BNB pay")
    #expect(books.feesOtherwise >= 2)
    #expect(books.equity == books.recomputed, "\(books)")
    // unknown_positions: halt. A difference of cash or BTC would have halted the run.
    let reconciled = try stage.outcome("engine reconcile run.zst")
    #expect(reconciled.code == 0 && reconciled.output.contains("run and venue agreed"), "\(reconciled.output)")
    #expect(try stage.outcome("engine replay run.zst").code == 0)
    let certificate = try stage.outcome("engine certify run.zst")
    #expect(certificate.code == 0 && certificate.output.contains("2 fees in BNB: 0.00"), "\(certificate.output)")
    let report = try stage.outcome("engine report run.zst")
    #expect(report.output.contains("fees in BNB"), "\(report.output)")
    let firstFee = try #require(books.firstFee)
    let explained = try stage.outcome("engine explain run.zst \(firstFee)")
    #expect(explained.output.contains(" BNB booked as ") && explained.output.contains("BNBUSDT"), "\(explained)")
  }

  /// The account, computed from what the venue reported and the bars alone.
  private struct Books {
    var cash = Decimal(1_000_000)
    var position = Decimal(0)
    var marks: [String: Decimal] = [:]
    var feesInBNB = 0
    var feesOtherwise = 0
    /// The last that the run marked, and what it should be.
    var equity: Decimal?
    var recomputed: Decimal?
    /// Sequence of the first fee that was converted.
    var firstFee: Int?

    private struct Event: Decodable {
      var sequence: Int
      var kind: String
      var instrument: String?
      var type: String?
      var side: String?
      var quantity: String?
      var price: String?
      var fee: String?
      var feeAsset: String?
      var close: String?
      var equity: String?

      private enum CodingKeys: String, CodingKey {
        case sequence, kind, instrument, type, side, quantity, price, fee, close, equity
        case feeAsset = "fee_asset"
      }
    }

    init(_ lines: String) throws {
      for line in lines.split(separator: "\n") {
        let event = try JSONDecoder().decode(Event.self, from: Foundation.Data(line.utf8))
        switch event.kind {
        case "bar":
          let symbol = try #require(event.instrument)
          marks[symbol] = try Self.number(event.close)
        case "execution_report" where event.type == "filled": try take(event)
        case "fee_converted": firstFee = firstFee ?? event.sequence
        case "equity_marked":
          equity = try Self.number(event.equity)
          recomputed = cash + position * (marks["BTCUSDT"] ?? 0)
        default: break
        }
      }
    }

    private mutating func take(_ event: Event) throws {
      let (quantity, price) = (try Self.number(event.quantity), try Self.number(event.price))
      let fee = try Self.number(event.fee)
      let sign: Decimal = event.side == "buy" ? 1 : -1
      position += sign * quantity
      cash -= sign * quantity * price
      switch event.feeAsset {
      case "BNB":
        feesInBNB += 1
        let rate = try #require(marks["BNBUSDT"])
        var product = fee * rate
        var booked = Decimal()
        NSDecimalRound(&booked, &product, 9, .bankers)
        cash -= booked
      case "BTC":
        feesOtherwise += 1
        position -= fee
      default:
        feesOtherwise += 1
        cash -= fee
      }
    }

    private static func number(_ text: String?) throws -> Decimal {
      let digits = try #require(text)
      return try #require(Decimal(string: digits, locale: Locale(identifier: "en_US_POSIX")))
    }
  }
}
