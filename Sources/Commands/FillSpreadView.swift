import Core
import Market
import Projections
import Runtime

/// What a run would have made under other rules for fills, as text and as JSON.
struct FillSpreadView {
  private let spread: FillSpread
  private let runID: [UInt8]

  init(_ spread: FillSpread, runID: [UInt8]) {
    self.spread = spread
    self.runID = runID
  }

  private var lowest: Int128 { spread.rows.map(\.finalEquity).min() ?? 0 }
  private var highest: Int128 { spread.rows.map(\.finalEquity).max() ?? 0 }

  /// Of the capital at the start, in hundredths of a percent, rounded half to even.
  private func share(_ nanos: Int128) -> String {
    if spread.startEquity <= 0 { return "" }
    let hundredths = (nanos * 10_000).dividedRoundingHalfEven(by: spread.startEquity)
    return FixedPoint.text(nanos: hundredths * 10_000_000) + " %"
  }

  private func money(_ nanos: Int128) -> String { FixedPoint.text(nanos: nanos) }
  /// To the cent, half to even: for people.
  private func cents(_ nanos: Int128) -> String {
    money(nanos.dividedRoundingHalfEven(by: 10_000_000) * 10_000_000)
  }

  var text: String {
    var table = TextTable([.left, .left, .right, .right, .right, .right, .right], indent: "  ")
    table.add("convention", "path of a bar", "final equity", "return", "drawdown", "fees", "fills")
    for row in spread.rows {
      table.add(
        row.convention.name.rawValue + (row.isOwn ? " (this run)" : ""), row.convention.path.rawValue,
        cents(row.finalEquity), share(row.finalEquity - spread.startEquity), cents(row.drawdown), cents(row.fees),
        "\(row.fills)")
    }
    return """
      run \(Hex.text(Array(runID.prefix(6)))) under other rules for fills: the same inputs, profile, fees and slippage; amounts in \(spread.currency)

      \(table.text)
      spread of the final equity  \(cents(highest - lowest)), \(share(highest - lowest)) of the capital: \(cents(lowest)) to \(cents(highest))

      """
  }

  var json: JSONText {
    .object([
      ("run_id", .string(Hex.text(runID))), ("currency", .string(spread.currency.description)),
      ("start_equity", .string(money(spread.startEquity))),
      (
        "conventions",
        .array(
          spread.rows.map { row in
            .object([
              ("convention", .string(row.convention.name.rawValue)), ("path", .string(row.convention.path.rawValue)),
              ("own", .flag(row.isOwn)), ("final_equity", .string(money(row.finalEquity))),
              ("drawdown", .string(money(row.drawdown))), ("fees", .string(money(row.fees))),
              ("orders", .integer(Int64(clamping: row.orders))), ("fills", .integer(Int64(clamping: row.fills))),
            ])
          })
      ), ("lowest", .string(money(lowest))), ("highest", .string(money(highest))),
      ("spread", .string(money(highest - lowest))),
    ])
  }
}
